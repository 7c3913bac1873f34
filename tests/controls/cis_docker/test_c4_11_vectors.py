"""Vectors of the catalogue's section 1.11, "4.11 Ensure only verified packages are installed".

Those of its lists that `test_c4_11_verified_packages.py` leaves out: groups A, B and C.
"""

import hashlib
from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_11_verified_packages import evaluate
from ocianalyze.engine import observers
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status, Verdict
from tests.images import File, Layer, image

ELF = b"\x7fELF\2\1\1" + bytes(57) + b"GLIBC_2.36"
IMPORT = "ADD rootfs.tar / # buildkit"
FAIL, REVIEW, PASS = Status.FAIL, Status.NEEDS_REVIEW, Status.PASS


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


ROOT: Layer = {
    "usr/bin/tool": File(ELF, mode=0o755),
    "etc/tool.conf": b"a=1\n",
    "var/lib/dpkg/status": b"Package: tool\nStatus: install ok installed\nArchitecture: amd64\n"
    + f"Version: 1\nConffiles:\n /etc/tool.conf {_md5(b'a=1' + bytes([10]))}\n".encode(),
    "var/lib/dpkg/info/tool.list": b"/.\n/usr/bin/tool\n/etc/tool.conf\n",
    "var/lib/dpkg/info/tool.md5sums": f"{_md5(ELF)}  usr/bin/tool\n".encode(),
}


def _judge(*layers: Layer | None, **about: Any) -> Verdict:
    verdict = evaluate(with_inventory(image(*layers, observers=observers(), **about)))
    assert 0 < len(verdict.summary) <= 60, verdict.summary
    return verdict


FILES = [
    ("etc/apt/sources.list", b"deb [trusted=yes] http://a b c\n", FAIL),
    ("etc/apt/sources.list", b"deb [allow-insecure=yes] http://a b c\n", FAIL),
    ("etc/apt/sources.list", b"deb [allow-weak=yes] http://a b c\n", FAIL),
    ("etc/apt/sources.list.d/a.list", b"deb [trusted=yes] http://a b c\n", FAIL),
    ("etc/apt/sources.list.d/a.sources", b"Types: deb\nTrusted: yes\n", FAIL),
    ("etc/apt/sources.list.d/a.sources", b"Types: deb\nAllow-Weak: yes\n", FAIL),
    ("etc/apt/apt.conf", b'APT::Get::AllowUnauthenticated "true";\n', FAIL),
    ("etc/apt/apt.conf", b'Acquire::AllowInsecureRepositories "true";\n', FAIL),
    ("etc/apt/apt.conf.d/99", b'Acquire::https::Verify-Peer "false";\n', FAIL),
    ("etc/yum.repos.d/a.repo", b"[a]\ngpgcheck=0\n", FAIL),
    ("etc/yum.repos.d/a.repo", b"[a]\nrepo_gpgcheck=0\n", REVIEW),
    ("etc/yum.repos.d/a.repo", b"[a]\nsslverify=0\n", FAIL),
    ("etc/yum.repos.d/a.repo", b"[a]\npkg_gpgcheck=0\n", FAIL),
    ("etc/yum.repos.d/a.repo", b"[a]\nbaseurl=http://a.example/\ngpgcheck=0\n", FAIL),
    ("etc/yum.repos.d/a.repo", b"[a]\nbaseurl=http://a.example/\ngpgcheck=1\n", PASS),
    ("etc/yum.conf", b"[main]\nlocalpkg_gpgcheck=0\n", FAIL),
    ("etc/dnf/dnf.conf", b"[main]\nlocalpkg_gpgcheck=0\n", FAIL),
    ("etc/zypp/repos.d/a.repo", b"[a]\ngpgcheck=0\n", FAIL),
    ("etc/apk/repositories", b"http://a.example/v3\n", REVIEW),
    ("etc/apk/keys/x.rsa.pub", b"key", REVIEW),
    ("etc/pip.conf", b"[global]\ntrusted-host = a\n", FAIL),
    ("etc/pip.conf", b"[global]\nindex-url = http://a.example/simple\n", FAIL),
    ("root/.config/pip/pip.conf", b"[global]\ntrusted-host = a\n", FAIL),
    ("home/app/.config/pip/pip.conf", b"[global]\ntrusted-host = a\n", FAIL),
    ("root/.pip/pip.conf", b"[global]\nindex-url = http://a.example/simple\n", FAIL),
    ("root/.npmrc", b"strict-ssl=false\n", FAIL),
    ("root/.npmrc", b"registry=http://a.example/\n", FAIL),
    ("root/.gitconfig", b"[http]\n\tsslVerify = false\n", FAIL),
    ("root/.gemrc", b":ssl_verify_mode: 0\n", FAIL),
    ("root/.condarc", b"ssl_verify: false\n", FAIL),
    ("root/.cargo/config.toml", b"[http]\ncheck-revoke = false\n", FAIL),
    ("root/.m2/settings.xml", b"<mirror><url>http://a.example/</url></mirror>", FAIL),
    ("root/.curlrc", b"insecure\n", FAIL),
    ("root/.wgetrc", b"check_certificate=off\n", FAIL),
    ("etc/apt/trusted.gpg", b"key", REVIEW),
    ("etc/apt/trusted.gpg.d/x.gpg", b"key", REVIEW),
    ("usr/share/keyrings/x.gpg", b"key", REVIEW),
    ("etc/pki/rpm-gpg/RPM-GPG-KEY-x", b"key", REVIEW),
]


