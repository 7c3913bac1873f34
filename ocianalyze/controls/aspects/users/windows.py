"""Who a Windows container runs as; its accounts cannot be resolved from files."""

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Confidence, Evidence, Status, Verdict
from ocianalyze.model.oci import ImageConfig

_ADMINISTRATORS = frozenset(
    {
        "administrator",
        "containeradministrator",
        "localsystem",
        "system",
    }
)
_SYSTEM32 = "Files/Windows/System32"
_REMEDY = "USER ContainerUser in the last stage"


def windows_user(view: ImageView, config: ImageConfig) -> Verdict:
    """Judge the user of a Windows image."""
    user = config.config.user
    account = user.replace("/", "\\").rpartition("\\")[2].strip().lower()
    if account in _ADMINISTRATORS:
        return _verdict(Status.FAIL, "runs-as-administrator", f"runs as {user[:40]}", user)
    if account:
        return _verdict(Status.PASS, "not-administrator", f"runs as {user[:40]}", user)
    return _default(view)


def _default(view: ImageView) -> Verdict:
    """Judge an empty user by the kind of base: only Nano Server defaults to a plain user."""
    kind = _base(view)
    if kind == "servercore":
        summary = "runs as ContainerAdministrator: User is empty"
        return _verdict(Status.FAIL, "runs-as-administrator", summary, "")
    if kind == "nanoserver":
        summary = "User is empty: ContainerUser on Nano Server"
        return _verdict(Status.PASS, "not-administrator", summary, "", "heuristic")
    summary = "User is empty and the Windows base is not known"
    return _verdict(Status.NEEDS_REVIEW, "windows-base-unknown", summary, "", "heuristic")


def _base(view: ImageView) -> str:
    """Return which Windows base it is, from its files or what the history calls it."""
    if view.tree.resolve(f"{_SYSTEM32}/WindowsPowerShell/v1.0/powershell.exe"):
        return "servercore"
    told = " ".join(f"{x.raw[:512]} {x.comment[:512]}" for x in view.history.steps[:64]).lower()
    for kind in ("servercore", "nanoserver"):
        if kind in told:
            return kind
    return "nanoserver" if not view.unread and view.tree.listing(_SYSTEM32) else ""


def _verdict(
    status: Status, reason: str, summary: str, user: str, confidence: Confidence = "exact"
) -> Verdict:
    evidence = Evidence(
        detail=f"User is {user[:64] or 'empty'}",
        kind="config",
        pointer="/config/User",
        severity="info" if status is Status.PASS else "high",
    )
    remedy = "" if status is Status.PASS else _REMEDY
    return Verdict(status, reason, summary, (evidence,), confidence, "author", remedy)
