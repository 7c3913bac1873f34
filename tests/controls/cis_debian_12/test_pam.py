"""PAM, login.defs and su: what distributions ship is left to people, the rest is judged."""

from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer, symlink

SU: Layer = {"usr/bin/su": File(b"\x7fELF", mode=0o4755)}
AUTH = b"# auth\nauth\t[success=1 default=ignore]\tpam_unix.so%b\nauth requisite pam_deny.so\n"
PASSWORD = b"password [success=1 default=ignore] pam_unix.so obscure%b\n"
LOCKED: Layer = {"etc/passwd": b"root:x:0:0::/:/bin/sh\n", "etc/shadow": b"root:*::::::\n"}
EMPTY: Layer = {"etc/passwd": b"root:x:0:0::/:/bin/sh\n", "etc/shadow": b"root:::::::\n"}
BIG = b"#" * (1 << 18) + b"#"


def su(text: bytes) -> Layer:
    return {**SU, "etc/pam.d/su": b"auth sufficient pam_rootok.so\n" + text}


def auth(text: bytes) -> Layer:
    return {"etc/pam.d/common-auth": AUTH % text}


def password(text: bytes, definitions: bytes = b"") -> Layer:
    files: Layer = {"etc/pam.d/common-password": PASSWORD % text}
    return {**files, "etc/login.defs": definitions} if definitions else files


SAMPLES: Samples = {
    "cis-debian-12-5.2.7": (
        passes(su(b"auth required pam_wheel.so use_uid group=sudo\n")),
        review(su(b"# auth required pam_wheel.so\n")),
        review(SU),
        fails(su(b"auth sufficient pam_wheel.so trust\n")),
        fails(su(b"-auth   sufficient   /lib/security/pam_permit.so\n")),
        absent({"usr/bin/su": File(b"\x7fELF", mode=0o755)}, reason="su-not-setuid"),
        absent({"bin/su": symlink("busybox"), "bin/busybox": File(b"\x7fELF", mode=0o755)}),
        absent({"app": b"x"}, reason="no-su"),
        absent(SU, os="windows"),
        unknown({**SU, "etc/pam.d/su": BIG}, reason="file-unread"),
    ),
    "cis-debian-12-5.3.3.4.1": (
        passes(auth(b"")),
        passes(auth(b" # nullok")),
        review({**auth(b" nullok"), **LOCKED}),
        fails({**auth(b" nullok"), **EMPTY}),
        fails({**auth(b" try_first_pass nullok_secure"), **EMPTY}),
        review(
            {
                "etc/pam.d/system-auth": symlink("/etc/authselect/system-auth"),
                "etc/authselect/system-auth": b"auth sufficient pam_unix.so nullok\n",
            }
        ),
        absent(EMPTY, reason="no-pam"),
        unknown({"etc/pam.d/common-auth": BIG}, reason="file-unread"),
        unknown(auth(b""), None),
    ),
    "cis-debian-12-5.3.3.4.3": (
        passes(password(b" yescrypt")),
        passes(password(b" sha512 shadow")),
        passes(password(b"", b"ENCRYPT_METHOD SHA512\n")),
        review(password(b"", b"# ENCRYPT_METHOD DES\n")),
        fails(password(b" md5")),
        fails(password(b" sha256")),
        fails(password(b"", b"ENCRYPT_METHOD DES\n")),
        absent({"app": b"x"}, reason="no-pam"),
        absent(password(b""), reason="file-absent"),
        unknown(password(b"", BIG)),
    ),
    "cis-debian-12-5.4.1.4": (
        passes({"etc/login.defs": b"ENCRYPT_METHOD\tYESCRYPT\n"}),
        passes({"usr/etc/login.defs": b"ENCRYPT_METHOD SHA512\n"}),
        fails({"etc/login.defs": b"ENCRYPT_METHOD MD5\n"}),
        review({"etc/login.defs": b"UMASK 022\n"}),
        absent({"app": b"x"}),
        unknown({"etc/login.defs": BIG}),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
