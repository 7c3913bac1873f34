"""CIS Docker 4.1: a user for the container has been created."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ocianalyze.controls._base import Control, Parameter, field_unread, layers_unread, undecided
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.history.steps import of_step
from ocianalyze.controls.aspects.users.accounts import Account, Resolved, number, resolve
from ocianalyze.controls.aspects.users.advised import ADVISED, unused
from ocianalyze.controls.aspects.users.dropping import Drop, drops, unread_settings
from ocianalyze.controls.aspects.users.privileges import regains, unread_rules
from ocianalyze.controls.aspects.users.windows import windows_user
from ocianalyze.controls.aspects.users.writers import unread_accounts
from ocianalyze.controls.quoting import quoted
from ocianalyze.controls.saying import of_entry
from ocianalyze.detectors.secrets.masking import HIDDEN
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict
from ocianalyze.model.history import Step
from ocianalyze.model.oci import ImageConfig

_PROBLEMS = {
    "unknown-user": "is not in etc/passwd",
    "unknown-group": "has an unknown group",
    "out-of-range": "is out of range",
    "long-line": "meets a long line",
}
_IN_PASSWD = ("unknown-user", "long-line")
_TOLD = frozenset({"no-passwd-entry", "gid-0"})
"""What only account files that were read tell."""
_MOST = 10
"""Evidence of one sort that is listed."""


def evaluate(view: ImageView, *, accept_drop: bool = False) -> Verdict:
    """Resolve the user that the container starts as.

    Args:
        view: the image.
        accept_drop: leave to people, instead of failing, an entry script that gives up root.

    """
    verdict = _resolved(view)
    if accept_drop and verdict.reason == "drops-privileges-at-start":
        return replace(verdict, status=Status.NEEDS_REVIEW, confidence="heuristic")
    return verdict


def _resolved(view: ImageView) -> Verdict:
    config = view.config
    if config is None:
        return Verdict(
            Status.NOT_EVALUATED, "no-image-config", "not evaluated: no image config names a user"
        )
    if unread := field_unread(view, "User"):
        return unread
    return windows_user(view, config) if view.is_windows else _linux(view, config)


def _linux(view: ImageView, config: ImageConfig) -> Verdict:
    user = config.config.user
    own = view.once(written) or config
    resolved = resolve(own.config.user, view.read("etc/passwd"), view.read("etc/group"))
    if resolved.problem:
        return _unresolvable(view, user, resolved)
    if resolved.uid == 0:
        return _root(view, config, resolved)
    if view.unread and not resolved.numeric:
        return layers_unread(view, (_config(user, resolved),))
    return _other(view, user, resolved)


def _unresolvable(view: ImageView, user: str, resolved: Resolved) -> Verdict:
    """Judge a user for whom a runtime would refuse to start, if the evidence is whole."""
    evidence = _config(user, resolved, "high")
    if resolved.problem != "out-of-range":
        if view.unread:
            return layers_unread(view, (evidence,))
        path = "etc/passwd" if resolved.problem in _IN_PASSWD else "etc/group"
        if unread := unread_accounts(view, path):
            return undecided("accounts-unread", _why_unread(unread, path), evidence, unread)
    if resolved.problem == "long-line":
        return _overlong(view, user, evidence)
    return Verdict(
        Status.FAIL,
        "unresolvable-user",
        f"cannot start: User {user[:20]} {_PROBLEMS[resolved.problem]}",
        (evidence,),
        origin=_origin(view, boundary(view)),
        remediation=_cure(user, resolved.problem),
    )


def _cure(user: str, problem: str) -> str:
    """Return what makes a user start that a runtime refuses."""
    word, bare = quoted(user, 24) or "NAME", user.strip()
    if bare and bare != user:
        return f"write it without spaces: USER {quoted(bare, 24) or 'NAME'}"
    if problem == "unknown-group":
        name = user.partition(":")[0]
        cure = f"create the group before USER {word}: RUN groupadd --gid {ADVISED} GROUP"
        return f"{cure}, or leave it out: USER {quoted(name, 24) or 'NAME'}"
    if problem == "out-of-range":
        return f"name numbers from 1 to 2147483647: USER {ADVISED}:{ADVISED}"
    cure = f"create it before USER {word}: RUN useradd --uid {ADVISED} NAME"
    return f"{cure}, or name a number: USER {ADVISED}"


def _overlong(view: ImageView, user: str, evidence: Evidence) -> Verdict:
    """Judge an image in which runtimes find nobody, not even a number or the default."""
    detail = "a line of more than 65,535 bytes: runtimes read no further"
    line = of_entry(view.tree.resolve("etc/passwd"), detail, "high", "long-line", "etc/passwd")
    named = f"User {user[:20]}" if user else "no User"
    return Verdict(
        Status.FAIL,
        "unresolvable-user",
        f"cannot start: {named} {_PROBLEMS['long-line']}",
        (line, evidence),
        origin=_origin(view, boundary(view)),
        remediation="remove the line from etc/passwd",
    )


def _why_unread(unread: Evidence, path: str) -> str:
    if unread.path == path:
        return f"not evaluated: {path} {unread.detail}"
    return f"not evaluated: {path} is a link to {_shortened(unread.path, 11)}, not read"


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else f"...{text[3 - room :]}"


def _root(view: ImageView, config: ImageConfig, resolved: Resolved) -> Verdict:
    """Fail, and say what would help this image."""
    base = boundary(view)
    user = config.config.user
    dropped = tuple(islice(drops(view, config.config), _MOST))
    told = tuple(drop.evidence for drop in dropped)
    taken = {drop.ids[0] for drop in dropped if drop.ids}
    spare = tuple(x for x in unused(view)[:_MOST] if x.uid not in taken)
    unread = islice(unread_settings(view, config.config), _MOST)
    evidence = (_config(user, resolved, "high"), *_resets(view, base), *told, *unread)
    summary = f"runs as root: User is {user[:24] or 'empty'}"
    if dropped:
        known = next((drop for drop in dropped if drop.ids), dropped[0])
        summary = f"starts as root, then {known.evidence.detail[:24]}"
    return Verdict(
        Status.FAIL,
        "drops-privileges-at-start" if dropped else "runs-as-root",
        summary,
        (*evidence, *(_account_evidence(view, account) for account in spare)),
        origin=_origin(view, base),
        remediation=_remedy(view, dropped, spare, config),
    )


def _other(view: ImageView, user: str, resolved: Resolved) -> Verdict:
    """Pass, unless the user can become root again without a password."""
    powers = tuple(islice(regains(view, resolved), _MOST))
    unread = unread_accounts(view, "etc/passwd")
    notes = (x for x in _notes(user, resolved) if unread is None or x.reason not in _TOLD)
    noted = (*notes, unread) if unread else tuple(notes)
    evidence = (_config(user, resolved, "info"), *noted, *powers)
    origin = _origin(view, boundary(view))
    if powers:
        return Verdict(
            Status.NEEDS_REVIEW,
            "privileged-group",
            f"uid {_uid(user, resolved)} can regain root: {powers[0].detail[:24]}",
            evidence,
            origin=origin,
            remediation="remove the user from the group, or the rule from etc/sudoers.d",
        )
    if view.unread:
        return layers_unread(view, evidence)
    if rules := tuple(islice(unread_rules(view), _MOST)):
        summary = f"not evaluated: {rules[0].path[:24]} was not read"
        return undecided("accounts-unread", summary, *evidence, *rules)
    shown = f"User {user[:24]}, uid {resolved.uid}" if not resolved.numeric else f"User {user[:24]}"
    return Verdict(Status.PASS, "not-root", f"runs as {shown}", evidence, origin=origin)


def _notes(user: str, resolved: Resolved) -> Iterator[Evidence]:
    """Yield what is worth knowing of a user that is not root."""
    notes = {
        "kubelet-cannot-verify": not resolved.numeric,
        "no-passwd-entry": resolved.account is None,
        "gid-0": resolved.gid == 0,
    }
    details = {
        "kubelet-cannot-verify": "runAsNonRoot needs a number: the kubelet cannot resolve "
        f"{user[:24]}",
        "no-passwd-entry": f"uid {_uid(user, resolved)} has no line in etc/passwd",
        "gid-0": "the group is root's, gid 0",
    }
    for reason, holds in notes.items():
        if holds:
            yield Evidence(
                details[reason], "config", reason, pointer="/config/User", severity="info"
            )


def _config(user: str, resolved: Resolved, severity: Severity = "medium") -> Evidence:
    shown = f"User is {user[:64]}" if user else "User is empty"
    is_hidden = HIDDEN in user and (resolved.numeric or resolved.explicit_group)
    known = not resolved.problem and not is_hidden
    numbers = f": uid {resolved.uid}, gid {resolved.gid}" if known else ""
    return Evidence(
        detail=shown + numbers,
        kind="config",
        reason=resolved.problem,
        pointer="/config/User",
        severity=severity,
    )


def _uid(user: str, resolved: Resolved) -> str:
    """Return the number; of a masked one its mask."""
    return user[:24] if resolved.numeric and HIDDEN in user else str(resolved.uid)


def _user_steps(view: ImageView) -> list[Step]:
    return [step for step in view.history.steps if step.instruction == "USER"]


def _origin(view: ImageView, base: Boundary) -> Origin:
    """Return who chose the user: the last USER step, else the author, who left it out."""
    steps = _user_steps(view)
    return base.of_step(steps[-1].index) if steps else "author"


def _resets(view: ImageView, base: Boundary) -> Iterator[Evidence]:
    """Yield both USER steps when a later one takes back a user that an earlier one set."""
    steps = _user_steps(view)
    others = [step for step in steps[:-1] if not _is_root(step.text)]
    if others and _is_root(steps[-1].text):
        for step in (others[-1], steps[-1]):
            detail = f"USER {step.text[:64]}"
            yield of_step(step, base, detail, reason="user-reset-to-root", severity="high")


def _is_root(user: str) -> bool:
    name = user.partition(":")[0].strip()
    return name in ("", "root") or number(name.encode("utf-8", "surrogateescape")) == 0


def _account_evidence(view: ImageView, account: Account) -> Evidence:
    entry = view.tree.resolve("etc/passwd")
    name = account.name.decode("utf-8", "replace")[:32]
    detail = f"account {name}, uid {account.uid}, is not used"
    return of_entry(entry, detail, "info", "unused-account", entry.path if entry else "etc/passwd")


def _remedy(
    view: ImageView, dropped: tuple[Drop, ...], spare: tuple[Account, ...], config: ImageConfig
) -> str:
    """Return the lines that this image's Dockerfile needs at its end."""
    if drop := next((x for x in dropped if x.ids), None):
        uid, gid = drop.ids or (ADVISED, ADVISED)
        first = f"{drop.before}, then " if drop.before else ""
        return f"{first}USER {uid}:{gid}"
    if spare:
        return f"USER {spare[0].uid}:{spare[0].gid}"
    if view.tree.resolve("usr/sbin/useradd"):
        made = f"RUN groupadd --gid {ADVISED} app && useradd --uid {ADVISED} --gid app -M app"
        return f"{made}, then USER {ADVISED}:{ADVISED}"
    if view.tree.resolve("usr/sbin/adduser") or view.tree.resolve("bin/busybox"):
        return f"RUN adduser -S -D -H -u {ADVISED} app, then USER {ADVISED}"
    where = quoted(config.config.working_dir) or "/app"
    owner = f"{ADVISED}:{ADVISED}"
    return f"USER {owner}, and COPY --chown={owner} what must be written below {where}"


CONTROL = Control(
    id="cis-docker-4.1",
    short="user",
    automation="full",
    reads="config.User, etc/passwd, etc/group and sudo rules of the final filesystem, entry "
    "scripts, settings of nginx, Apache, php-fpm and supervisord, USER steps of the history",
    decides="fails when the container starts as uid 0, also when its entry script drops root "
    "later, and when the user cannot be resolved; a user that can regain root through a group "
    "or, where sudo or doas is installed, by a rule without password needs review; everything else "
    "passes when all layers, the account files and the sudo rules could be read",
    limits="what a runtime or an orchestrator sets instead is not in the image; which commands a "
    "rule of sudo allows is not weighed, so a rule for one harmless command counts; "
    "privileges are seen to be dropped only in scripts and settings that were kept; settings of a "
    "started server that were not are told",
    remediation="RUN useradd --uid 10001 app, then USER 10001 in the last stage",
    evaluate=evaluate,
    parameters=(
        Parameter(
            "accept_drop",
            default=False,
            meaning="an entry script that gives up root needs review only",
        ),
    ),
)
