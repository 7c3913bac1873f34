"""The rules that find secrets: as a list, one explained, or taken from gitleaks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ocianalyze.cli import envelope
from ocianalyze.cli.terminal import PLAIN
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets.gitleaks import Imported, read_gitleaks, written
from ocianalyze.detectors.secrets.inside.stores import PROOFS
from ocianalyze.detectors.secrets.rule_files import by_id, read_rules, shipped, tried
from ocianalyze.errors import UsageError
from ocianalyze.report.escape import shown, unicode
from ocianalyze.report.layout import wrap
from ocianalyze.report.words import plural

_EXAMPLES = 3
_CUT = 400
"""Characters of an expression or an example that are shown."""


def known(folders: Sequence[Path]) -> list[Rule]:
    """Return the rules that ship and those of the user, by id; later folders replace.

    Raises:
        UsageError: a file is no rule.

    """
    found = by_id(shipped())
    for folder in folders:
        found |= by_id(map(tried, read_rules(folder)))
    return [found[name] for name in sorted(found)]


def find(rules: Sequence[Rule], name: str) -> Rule:
    """Return the rule of an id.

    Raises:
        UsageError: there is none.

    """
    found = by_id(rules)
    if name not in found:
        close = get_close_matches(name, found, n=3)
        known = "`ocianalyze secrets rules list` has them"
        cure = f"did you mean {' or '.join(close)}?" if close else known
        raise UsageError(f"no rule {name!r}", cure=cure)
    return found[name]


def text(rules: Sequence[Rule]) -> Iterator[bytes]:
    """Yield two lines a rule."""
    for rule in rules:
        proof = f"  proof: {', '.join(rule.checks)}" if rule.checks else ""
        head = f"{shown(rule.id):<40} {rule.severity:<9} {rule.kind}"
        about = wrap(f"{shown(rule.title)} [{shown(rule.provider)}]{shown(proof)}", PLAIN - 4)
        yield "\n    ".join((head, *about)).encode() + b"\n"
    yield f"{plural(len(rules), 'rule')}\n".encode()


def json(rules: Sequence[Rule]) -> Iterator[bytes]:
    """Yield one object with the list `rules`."""
    return envelope.json(envelope.head(), {"rules": map(_record, rules)})


def jsonl(rules: Sequence[Rule]) -> Iterator[bytes]:
    """Yield one object for each rule."""
    return envelope.jsonl("rule", map(_record, rules))


FORMATS: dict[str, Callable[[Sequence[Rule]], Iterator[bytes]]] = {
    "text": text,
    "json": json,
    "jsonl": jsonl,
}


def _record(rule: Rule) -> dict[str, Any]:
    row = asdict(rule)
    return {name: unicode(x) if isinstance(x, str) else x for name, x in row.items()}


def explanation(rule: Rule, columns: int) -> Iterator[bytes]:
    """Yield what one rule looks for, what proves it, what helps, and examples."""
    head = wrap(f"{shown(rule.id)}  {shown(rule.title)}", columns)
    yield "".join(f"{line}\n" for line in head).encode()
    yield f"{shown(rule.provider)}, {rule.kind}, {rule.severity}\n".encode()
    parts = {
        "what it looks for": (rule.pattern,),
        "only close to": (", ".join(rule.near),) if rule.near else (),
        "only in files": (rule.paths,) if rule.paths else rule.files,
        "entropy of the value": (f"{rule.entropy} bits a character",) if rule.entropy else (),
        "what may prove or disprove it": (", ".join(_proofs(rule)),),
        "what helps": (rule.remediation,),
        "it finds": rule.matches[:_EXAMPLES],
        "it does not find": rule.misses[:_EXAMPLES],
    }
    for name, lines in parts.items():
        if lines:
            yield f"\n{name}\n".encode()
            yield from (_indented(line, columns) for line in lines)


def _proofs(rule: Rule) -> tuple[str, ...]:
    """Return the names of checks, then what a key store of that kind proves itself."""
    return "published-example", *rule.checks, *PROOFS.get(rule.id, ())


def _indented(line: str, columns: int) -> bytes:
    cut = line if len(line) <= _CUT else f"{line[:_CUT]}..."
    cut = cut if cut.isprintable() else shown(cut)  # else each backslash would be two
    return "".join(f"  {part}\n" for part in wrap(cut, columns - 2)).encode()


def imported(file: Path, folder: Path, *, force: bool, strict: bool = False) -> Imported:
    """Write the rules of a gitleaks configuration; return them and what was left out.

    Args:
        file: the configuration.
        folder: where each rule becomes a file.
        force: replace files.
        strict: write nothing where something cannot be taken over.

    Raises:
        UsageError: the file is no configuration, or a rule's file is there already.

    """
    found = read_gitleaks(file)
    if strict and found.lost:
        return found
    files = {folder / f"{rule.id}.toml": written(rule) for rule in found.rules}
    there = [path for path in files if path.exists()]
    if there and not force:
        raise UsageError("is there already", place=str(there[0]), cure="--force replaces it")
    folder.mkdir(parents=True, exist_ok=True)
    for path, rule in files.items():
        path.write_text(rule, encoding="utf-8")
    return found
