"""Running as non-root, as pods ask for it, with the securityContext that an image allows."""

from dataclasses import replace

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.security_context.suggested import suggested, suggestion
from ocianalyze.controls.aspects.users.writers import runner
from ocianalyze.controls.cis_docker import c4_01_user
from ocianalyze.controls.hint import at
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict

_DECIDED = frozenset({Status.PASS, Status.FAIL, Status.NEEDS_REVIEW})
_NAMED = 8
"""Files with rights of their own that a remediation names; evidence has more."""


def by_policy(view: ImageView) -> Verdict:
    """Judge `runAsNonRoot: true`: the kubelet compares a number, and has none for a name."""
    said = _with_context(view, c4_01_user.CONTROL.evaluate(view))
    if view.is_windows or said.status is not Status.PASS:
        return said
    resolved = view.once(runner).resolved
    if resolved.numeric:
        summary = "compatible: User is a number"
        return replace(said, reason="compatible", summary=summary, question="")
    return replace(
        said,
        question="",
        status=Status.NEEDS_REVIEW,
        reason="compatible-if-runasuser-set",
        summary=f"compatible if runAsUser is set to {resolved.uid}",
        remediation=f"USER {resolved.uid}:{resolved.gid}" + _pod(view),
    )


def by_user(view: ImageView) -> Verdict:
    """Judge that the user is not uid 0, named or not."""
    return _with_context(view, c4_01_user.CONTROL.evaluate(view))


def _with_context(view: ImageView, said: Verdict) -> Verdict:
    """Return a verdict with the suggestion as its last evidence and in its remediation."""
    said = replace(said, question=c4_01_user.CONTROL.id)
    if said.status not in _DECIDED or view.is_windows:
        return said
    told = replace(said, evidence=(*said.evidence, *suggested(view)))
    if said.status is Status.PASS:
        return replace(told, remediation=_pod(view).removeprefix("; "))
    return replace(told, remediation=said.remediation + _pod(view))


def _pod(view: ImageView) -> str:
    """Return the line for a pod and what stands against it, as something to append."""
    if view.config is None:
        return ""
    made = view.once(suggestion)
    line = f"; in the pod: {made.text()}"
    if not made.privileged:
        return line
    files = [f"{at(entry)} ({rights})" for entry, rights in made.privileged[:_NAMED]]
    left = len(made.privileged) - len(files)
    names = ", ".join(files) + (f" and {left} more" if left else "")
    return (
        f"{line}; as long as these files with set-id bits or capabilities are there, they do not "
        f"get these rights or do not start: {names}; take them away (chmod a-s, setcap -r)"
    )


READS = (
    "config.User, etc/passwd, etc/group and sudo rules of the final filesystem; for the "
    "suggestion: volumes, ports, owners and modes of directories, set-id bits and capabilities "
    "of what the image starts"
)
_LIMITS = (
    "the pod may set another user; the securityContext is a suggestion from static evidence: "
    "what the program writes or binds later is not known, directories of the user's with files in "
    "them are not mounted, since a volume would hide the files, and root images must be tried; it "
    "is one that the restricted level admits, so that it adds NET_BIND_SERVICE at most"
)
CONTROLS = (
    Control(
        id="k8s-pss-running-as-non-root",
        short="runAsNonRoot",
        automation="full",
        reads=READS,
        decides="as CIS Docker 4.1, but for a user that is a name: runAsNonRoot needs a number, so "
        "the pod must set runAsUser, which needs review",
        limits=_LIMITS,
        remediation="USER 10001:10001 as a number; in the pod: runAsNonRoot: true",
        evaluate=by_policy,
        needs=frozenset({"config", "filesystem"}),
    ),
    Control(
        id="k8s-pss-running-as-non-root-user",
        short="runAsUser",
        automation="full",
        reads=READS,
        decides="as CIS Docker 4.1: fails when the container starts as uid 0, or cannot start",
        limits=_LIMITS,
        remediation="USER 10001:10001 in the last stage; in the pod: runAsUser: 10001",
        evaluate=by_user,
        needs=frozenset({"config"}),
    ),
)
