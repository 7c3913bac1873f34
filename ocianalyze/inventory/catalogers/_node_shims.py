"""Scripts that pnpm writes for the programs of packages, where npm and Yarn make links.

A script counts only when every line is one that pnpm's cmd-shim writes, so that it does nothing
but run the program.
"""

import re
from collections.abc import Iterator

from ocianalyze.inventory._base import Claim, Kept
from ocianalyze.inventory.catalogers._gathered import gather, mapping, readable, told
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB

NAME = "node-shims"
_BYTES = 64 * KIB
"""One script; each directory above its package is named in it several times."""
_BEGIN = b'#!/bin/sh\nbasedir=$(dirname "$(echo "$0" | sed '
_LINES = frozenset(
    rb"""
#!/bin/sh
basedir=$(dirname "$(echo "$0" | sed -e 's,\\,/,g')")
case `uname` in
*CYGWIN*) basedir=`cygpath -w "$basedir"`;;
*CYGWIN*|*MINGW*|*MSYS*)
if command -v cygpath > /dev/null 2>&1; then
basedir=`cygpath -w "$basedir"`
fi
;;
esac
if [ -z "$NODE_PATH" ]; then
if [ -x "$basedir/node" ]; then
else
exit $?
""".split(b"\n")
)
"""Without what indents them."""
_SETTING = re.compile(rb'export NODE_PATH="[^"$`\\]*(?::\$NODE_PATH)?"')
_RUN = re.compile(
    rb'(?:exec )?(?:(?:node|sh|bash|"\$basedir/node"|"/[^"$`\\]*/node") {1,2})?'
    rb'"\$basedir/([^"$`\\]+)" {1,3}"\$@"'
)


def _open(seen: Seen, head: memoryview) -> Tap | None:
    is_shim = seen.size <= _BYTES and bytes(head[: len(_BEGIN)]) == _BEGIN
    return gather(seen.size, _parse, _BYTES) if is_shim else None


def _parse(data: bytearray) -> dict[str, object] | None:
    """Return the program that a script runs; None for one that does anything else."""
    programs = set()
    for line in map(bytes.strip, bytes(data).split(b"\n")):
        if run := _RUN.fullmatch(line):
            programs.add(run[1])
        elif line not in _LINES and not _SETTING.fullmatch(line):
            return None
    if len(programs) != 1:
        return None
    return told(runs=programs.pop().decode("utf-8", "replace"))


def claims(kept: Kept) -> Iterator[Claim]:
    """Claim a script for the package whose program it runs."""
    if runs := mapping(readable(kept)).get("runs"):
        directory = kept.path.rpartition("/")[0]
        yield Claim("npm", "", programs=(kept.path,), runs=f"{directory}/{runs}")


OBSERVER = Observer(
    name=NAME,
    version=1,
    interest=Interest(magics=frozenset({b"#!"})),
    open=_open,
    summary="which program a script of pnpm runs",
)
