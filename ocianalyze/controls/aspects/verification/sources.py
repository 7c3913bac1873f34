"""Sources fetched from a repository of code, and built or run in the image (catalogue, 4.11 B)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from ocianalyze.controls.aspects.history.add import shown
from ocianalyze.controls.aspects.verification.fetched import INTERPRETERS
from ocianalyze.controls.aspects.verification.flags import operands, program
from ocianalyze.controls.aspects.verification.installed import PINNED, UNPINNED
from ocianalyze.controls.aspects.verification.keyed import Off
from ocianalyze.dataclass import dataclass
from ocianalyze.model.history import Command, Step

_KEPT = 32
"""Fetched directories that are kept in mind from step to step."""
_TEXT = 65_536
_BORDER = re.compile(r"[^\w.-]+")
"""What stands between the names of directories and other words."""
_ADDRESS = re.compile(r"[a-z+]+://|[\w.-]+@[\w.-]+:")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CLONES: Mapping[str, frozenset[str]] = {
    "git": _words("clone fetch pull"),
    "hg": _words("clone pull"),
    "svn": _words("checkout co export"),
    "bzr": _words("branch checkout clone export"),
    "gh": _words("clone"),
}
"""What brings sources, by program."""
_BUILDS: Mapping[str, frozenset[str]] = {
    "bazel": _words("build run"),
    "bundle": _words("install exec"),
    "cargo": _words("build install run"),
    "cmake": _words("--build --install"),
    "dotnet": _words("build publish run"),
    "gem": _words("build"),
    "go": _words("build install run"),
    "meson": _words("compile install"),
    "mix": _words("compile release escript.build"),
    "npm": _words("install i ci run link"),
    "pip": _words("install wheel"),
    "pipx": _words("install"),
    "pnpm": _words("install i run link"),
    "poetry": _words("install build"),
    "uv": _words("install sync build"),
    "yarn": _words("install build run link"),
    "R": _words("INSTALL"),
}
"""Words with which a program builds or installs sources."""
_ALWAYS = _words(
    "make gmake ninja scons rake mvn gradle ant dpkg-buildpackage rpmbuild install gcc g++ cc c++ "
    "clang clang++"
)
"""Programs that build or install whatever they are asked to do."""


@dataclass(slots=True)
class Sources:
    """What the steps so far fetched without naming its content by a digest."""

    loose: dict[str, str] = field(default_factory=dict)
    """Addresses by the name of the directory that they were put into."""
    home: str = ""
    """The working directory."""

    def built(self, step: Step, *, is_checked: bool) -> Iterator[Off]:
        """Yield the first command of a step that builds or runs such sources."""
        pinned = [name for name, value in step.build_args if PINNED.search(value)]
        is_settled = is_checked or any(_settles(pinned, one) for one in step.commands)
        near = {} if is_settled else self._mentioned(step)
        for command in step.commands:
            if _clones(command):
                directory, address = self._fetched(command)
                if not is_settled:
                    near[directory] = address
                    self._keep(directory, address)
            elif near and _builds(command, near):
                address = next(reversed(near.values()))
                yield Off("review", f"{address}, built by {_named(command)}", UNPINNED)
                return

    def _mentioned(self, step: Step) -> dict[str, str]:
        """Return what earlier steps fetched and this one goes to."""
        if not self.loose:
            return {}
        named = frozenset(_BORDER.split(f"{self.home}\n{step.text[:_TEXT]}"))
        return {name: address for name, address in self.loose.items() if name in named}

    def _fetched(self, command: Command) -> tuple[str, str]:
        """Return the name of the directory that a command fills, and where its content is from."""
        words = [word for word in operands(command) if word[:1] != "-"]
        at = next((at for at, word in enumerate(words) if _ADDRESS.match(word)), -1)
        address = f"{program(command)} {shown(words[at], 50) if at >= 0 else 'sources'}"
        target = words[-1] if at >= 0 else "."
        target = self.home if target in (".", "./") else target
        name = target.strip().rstrip("/").rpartition("/")[2].removesuffix(".git")
        return name[:100] or ".", address

    def _keep(self, directory: str, address: str) -> None:
        self.loose[directory] = address
        if len(self.loose) > _KEPT:
            del self.loose[next(iter(self.loose))]


def _clones(command: Command) -> bool:
    wanted = _CLONES.get(program(command), frozenset())
    return not wanted.isdisjoint(operands(command))


def _settles(pinned: Iterable[str], command: Command) -> bool:
    """Tell a command that names a commit by its digest, or by an argument that holds one."""
    if program(command) not in _CLONES:
        return False
    return any(
        PINNED.search(word) or any(f"${name}" in word or f"${{{name}}}" in word for name in pinned)
        for word in operands(command)
    )


def _builds(command: Command, fetched: Iterable[str]) -> bool:
    """Tell a command that builds sources, or runs a file that came with them."""
    name, words = program(command), operands(command)
    if name in _ALWAYS or not _BUILDS.get(name, frozenset()).isdisjoint(words):
        return True
    if name in INTERPRETERS:
        script = next((word for word in words if word[:1] != "-"), "")
        return _is_among(script, fetched) or ("/" not in script and bool(script))
    return _is_among(command.words[0], fetched)


def _is_among(path: str, fetched: Iterable[str]) -> bool:
    return path[:2] == "./" or not set(path.split("/")[:-1]).isdisjoint(fetched)


def _named(command: Command) -> str:
    """Return the program, and the word by which it builds."""
    words = _BUILDS.get(program(command), frozenset())
    return " ".join((program(command), *[x for x in operands(command) if x in words][:1]))[:40]
