"""CIS Docker 4.3: unnecessary packages are not installed; the half that files can tell.

Fails for every tool of a denied category that the image does not need to start. The level at
which a category is denied decides the reason: `denied-tools` holds for every profile,
`denied-tools-l2` (package managers, shells, downloaders, sudo) for those that only level 2 denies.
"""

from collections.abc import Iterable
from itertools import islice

from ocianalyze.controls._base import Control, layers_unread, undecided
from ocianalyze.controls.needed import needed
from ocianalyze.controls.origin import Boundary, boundary
from ocianalyze.controls.present import Present, present
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict

_SEVERITIES: dict[str, Severity] = {
    "remote-shell": "high",
    "compiler": "medium",
    "debugger": "medium",
    "legacy-client": "medium",
    "package-manager": "low",
    "shell": "low",
    "downloader": "low",
    "privilege": "medium",
    "network-tool": "low",
    "version-control": "low",
    "editor": "info",
}
"""Of each category, the most telling first."""
_RANKS = {category: rank for rank, category in enumerate(_SEVERITIES)}
_DENIED = frozenset({"remote-shell", "compiler", "debugger", "legacy-client"})
_DENIED_AT_LEVEL_2 = frozenset({"package-manager", "shell", "downloader", "privilege"})
_HOW = {
    "content": "path and content",
    "renamed": "content under another name",
    "applet": "link to a multi-call binary",
    "name-only": "name only, content not recognised",
}
_NAMED = 3
"""Tools that the summary names."""
_EVIDENCE = 1_000
"""Tools told one by one; the summary counts all."""


def evaluate(view: ImageView) -> Verdict:
    """Judge every tool in the final filesystem that the image does not need to start."""
    if view.is_windows:
        return undecided("windows-image", "not evaluated: tools of Windows images are not known")
    required = needed(view)
    found = sorted((x for x in present(view) if x.entry.path not in required), key=_order)
    for status, reason, guilty in _gradings(found):
        if guilty:
            return _verdict(view, status, reason, guilty, found)
    if view.unread:
        return layers_unread(view, _evidence(view, found, boundary(view)))
    summary = "no tools beyond what the image starts"
    evidence = _evidence(view, found, boundary(view))
    return Verdict(Status.PASS, "no-tools", summary, evidence, confidence="strong")


def _gradings(found: list[Present]) -> Iterable[tuple[Status, str, list[Present]]]:
    """Yield each status with the tools that call for it, the gravest first."""
    sure = [x for x in found if x.counts]
    denied = [x for x in sure if x.tool.category in _DENIED]
    level_2 = [x for x in sure if x.tool.category in _DENIED_AT_LEVEL_2]
    yield Status.FAIL, "denied-tools", [*denied, *level_2] if denied else []
    yield Status.FAIL, "denied-tools-l2", level_2
    yield Status.NEEDS_REVIEW, "removable-tools", sure
    yield Status.NEEDS_REVIEW, "tools-by-name", [x for x in found if x.is_program]


def _order(one: Present) -> tuple[bool, int, str, str]:
    return not one.counts, _RANKS.get(one.tool.category, len(_RANKS)), one.entry.path, one.tool.id


def _verdict(
    view: ImageView, status: Status, reason: str, guilty: list[Present], found: list[Present]
) -> Verdict:
    base = boundary(view)
    evidence = _evidence(view, found, base)
    return Verdict(
        status,
        reason,
        _summary(guilty),
        evidence,
        confidence="heuristic" if reason == "tools-by-name" else "strong",
        origin=_origin(guilty, base),
    )


def _summary(guilty: list[Present]) -> str:
    """Name one tool of each category before a second of any."""
    seen: dict[str, list[str]] = {}
    for one in guilty:
        ids = seen.setdefault(one.tool.category, [])
        if one.tool.id not in ids:
            ids.append(one.tool.id)
    turns = sorted((turn, _RANKS.get(c, 99), x) for c in seen for turn, x in enumerate(seen[c]))
    names = [name for _, _, name in turns]
    more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _evidence(view: ImageView, found: list[Present], base: Boundary) -> tuple[Evidence, ...]:
    return tuple(_one(view, one, base) for one in islice(found, _EVIDENCE))


def _one(view: ImageView, one: Present, base: Boundary) -> Evidence:
    tool, entry = one.tool, one.entry
    step = view.history.step_of_layer(entry.layer)
    target = f" {entry.link}" if one.how == "applet" and entry.link else ""
    return Evidence(
        detail=f"{tool.id} ({tool.category}): {_HOW[one.how]}{target}",
        reason=one.how,
        path=entry.path,
        layer=entry.layer,
        step=step.index if step else None,
        state=entry.state,
        origin=base.of_layer(entry.layer),
        severity=_severity(one),
        sha256=entry.sha256,
    )


def _severity(one: Present) -> Severity:
    """Grade by category; a tool under another name is odd, a mere name is not."""
    if not one.counts:
        return "info"
    severity = _SEVERITIES.get(one.tool.category, "low")
    return "medium" if one.how == "renamed" and severity in ("info", "low") else severity


def _origin(guilty: list[Present], base: Boundary) -> Origin:
    """Return where the tools come from: the author's, as soon as one of them is."""
    origins = {base.of_layer(one.entry.layer) for one in guilty}
    if "author" in origins:
        return "author"
    return "base" if origins == {"base"} else "unknown"


CONTROL = Control(
    id="cis-docker-4.3",
    short="unneeded packages",
    automation="partial",
    reads="content and names of all executables in the final filesystem; ENTRYPOINT, CMD, "
    "HEALTHCHECK, interpreters of scripts, captured entry scripts",
    decides="fails for remote shells, compilers, debuggers, clients of plain-text protocols "
    "(`denied-tools`), and for package managers, shells, downloaders, sudo (`denied-tools-l2`), "
    "unless the image needs them to start; network tools, version control and editors, and "
    "programs that only have a tool's name, need review; passes when there is none of these",
    limits="package databases are not read yet, so packages without a known tool do not count; "
    "programs that are started later, by scripts that were not kept or by the application, are "
    "not known to be needed; tools compiled so that none of their own texts is left are found "
    "by name alone",
    remediation="build in an earlier stage and COPY --from it into a base without these tools "
    "(distroless, scratch), or remove them in the RUN step that installs them",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "config"}),
)
