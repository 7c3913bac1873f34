"""Password fields: x, locks, NP, nothing, and what crypt makes."""

import pytest

from ocianalyze.controls.aspects.users.accounts import is_hash, password_kind
from ocianalyze.controls.cis_debian_12.passwords import CONTROLS
from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, Layer

HASH = b"$6$salt$madeupmadeupmadeup"
SHELL: Layer = {"bin/sh": File(b"\x7fELF", mode=0o755)}
SU: Layer = {"bin/su": File(b"\x7fELF", mode=0o4755)}


def passwd(field: bytes, name: bytes = b"root", shell: bytes = b"/bin/sh") -> Layer:
    return {"etc/passwd": b"%b:%b:0:0::/root:%b\n" % (name, field, shell)}


def shadow(field: bytes, name: bytes = b"root", shell: bytes = b"/bin/sh") -> Layer:
    line = b"%b:%b:19000:0:99999:7:::\n" % (name, field)
    return {**passwd(b"x", name, shell), "etc/shadow": line}


NONE = (
    absent({"app": b"x"}, reason="file-absent"),
    absent(passwd(b"x"), os="windows"),
    unknown(passwd(b"x"), None),
    unknown({"etc/passwd": b"#" * (1 << 20) + b"\n", "etc/shadow": File(kind="p")}),
)
LOCKS = (b"!", b"*", b"!!", b"!*", b"*LK*", b"!locked", b"*NP*")
SAMPLES: Samples = {
    "cis-debian-12-7.2.1": (
        *NONE,
        passes(passwd(b"x")),
        *(passes(passwd(lock)) for lock in LOCKS),
        passes(passwd(b"NP")),
        passes({"etc/passwd": b"short\n"}),
        fails(passwd(b"")),
        fails(passwd(HASH)),
        fails(passwd(b"!" + HASH)),
        fails(passwd(b"abcdefghijklm")),
        fails(passwd(b"secret")),
    ),
    "cis-debian-12-7.2.2": (
        *NONE,
        absent(passwd(b"x"), reason="file-absent"),
        passes(shadow(b"*")),
        *(passes(shadow(lock)) for lock in LOCKS),
        passes(shadow(HASH)),
        passes({**shadow(b"!"), "etc/shadow": b"root\n# app::\n+::\n"}),
        fails(shadow(b"")),
        fails({**passwd(b"x"), "etc/shadow": b"root::\n"}),
        fails({**passwd(b"x"), "etc/shadow": b"ghost::0:::::\n"}),
    ),
    "cis-debian-12-5.4.2.4": (
        *NONE,
        passes(passwd(b"x")),
        *(passes(shadow(lock)) for lock in LOCKS),
        passes(shadow(b"*", b"app"), passwd(b"x")),
        passes(shadow(b"!" + HASH)),
        absent(passwd(b"x", b"app"), reason="no-root"),
        fails(shadow(HASH)),
        fails(shadow(b"")),
        fails(passwd(b"")),
        fails(passwd(HASH)),
    ),
    "cis-debian-12-5.4.2.8": (
        *NONE,
        passes(shadow(b"*", b"app", b"/sbin/nologin")),
        passes({**SHELL, **shadow(HASH, b"app")}),
        fails(shadow(HASH, b"app", b"/sbin/nologin")),
        fails(shadow(b"", b"app", b"/bin/false")),
        fails(shadow(HASH, b"app")),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    verdict = holds(name, sample)
    assert "salt" not in str(verdict)


def test_every_control_has_samples() -> None:
    assert {control.id for control in CONTROLS} == SAMPLES.keys()


@pytest.mark.parametrize(
    ("layers", "severity"),
    [
        ([SHELL, shadow(b"")], "critical"),
        ([SU, shadow(b"", shell=b"/sbin/nologin")], "critical"),
        ([shadow(b"", shell=b"/sbin/nologin")], "medium"),
        ([shadow(b"")], "medium"),
    ],
    ids=["shell", "su", "nologin", "no-shell-in-the-image"],
)
def test_an_empty_password_weighs_by_who_can_use_it(layers: list[Layer], severity: str) -> None:
    verdict = holds("cis-debian-12-7.2.2", fails(*layers))
    assert verdict.evidence[0].severity == severity


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (b"", "empty"),
        (b"x", "shadowed"),
        (b"!", "locked"),
        (b"*", "locked"),
        (b"NP", "impossible"),
        (b"xx", "impossible"),
        (HASH, "hash"),
        (b"$y$j9T$abc$def", "hash"),
        (b"$2b$05$abcdef", "hash"),
        (b"_J9..CCCCXBrJUJV154M", "hash"),
        (b"abJnggxhB/yWI", "hash"),
    ],
)
def test_a_password_field_has_one_meaning(field: bytes, kind: str) -> None:
    assert password_kind(field) == kind
    assert is_hash(field) is (kind == "hash")
