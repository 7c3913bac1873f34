"""How Sphinx builds these pages; nothing is fetched."""

from ocianalyze.version import VERSION

project = "ocianalyze"
author = "the ocianalyze authors"
version = release = VERSION
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"ocianalyze {release}"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_show_copyright = False
html_use_index = False
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
smartquotes = False
"""Commands and quotations stay what they are."""
