"""Instructions whose history line is a builder's own data (Go's `%q` and `%v`), as a Dockerfile."""

import re
from collections.abc import Iterator

_TEXT = r'"((?:[^"\\]|\\.)*)"'
_SPAN = r'"([0-9a-zµ.]{1,30})"'
_HEALTH = re.compile(
    rf"HEALTHCHECK &\{{\[(?P<test>.*)\] {_SPAN} {_SPAN} {_SPAN}(?: {_SPAN})?"
    r" '(?P<count>\\?[^']{1,9}|\\')'\}",
    re.DOTALL,
)
_SPANS = ("interval", "timeout", "start-period", "start-interval")
_WORD = re.compile(rf"{_TEXT}(?: |\Z)", re.DOTALL)
_LIST = re.compile(r"(?P<name>EXPOSE|VOLUME) (?:map)?\[(?P<items>[^\"\]]*)\]")
_NUMBER = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))")
_NAMED = {rf"\{letter}": code for code, letter in zip(range(7, 14), "abtnvfr", strict=True)}
_ESCAPED = re.compile(r'\\(["\\])')


def dockerfile(line: str) -> str:
    """Return the instruction that such a line stands for; any other line as it is."""
    if found := _HEALTH.fullmatch(line):
        return _health(found)
    if found := _LIST.fullmatch(line):
        items = (item.removesuffix(":{}") for item in found["items"].split(" "))
        return f"{found['name']} {' '.join(items)}"
    return line


def _health(found: re.Match[str]) -> str:
    kind, *rest = [*_words(found["test"])] or [""]
    if kind == "NONE":
        return "HEALTHCHECK NONE"
    spans = zip(_SPANS, found.groups()[1:5], strict=True)
    options = [f"--{name}={span}" for name, span in spans if span not in (None, "0s")]
    if count := _count(found["count"]):
        options.append(f"--retries={count}")
    command = f"[{', '.join(map(_QUOTED.format, rest))}]"
    if kind == "CMD-SHELL":
        command = _ESCAPED.sub(r"\1", " ".join(rest))
    return " ".join(("HEALTHCHECK", *options, "CMD", command))


_QUOTED = '"{}"'


def _words(text: str) -> Iterator[str]:
    """Yield what stands between quotes, each with its backslashes, up to what is none."""
    at = 0
    while word := _WORD.match(text, at):
        yield word[1]
        at = word.end()


def _count(rune: str) -> int:
    """Return a number that Go wrote as a character."""
    if found := _NUMBER.fullmatch(rune):
        return int(found[1] or found[2], 16)
    return _NAMED.get(rune) or ord(rune[-1])
