"""Text that a shell reads: here-documents, what is piped into it, files that the text wrote."""

from collections.abc import Sequence
from dataclasses import field
from itertools import islice

from ocianalyze.dataclass import dataclass
from ocianalyze.model.shell_prefix import SHELLS, script_of, started

_HOPS = 8
"""Programs of one pipeline that are followed backwards."""
_ONE_FILE = 2
"""Words of `cat FILE`."""
_MOVES = frozenset(["cd", "pushd", "popd"])
_KEEPS = frozenset(
    ["[", "[[", "cat", "chmod", "chown", "echo", "grep", "ls", "printf", "rm", "test", "touch"]
)
"""Programs that do not change the files that they are told."""


@dataclass(slots=True)
class Simple:
    """Words of one command, what it reads, and where its output goes."""

    words: list[str] = field(default_factory=list)
    here: str = ""
    """The here-document or here-string that it reads."""
    reads: str = ""
    """The file that it reads."""
    writes: list[tuple[str, bool]] = field(default_factory=list)
    """Files that its output is written to; true when it is added to what they hold."""
    end: str = ""
    """What stands behind it: `;`, `&&`, `|` ...; empty at the end of the text."""
    source: "Simple | None" = None
    """The command whose output it reads."""
    substituted: list[tuple[int, str]] = field(default_factory=list)
    """Command substitutions with the numbers of their words; those of a here-document are behind
    the last."""


@dataclass(slots=True)
class Flow:
    """Files that a text writes, as far as it says what is in them."""

    left: int
    """Characters that may yet be handed to shells; each way to the same text counts."""
    files: dict[str, list[str] | None] = field(default_factory=dict)
    """Pieces in the order of writing; None when a piece is not known."""
    moves: int = 0
    """Changes of the directory so far."""

    def given(self, words: Sequence[str], simple: Simple) -> str:
        """Return what a shell reads as its script; nothing when that is not known."""
        script = script_of(words)
        if script is None:
            return ""
        text = self._input(simple) if script == "-" else self._file(script)
        return self._spent(text or "")

    def wrote(self, words: Sequence[str], simple: Simple) -> None:
        """Note what a command writes into files; a group has no words."""
        name = words[0].rpartition("/")[2] if words else ""
        self.moves += name in _MOVES
        named = simple.writes
        if name == "tee":
            named = [*named, *((x, "-a" in words) for x in _operands(words))]
        elif name not in _KEEPS:
            for word in words[1:]:
                self._forget(word.rpartition("=")[2])
        text = _output(words, simple) if named else None
        for path, is_added in named:
            self._write(path, text, is_added=is_added)

    def _write(self, path: str, text: str | None, *, is_added: bool) -> None:
        key = self._key(path)
        known = self.files.get(key, []) if is_added else []
        if known is None or text is None:
            self.files[key] = None
        elif known:
            known.append(text)
        else:
            self.files[key] = [text]

    def _forget(self, word: str) -> None:
        """Take into account that a program which is told of a file may change it."""
        if (key := self._key(word)) in self.files:
            self.files[key] = None

    def _key(self, path: str) -> str:
        """Return one name for a file; relative ones do not outlive a change of directory."""
        return path if path[:1] == "/" else f"{self.moves}:{path.removeprefix('./')}"

    def _input(self, simple: Simple) -> str | None:
        if (text := _input(simple)) is not None:
            return text
        words = started(simple.source.words) if simple.source else ()
        is_cat = words[:1] == ("cat",) and len(words) == _ONE_FILE
        name = words[1] if is_cat else simple.reads
        return self._file(name) if name else None

    def _file(self, name: str) -> str | None:
        pieces = self.files.get(self._key(name))
        if not pieces or not self.left:
            return None
        text = "".join(pieces) if sum(map(len, pieces)) <= self.left else None
        if text is None:
            self.left = 0
            return None
        interpreter = text[:200].partition("\n")[0].split()[-1:] if text[:2] == "#!" else ["sh"]
        is_shell = any(word.rpartition("/")[2] in SHELLS for word in interpreter)
        return text if is_shell else None

    def _spent(self, text: str) -> str:
        if len(text) > self.left:
            self.left = 0
            return ""
        self.left -= len(text)
        return text


def _input(simple: Simple | None) -> str | None:
    """Return what a command reads; None when that is not known."""
    for _ in range(_HOPS):
        if simple is None or simple.here:
            break
        words = started(simple.source.words) if simple.source else ()
        if not _passes_on(words):
            return _said(words)
        simple = simple.source
    return simple.here or None if simple else None


def _output(words: Sequence[str], simple: Simple) -> str | None:
    return _input(simple) if _passes_on(words) else _said(words)


def _passes_on(words: Sequence[str]) -> bool:
    """Tell a command whose output is what it reads."""
    name = words[0].rpartition("/")[2] if words else ""
    return name == "tee" or (name == "cat" and not _operands(words))


def _operands(words: Sequence[str]) -> list[str]:
    return [word for word in words[1:] if word[:1] != "-"]


def _said(words: Sequence[str]) -> str | None:
    """Return what `echo` and `printf` print."""
    name = words[0].rpartition("/")[2] if words else ""
    if name == "echo":
        said = words[1:]
        while said and said[0] in ("-e", "-n", "-E", "-ne", "-en"):
            said = said[1:]
        return " ".join(said).replace("\\n", "\n") + "\n"
    if name == "printf" and len(words) > 1:
        return _formatted(words[1], words[2:]).replace("\\n", "\n")
    return None


def _formatted(form: str, values: Sequence[str]) -> str:
    """Return a format with its `%s`; values beyond them are printed in further lines."""
    parts = form.replace("%b", "%s").split("%s")
    told = islice(values, len(parts) - 1)
    filled = "".join(part + next(told, "") for part in parts)
    rest = values[len(parts) - 1 :] if len(parts) > 1 else ()
    return "\n".join((filled, *rest))
