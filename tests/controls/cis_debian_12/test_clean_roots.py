"""What distributions ship as it is: nothing of it fails."""

import pytest

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.model.finding import Status
from tests.controls.samples import passes
from tests.images import File, Layer, directory, symlink

ELF = b"\x7fELF\2\1\1" + bytes(57)
RUN = File(ELF, mode=0o755)
TEMPORARY: Layer = {"tmp": directory(0o1777), "var/tmp": directory(0o1777)}
DEBIAN: Layer = {
    **TEMPORARY,
    "bin": symlink("usr/bin"),
    "sbin": symlink("usr/sbin"),
    "usr/bin": directory(),
    "usr/sbin": directory(),
    "usr/bin/sh": symlink("dash"),
    "usr/bin/dash": RUN,
    "usr/bin/su": File(ELF, mode=0o4755),
    "usr/sbin/nologin": RUN,
    "root": directory(0o700),
    "root/.profile": b"mesg n 2> /dev/null || true\n",
    "root/.bashrc": b"# umask 022\n",
    "etc/os-release": symlink("../usr/lib/os-release"),
    "usr/lib/os-release": b'ID=debian\nVERSION_ID="12"\n',
    "var/lib/dpkg/status": b"Package: util-linux\nStatus: install ok installed\nVersion: 1\n"
    b"Architecture: amd64\n\n",
    "var/lib/dpkg/info/util-linux.list": b"/.\n/bin/su\n",
    "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\nsync:x:4:65534:sync:/bin:/bin/sync\n"
    b"man:x:6:12:man:/var/cache/man:/usr/sbin/nologin\n"
    b"_apt:x:42:65534::/nonexistent:/usr/sbin/nologin\n"
    b"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "etc/group": b"root:x:0:\nadm:x:4:\nman:x:12:\nshadow:x:42:\nutmp:x:43:\nstaff:x:50:\n"
    b"nogroup:x:65534:\n",
    "etc/shadow": File(b"root:*:19000:0:99999:7:::\nman:*:1::::::\n", mode=0o640, gid=42),
    "etc/gshadow": File(b"root:*::\n", mode=0o640, gid=42),
    "etc/shells": b"/bin/sh\n/usr/bin/sh\n/bin/bash\n",
    "etc/login.defs": b"UMASK\t\t022\nUID_MIN 1000\nENCRYPT_METHOD YESCRYPT\n",
    "etc/pam.d/common-auth": b"auth [success=1 default=ignore] pam_unix.so nullok\n",
    "etc/pam.d/su": b"auth sufficient pam_rootok.so\n@include common-auth\n",
    "etc/security/opasswd": File(b"", mode=0o600),
    "etc/cron.daily": directory(),
    "var/log": directory(),
    "var/log/lastlog": File(b"", mode=0o664, gid=43),
    "run/lock": directory(0o1777),
}
ALPINE: Layer = {
    **TEMPORARY,
    "bin/busybox": RUN,
    "bin/sh": symlink("/bin/busybox"),
    "bin/su": symlink("/bin/busybox"),
    "usr/bin/crontab": symlink("/bin/busybox"),
    "usr/sbin/crond": symlink("/bin/busybox"),
    "usr/sbin/httpd": symlink("/bin/busybox"),
    "sbin/apk": RUN,
    "root": directory(0o700),
    "etc/os-release": b"ID=alpine\nVERSION_ID=3.20.1\n",
    "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nsync:x:5:0:sync:/sbin:/bin/sync\n"
    b"shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown\nhalt:x:7:0:halt:/sbin:/sbin/halt\n"
    b"man:x:13:15:man:/usr/man:/sbin/nologin\n"
    b"guest:x:405:100:guest:/dev/null:/sbin/nologin\n",
    "etc/group": b"root:x:0:root\nman:x:15:man\nshadow:x:42:\nusers:x:100:games\n",
    "etc/shadow": File(b"root:*::0:::::\nman:!::0:::::\n", mode=0o640, gid=42),
    "etc/shells": b"# valid login shells\n/bin/sh\n/bin/ash\n",
    "etc/profile": b"umask 022\nexport PATH=/usr/local/sbin:/usr/bin:/sbin:/bin\n",
    "etc/apk/keys/alpine-devel.rsa.pub": b"key",
    "etc/apk/repositories": b"https://dl-cdn.alpinelinux.org/alpine/v3.20/main\n",
    "etc/crontabs/root": File(b"x", mode=0o600),
}
FEDORA: Layer = {
    **TEMPORARY,
    "etc/os-release": b"ID=fedora\nVERSION_ID=40\n",
    "root": File(kind="d", mode=0o550),
    "usr/bin/bash": RUN,
    "usr/bin/dnf": RUN,
    "bin": symlink("usr/bin"),
    "etc/passwd": b"root:x:0:0:Super User:/root:/bin/bash\nsync:x:5:0::/sbin:/bin/sync\n"
    b"operator:x:11:0:operator:/root:/usr/sbin/nologin\n"
    b"nobody:x:65534:65534::/:/usr/sbin/nologin\n",
    "etc/group": b"root:x:0:\nnobody:x:65534:\n",
    **{
        f"etc/{name}": File(b"root:!locked::0:99999:7:::\n", mode=0)
        for name in ("shadow", "shadow-", "gshadow", "gshadow-")
    },
    "etc/sudoers": File(b"root ALL=(ALL) ALL\n# %wheel ALL=(ALL) NOPASSWD: ALL\n", mode=0o440),
    "etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-40": b"key",
    "etc/yum.repos.d/fedora.repo": b"[fedora]\n"
    b"metalink=https://mirrors.fedoraproject.org/metalink?repo=x\nenabled=1\ngpgcheck=1\n",
}
DISTROLESS: Layer = {
    **TEMPORARY,
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "etc/passwd": b"root:x:0:0:root:/root:/sbin/nologin\n"
    b"nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
    "etc/group": b"root:x:0:\nnonroot:x:65532:\n",
    "home/nonroot": File(kind="d", mode=0o700, uid=65532, gid=65532),
    "root": directory(0o700),
}
SCRATCH: Layer = {"app": File(ELF, mode=0o755, uid=1000, gid=1000)}
ROOTS = {
    "debian": DEBIAN,
    "alpine": ALPINE,
    "fedora": FEDORA,
    "distroless": DISTROLESS,
    "scratch": SCRATCH,
}


@pytest.mark.parametrize("root", ROOTS.values(), ids=ROOTS)
def test_nothing_that_a_distribution_ships_fails(root: Layer) -> None:
    results = evaluate(passes(root).view(), select(["cis_debian_12"]))
    said = {x.control.id: x.verdict for x in results if x.verdict.status is Status.FAIL}
    assert {name: x.summary for name, x in said.items()} == {}


def test_an_image_without_accounts_has_nothing_to_judge_about_them() -> None:
    results = evaluate(passes(SCRATCH).view(), select(["cis_debian_12"]))
    about = [
        x
        for x in results
        if x.control.id.startswith(("cis-debian-12-7.2", "cis-debian-12-5.4.2.1"))
    ]
    assert {x.verdict.status for x in about} == {Status.NOT_APPLICABLE}


def test_nothing_of_windows_is_judged() -> None:
    results = evaluate(passes(DEBIAN, os="windows").view(), select(["cis_debian_12"]))
    core = [x for x in results if x.recommendation and x.recommendation.include == "core"]
    undecided = {x.control.id for x in core if x.verdict.status is not Status.NOT_APPLICABLE}
    assert undecided <= {"cis-debian-12-1.2.2.1"}
