"""How logins ask for passwords and keep them: PAM, login.defs, and who may use su."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.settings.files import lines
from ocianalyze.controls.cis_debian_12._files import (
    PASSWD,
    SHADOW,
    login_definitions,
    program,
    unread,
    users,
)
from ocianalyze.controls.cis_debian_12._say import (
    inapplicable,
    judged,
    of_entry,
    of_file,
    passed,
    review,
    shown,
)
from ocianalyze.detectors.captures.logins import LOGIN_DEFS
from ocianalyze.detectors.captures.pam import AUTH, HOMES, PASSWORD, SU
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict

_LINE = re.compile(r"\s*-?(\w+)\s+(\[[^\]]*\]|\S+)\s+(\S+)(.*)")
_STRONG = frozenset({"sha512", "yescrypt"})
_WEAK = frozenset({"md5", "bigcrypt", "sha256", "blowfish", "gost_yescrypt"})


class _Module(NamedTuple):
    """One line of a PAM file (pam.conf(5))."""

    path: str
    kind: str
    """`auth`, `password` ..."""
    control: str
    name: str
    """Without directory and `.so`."""
    words: tuple[str, ...]


def _files(view: ImageView, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files of some services; those in etc hide those of the vendor."""
    found = []
    for name in names:
        paths = (f"{home}/{name}" for home in HOMES)
        found += [x for x in paths if view.tree.resolve(x) is not None][:1]
    return tuple(found)


def _modules(view: ImageView, paths: tuple[str, ...]) -> Iterator[_Module]:
    for path in paths:
        for line in lines(view, path, continued=True):
            found = _LINE.match(line.partition("#")[0])
            if found:
                kind, control, module, words = found.groups()
                name = module.rpartition("/")[2].removesuffix(".so")
                yield _Module(path, kind.lower(), control.lower(), name, tuple(words.split()))


def nullok(view: ImageView) -> Verdict:
    """Judge whether an empty password lets somebody in, and whether anybody has one."""
    paths = _files(view, AUTH)
    if refused := unread(view, (), (*paths, PASSWD, SHADOW)):
        return refused
    if not paths:
        return inapplicable("no-pam", "does not apply: there are no PAM files")
    found = [
        of_file(view, x.path, f"pam_unix {' '.join(x.words)[:60]}", "low")
        for x in _modules(view, paths)
        if x.name == "pam_unix" and not {"nullok", "nullok_secure"}.isdisjoint(x.words)
    ]
    if not found:
        return passed("no-nullok", "pam_unix takes no empty passwords")
    known = view.once(users)
    empty = [x for x in known.accounts if x.fields > 1 and known.kind(x) == "empty"]
    if not empty:
        return review("nullok", "pam_unix has nullok; no password is empty", *found)
    what = [of_file(view, x.path, f"lets {shown(empty[0].name)} in", "critical") for x in found]
    return judged(what, "nullok-in-force", "empty passwords are taken")


def hashing(view: ImageView) -> Verdict:
    """Judge how pam_unix hashes new passwords; login.defs decides where it does not say."""
    paths = _files(view, PASSWORD)
    if refused := unread(view, (), (*paths, *LOGIN_DEFS)):
        return refused
    modules = [x for x in _modules(view, paths) if (x.kind, x.name) == ("password", "pam_unix")]
    if not modules:
        return inapplicable("no-pam", "does not apply: pam_unix sets no passwords")
    weak = [
        of_file(view, x.path, f"pam_unix hashes with {' '.join(sorted(method))}", "medium")
        for x in modules
        if (method := _WEAK.intersection(x.words)) and not _STRONG.intersection(x.words)
    ]
    if weak:
        return judged(weak, "weak-hash", "weak password hash")
    if all(_STRONG.intersection(x.words) for x in modules):
        return passed("strong-hash", "pam_unix hashes with sha512 or yescrypt")
    return defined(view)


