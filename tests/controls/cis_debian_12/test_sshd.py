"""sshd's settings: the first value wins, includes stand where they stand, Match is apart."""

from ocianalyze.controls.cis_debian_12.sshd import CONTROLS
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
from tests.images import File, Layer

SSHD: Layer = {"usr/sbin/sshd": File(b"\x7fELF", mode=0o755)}
INCLUDE = b"Include /etc/ssh/sshd_config.d/*.conf\n"
MAIN = "etc/ssh/sshd_config"


def settings(content: bytes, **more: bytes) -> Layer:
    extra = {f"etc/ssh/sshd_config.d/{name}.conf": text for name, text in more.items()}
    return {**SSHD, MAIN: content, **extra}


def row(good: bytes, bad: bytes) -> tuple[Sample, ...]:
    return passes(settings(good)), fails(settings(bad)), absent({MAIN: bad}, reason="no-sshd")


START = {"Entrypoint": ["/usr/sbin/sshd", "-D", "-o", "PermitRootLogin=yes"]}
NO = b"PermitRootLogin no\n"
YES = b"PermitRootLogin yes\n"
_ROWS: dict[str, tuple[bytes, bytes]] = {
    "5.1.4": (b"AllowGroups ssh\n", b"# AllowUsers x\n"),
    "5.1.5": (b"Banner /etc/issue.net\n", b"Banner none\n"),
    "5.1.6": (b"Ciphers aes256-gcm@openssh.com,aes256-ctr\n", b"Ciphers aes256-ctr,aes128-cbc\n"),
    "5.1.7": (b"ClientAliveInterval 5m\nClientAliveCountMax 3\n", b"ClientAliveCountMax 3\n"),
    "5.1.8": (b"DisableForwarding yes\n", b""),
    "5.1.9": (b"", b"GSSAPIAuthentication yes\n"),
    "5.1.10": (b"", b"HostbasedAuthentication yes\n"),
    "5.1.11": (b"", b"IgnoreRhosts no\n"),
    "5.1.12": (b"KexAlgorithms -diffie-hellman-group1-sha1\n",
               b"KexAlgorithms +diffie-hellman-group1-sha1\n"),
    "5.1.13": (b"LoginGraceTime 1m\n", b"LoginGraceTime 0\n"),
    "5.1.14": (b"LogLevel VERBOSE\n", b"LogLevel QUIET\n"),
    "5.1.15": (b"MACs hmac-sha2-512\n", b"MACs hmac-md5,hmac-sha2-512\n"),
    "5.1.16": (b"MaxAuthTries 4\n", b"MaxAuthTries 6\n"),
    "5.1.17": (b"MaxSessions 10\n", b"MaxSessions 1000\n"),
    "5.1.18": (b"MaxStartups 10:30:60\n", b"MaxStartups 10:30:100\n"),
    "5.1.19": (b"PermitEmptyPasswords no\n", b"PermitEmptyPasswords yes\n"),
    "5.1.20": (NO, YES),
    "5.1.21": (b"", b"PermitUserEnvironment LANG\n"),
    "5.1.22": (b"UsePAM yes\n", b""),
}  # fmt: skip
SAMPLES: Samples = {
    **{f"cis-debian-12-{number}": row(*texts) for number, texts in _ROWS.items()},
    "cis-debian-12-5.1.6": (
        *row(*_ROWS["5.1.6"]),
        review(settings(b""), reason="sshd-default"),
        fails(settings(b"Ciphers *\n")),
    ),
    "cis-debian-12-5.1.20": (
        *row(NO, YES),
        fails(SSHD),
        fails(settings(b"PermitRootLogin without-password\n")),
        passes(settings(b"\tpermitrootlogin=NO # later: yes\n" + YES)),
        passes(settings(b'PermitRootLogin "no"\n')),
        passes(settings(b'PermitRootLogin = "no" # yes\n')),
        fails(settings(b"#PermitRootLogin no\n")),
        fails(settings(b"Match User x\nPermitRootLogin no\n")),
        review(settings(NO + b"Match Address 10.0.0.0/8\nPermitRootLogin yes\n")),
        fails(settings(NO + b"Match all\nPermitRootLogin yes\n")),
        passes(settings(YES + b"Match All\nPermitRootLogin no\n")),
        passes(settings(INCLUDE + YES, a=NO)),
        fails(settings(INCLUDE + NO, a=YES)),
        fails(settings(YES + INCLUDE, a=NO)),
        fails(settings(INCLUDE, a=YES, b=NO)),
        review(settings(NO + b"Match User x\n" + INCLUDE, a=b"Match all\n" + YES)),
        fails(settings(NO + b"Match all\n" + INCLUDE, a=YES)),
        passes(settings(INCLUDE + NO, a=b"Match User x\nMaxSessions 1\n")),
        passes({**SSHD, "usr/etc/ssh/sshd_config": NO}),
        fails(settings(NO), config=START),
        passes(settings(YES), config={"Cmd": ["sshd", "-oPermitRootLogin=no"]}),
        unknown(settings(NO), {MAIN: b"#" * (1 << 18) + b"#"}, reason="file-unread"),
        unknown(settings(b"Include /srv/x\n" + NO), {"srv/x": b"x"}, reason="file-unread"),
        unknown(settings(b"Include /etc/*/x\n" + NO), reason="file-unread"),
        unknown(settings(b"Include sshd_config\n" + NO), reason="file-unread"),
        absent(settings(YES), os="windows"),
        unknown(settings(NO), None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_every_control_has_samples() -> None:
    assert {control.id for control in CONTROLS} == SAMPLES.keys()
