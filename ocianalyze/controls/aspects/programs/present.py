"""Which tools of the catalogue are in the final filesystem, and how that is known."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ocianalyze.controls.aspects.programs.needed import search_path
from ocianalyze.controls.aspects.programs.started import DEFAULT_PATH
from ocianalyze.detectors.tools import Tool, by_name, catalogue, plain_name, read_ids
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind

How = Literal["content", "renamed", "applet", "name-only"]
_BINARY_HOMES = ("bin", "sbin")
_ELF = "application/x-elf"
_HARDLINKS = 3
"""Hard links of one tool under foreign names that are told; git has 140."""


class Present(NamedTuple):
    """One tool at one path."""

    tool: Tool
    entry: Entry
    how: How
    """`content` and name agree; `renamed` has the content under another name; an `applet` is a
    link to a multi-call binary; `name-only` has the name, but not the content."""
    within: str = ""
    """The multi-call binary that an applet is a part of: `busybox`."""
    binary: Entry | None = None
    """That binary, where its applet is a link to it; a hard link has its content itself."""

    @property
    def counts(self) -> bool:
        """Tell whether it is surely the tool."""
        return self.how != "name-only"

    @property
    def is_program(self) -> bool:
        """Tell a compiled program, which may be a build of the tool that no text betrays."""
        return self.entry.file_type == _ELF


def present(view: ImageView) -> Iterator[Present]:
    """Yield every tool found by content, by link to a multi-call binary, or by name alone."""
    tools = {tool.id: tool for tool in catalogue()}
    multicall: dict[str, tuple[Tool, Entry]] = {}
    linked: dict[tuple[str, str], int] = {}
    for entry in view.tree.files(mode=0o111):
        if not entry.mode & 0o111:  # a hard link is offered whatever its inode's mode
            continue
        ids = read_ids(view.tree.observed("tools", entry) or b"[]")
        found = [tools[x] for x in ids if x in tools]
        if not found:
            yield from _by_name(entry)
        for tool in found:
            if tool.multicall:
                multicall[entry.path] = tool, entry
            if one := _by_content(tool, entry, linked):
                yield one
    yield from _applets(view, multicall)


def _by_content(tool: Tool, entry: Entry, linked: dict[tuple[str, str], int]) -> Present | None:
    name = entry.path.rpartition("/")[2]
    if tool.is_called(name):
        return Present(tool, entry, "content")
    if entry.kind is not Kind.HARDLINK:
        return Present(tool, entry, "renamed")
    if tool.multicall:
        applet = _applet(tool, name)
        return Present(applet, entry, "applet", tool.id) if applet else None
    key = (tool.id, entry.sha256)
    linked[key] = linked.get(key, 0) + 1
    return Present(tool, entry, "renamed") if linked[key] <= _HARDLINKS else None


def _by_name(entry: Entry) -> Iterator[Present]:
    """Yield an executable in a directory of programs that has a tool's name and no more."""
    directory, _, name = entry.path.rpartition("/")
    if directory.rpartition("/")[2] in _BINARY_HOMES:
        known = by_name().get(name) or by_name().get(plain_name(name))
        if known:
            yield Present(known[0], entry, "name-only")


def _applets(view: ImageView, multicall: dict[str, tuple[Tool, Entry]]) -> Iterator[Present]:
    """Yield the symbolic links by which a multi-call binary is another tool."""
    if not multicall:
        return
    seen: set[str] = set()
    for directory in (*search_path(view), *DEFAULT_PATH.split(":")):
        for link in view.tree.listing(directory):
            if link.kind is not Kind.SYMLINK or link.path in seen:
                continue
            seen.add(link.path)
            target = view.tree.resolve(link.path)
            tool, binary = multicall.get(target.path if target else "", (None, None))
            applet = _applet(tool, link.path.rpartition("/")[2]) if tool else None
            if tool and applet:
                yield Present(applet, link, "applet", tool.id, binary)


def _applet(multicall: Tool, name: str) -> Tool | None:
    """Return the tool that a multi-call binary is under a name; None when it is itself."""
    known = by_name().get(name, ())
    return None if multicall in known or not known else known[0]