@pytest.mark.parametrize(
    ("path", "content", "status"), FILES, ids=[f"{x[0]}: {x[1].decode().strip()}" for x in FILES]
)
def test_settings_and_keys(path: str, content: bytes, status: Status) -> None:
    verdict = _judge({**ROOT, path: content}, history=[IMPORT])
    assert verdict.status is status, verdict.summary
    assert status is PASS or path in {e.path for e in verdict.evidence}


VARIABLES = [
    ("PIP_TRUSTED_HOST=a", FAIL),
    ("UV_INSECURE_HOST=a", FAIL),
    ("BUNDLE_SSL_VERIFY_MODE=0", FAIL),
    ("YARN_ENABLE_STRICT_SSL=0", FAIL),
    ("NODE_TLS_REJECT_UNAUTHORIZED=0", FAIL),
    ("GIT_SSL_NO_VERIFY=1", FAIL),
    ("GOFLAGS=-insecure", FAIL),
    ("GONOSUMDB=a", FAIL),
    ("GONOSUMCHECK=1", FAIL),
    ("GOSUMDB=off", FAIL),
    ("GOINSECURE=a", FAIL),
    ("PYTHONHTTPSVERIFY=0", FAIL),
    ("MAVEN_OPTS=-Xmx1g -Dmaven.wagon.http.ssl.insecure=true", FAIL),
    ("MAVEN_OPTS=-Dmaven.wagon.http.ssl.insecure=false", PASS),
    ("GOSUMDB=sum.golang.org", PASS),
    ("GOFLAGS=-mod=mod", PASS),
]


@pytest.mark.parametrize(("pair", "status"), VARIABLES, ids=[x[0] for x in VARIABLES])
def test_variables(pair: str, status: Status) -> None:
    assert _judge(ROOT, config={"Env": [pair]}, history=[IMPORT]).status is status


