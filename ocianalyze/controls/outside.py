"""Items that no image decides, and items that this version does not: said, never passed over."""

from ocianalyze.controls._base import Control, Owner, Recommendation
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

WHERE: dict[Owner, str] = {
    "image": "the image itself",
    "runtime": "the options of the container or its pod spec",
    "node": "files, services and daemon settings of the host",
    "platform": "records of build, registry and orchestration",
}
"""Where the evidence belongs that an image does not hold."""


def placeholder(item: Recommendation) -> Control:
    """Return the control of an item that has no module of its own."""
    if item.include == "excluded":
        said = _excluded()
        return _control(item, said, "the opposite is right for an image", "no image has it to meet")
    where = f"{item.owner}: {item.owner_detail or WHERE[item.owner]}"
    limits = f"evidence belongs to the {where}"
    if item.include in ("out-of-scope", "hint"):
        return _control(item, verdict(item.owner), f"the {item.owner} owns it", limits, where)
    summary = "not evaluated: not decided by this version"
    undone = Verdict(Status.NOT_EVALUATED, "not-implemented", summary)
    return _control(item, undone, "this version does not decide it", limits, where)


def verdict(owner: Owner, *hints: Evidence) -> Verdict:
    """Return the verdict about an item that another party owns, with what the image hints."""
    summary = f"the {owner} owns it"
    if hints:
        summary += f"; {len(hints)} hint{'s' if len(hints) > 1 else ''} in the image"
    return Verdict(Status.OUT_OF_SCOPE, f"owned-by-{owner}", summary, hints)


def _excluded() -> Verdict:
    summary = "not applicable: the opposite is right for an image"
    return Verdict(Status.NOT_APPLICABLE, "wrong-for-images", summary)


def _control(
    item: Recommendation, said: Verdict, why: str, limits: str, where: str = ""
) -> Control:
    def evaluate(_: ImageView) -> Verdict:
        return said

    return Control(
        id=item.id,
        short=item.title[:24].rstrip(),
        automation="none",
        reads="nothing of the image",
        decides=f"nothing: {'; '.join(filter(None, (why, item.why)))}",
        limits=limits,
        remediation=f"settle it at the {where}" if where else "none: leave the image without it",
        evaluate=evaluate,
    )
