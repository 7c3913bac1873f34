"""How Sphinx builds these pages; nothing is fetched."""

import tomllib
from pathlib import Path

_PROJECT = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "pyproject.toml").read_text(encoding="utf-8")
)["project"]

project = "ocianalyze"
author = "the ocianalyze authors"
version = release = _PROJECT["version"]
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"ocianalyze {release}"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