URL = "https://a.example/x"
LINES = [
    ("apt-get install --allow-unauthenticated x", FAIL),
    ("apt-get install --force-yes x", FAIL),
    ("apt-get -o Acquire::https::Verify-Peer=false install x", FAIL),
    ("debootstrap --no-check-gpg bookworm /x", FAIL),
    (f"wget {URL}.deb && dpkg -i x.deb", FAIL),
    ("rpm -i http://a.example/x.rpm", FAIL),
    ("rpm -U http://a.example/x.rpm", FAIL),
    ("yum install --nogpgcheck x", FAIL),
    ("rpm -i --nosignature x.rpm", FAIL),
    ("rpm -i --nodigest x.rpm", FAIL),
    ("zypper --no-gpg-checks install x", FAIL),
    ("rpm -e --nodeps x", REVIEW),
    ("apk add --allow-untrusted x.apk", FAIL),
    ("apk add --no-verify x", FAIL),
    ("pip install --trusted-host a x", FAIL),
    (f"curl -k {URL} -o x", FAIL),
    (f"curl --insecure {URL} -o x", FAIL),
    (f"wget --no-check-certificate {URL}", FAIL),
    ("mvn -Dmaven.wagon.http.ssl.insecure=true package", FAIL),
    *((f"curl {URL} | {shell}", FAIL) for shell in ("sh", "bash", "python", "python3", "perl")),
    *((f"wget -qO- {URL} | {shell}", FAIL) for shell in ("sh", "bash", "python", "perl")),
    *((text, FAIL) for text in (f'sh -c "$(curl {URL})"', f'eval "`wget -qO- {URL}`"')),
    *((f"{shell} <(curl {URL})", FAIL) for shell in ("bash", "source", ".")),
    (f'echo "$(curl {URL})" | sh', FAIL),
    (f'x="$(curl {URL})"', REVIEW),
    (f"x=$(wget -qO- {URL})", REVIEW),
    (f'x="`curl {URL}`"; eval "$x"', REVIEW),
    (f'echo "${{x:-$(curl {URL})}}" > /x', REVIEW),
    (f'curl -O {URL} && test "$(sha256sum x | cut -c1-64)" = "$DIGEST"', PASS),
    (f"curl -O {URL} && sha256sum -c x.sha256", PASS),
    (f"curl -O {URL} && shasum -a 256 -c x.sha256", PASS),
    (f"curl -O {URL} && gpg --verify x.asc x", PASS),
    (f"curl -O {URL} && cosign verify-blob --key k x", PASS),
    (f"curl -O {URL} && minisign -Vm x -P k", PASS),
    (f"curl -fsSL {URL}.tgz | tar xz", REVIEW),
    (f"wget {URL}.zip", REVIEW),
    (f"pip install {URL}.whl", REVIEW),
    ("pip install git+https://a.example/x.git@v1", REVIEW),
    ("npm install http://a.example/x.tgz", REVIEW),
    ("go install a.example/x@latest", REVIEW),
    ("apt-key add key.asc", REVIEW),
    ("curl http://a.example/k | gpg --dearmor -o /usr/share/keyrings/a.gpg", FAIL),
    ("curl https://a.example/k | gpg --dearmor -o /usr/share/keyrings/a.gpg", REVIEW),
]


@pytest.mark.parametrize(("line", "status"), LINES, ids=[x[0] for x in LINES])
def test_lines_of_the_history(line: str, status: Status) -> None:
    step = f"RUN /bin/sh -c {line} # buildkit"
    verdict = _judge(ROOT, {"x": b""}, history=[IMPORT, step])
    assert verdict.status is status, verdict.summary


def test_a_check_in_another_entry_verifies_nothing() -> None:
    steps = (f"curl {URL} | sh", "sha256sum -c x.sha256")
    history = [IMPORT, *(f"RUN /bin/sh -c {text} # buildkit" for text in steps)]
    assert _judge(ROOT, {"x": b""}, {"y": b""}, history=history).status is FAIL


def test_edited_configuration_is_information() -> None:
    """Shown by a script: of other texts the MD5 that dpkg records is not made."""
    edited = File(b"#!/bin/sh\nexit 0\n", mode=0o755)
    verdict = _judge({**ROOT, "etc/tool.conf": edited}, history=[IMPORT])
    noted = [(e.reason, e.severity) for e in verdict.evidence if e.path == "etc/tool.conf"]
    assert (verdict.status, noted) == (PASS, [("conffile", "info")])


def test_the_worst_group_wins() -> None:
    layer: Layer = {**ROOT, "usr/share/keyrings/x.gpg": b"key", "root/.curlrc": b"insecure\n"}
    verdict = _judge(layer, history=[IMPORT])
    assert (verdict.status, verdict.reason) == (FAIL, "tls-off")
    assert "ca-certificates" in verdict.remediation
    assert {"tls-off", "unknown-key"} <= {e.reason for e in verdict.evidence}


def test_without_history_settings_and_contents_still_count() -> None:
    assert _judge({**ROOT, "root/.curlrc": b"insecure\n"}).status is FAIL
    changed: Layer = {**ROOT, "usr/bin/tool": File(ELF + b"!", mode=0o755)}
    assert _judge(changed).reason == "tampered"
    clean = _judge(ROOT)
    assert (clean.status, clean.reason) == (Status.NOT_EVALUATED, "history-absent")