def defined(view: ImageView) -> Verdict:
    """Judge ENCRYPT_METHOD."""
    if refused := unread(view, (), LOGIN_DEFS):
        return refused
    path = next((x for x in LOGIN_DEFS if view.tree.resolve(x) is not None), "")
    if not path:
        return inapplicable("file-absent", "does not apply: there is no login.defs")
    method = view.once(login_definitions).get("ENCRYPT_METHOD", "")
    if method.lower() in _STRONG:
        return passed("strong-hash", f"new passwords are hashed with {method}")
    if not method:
        what = of_file(view, path, "ENCRYPT_METHOD is not set: the program decides", "low")
        return review("hash-not-set", "login.defs names no ENCRYPT_METHOD", what)
    found = of_file(view, path, f"ENCRYPT_METHOD {shown(method.encode())}", "medium")
    return judged((found,), "weak-hash", "weak password hash")


def restricted_su(view: ImageView) -> Verdict:
    """Judge who may use a su that is set-user-id; the distribution's default is left to people."""
    paths = _files(view, SU)
    if refused := unread(view, (), paths):
        return refused
    su = program(view, "su")
    if su is None:
        return inapplicable("no-su", "does not apply: there is no su")
    if not su.mode & 0o4000:
        inert = of_entry(su, "not set-user-id", "info")
        return inapplicable("su-not-setuid", "does not apply: su gives nobody rights", inert)
    modules = [x for x in _modules(view, paths) if x.kind == "auth"]
    easy = [of_file(view, x.path, what, "high") for x in modules if (what := _without_password(x))]
    if easy:
        return judged(easy, "su-without-password", "su without a password")
    wheel = [x for x in modules if x.name == "pam_wheel" and x.control in ("required", "requisite")]
    if wheel and paths and {x.path for x in wheel} == set(paths):
        return passed("su-restricted", "su is for members of one group")
    anybody = of_entry(su, "everybody who knows a password may use it", "low")
    return review("su-open", "su is not restricted to a group", anybody)


def _without_password(module: _Module) -> str:
    is_enough = module.control in ("sufficient", "required", "requisite")
    if module.name == "pam_wheel" and "trust" in module.words and is_enough:
        return "pam_wheel trust: members need no password"
    if module.name == "pam_permit" and module.control == "sufficient":
        return "pam_permit sufficient: nobody needs a password"
    return ""


CONTROLS = (
    Control(
        id="cis-debian-12-5.2.7",
        short="su for a group",
        automation="full",
        reads="mode of su, its PAM files",
        decides="passes when pam_wheel is required; fails when su asks somebody for no password; "
        "su open to all who know one, which distributions ship, needs review; does not apply "
        "without su, nor where it is not set-user-id",
        limits="files that PAM includes; modules other than pam_wheel and pam_permit",
        remediation="RUN chmod u-s /bin/su, or auth required pam_wheel.so use_uid in /etc/pam.d/su",
        evaluate=restricted_su,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-5.3.3.4.1",
        short="pam_unix nullok",
        automation="full",
        reads="pam_unix in the PAM files of all logins; etc/passwd and etc/shadow",
        decides="fails when it has nullok and an account has an empty password; nullok alone, "
        "which distributions ship, needs review",
        limits="PAM files of single services",
        remediation="RUN sed -i 's/ nullok//' /etc/pam.d/common-auth",
        evaluate=nullok,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-5.3.3.4.3",
        short="pam_unix hash",
        automation="full",
        reads="pam_unix in the PAM files that set passwords, ENCRYPT_METHOD of login.defs",
        decides="passes with sha512 or yescrypt, there or in login.defs; fails with another",
        limits="passwords that are set already",
        remediation="write yescrypt behind pam_unix.so in /etc/pam.d/common-password",
        evaluate=hashing,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-5.4.1.4",
        short="password hash",
        automation="full",
        reads="ENCRYPT_METHOD of login.defs",
        decides="passes with SHA512 or YESCRYPT; fails with another; needs review where it is "
        "not set; does not apply without login.defs",
        limits="passwords that are set already",
        remediation="RUN sed -i 's/^#*ENCRYPT_METHOD.*/ENCRYPT_METHOD YESCRYPT/' /etc/login.defs",
        evaluate=defined,
        needs=frozenset({"filesystem"}),
    ),
)
