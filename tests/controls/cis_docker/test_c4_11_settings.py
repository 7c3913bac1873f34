"""Settings and variables that switch verification off fail 4.11."""

import hashlib
from typing import Any

import pytest

from ocianalyze.controls.cis_docker import c4_09_add
from ocianalyze.controls.cis_docker.c4_11_verified_packages import CONTROL, evaluate
from ocianalyze.engine import observers
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status, Verdict
from tests.controls.roots import IMPORT, PROGRAM
from tests.images import Layer, image

FAIL, REVIEW, PASS = Status.FAIL, Status.NEEDS_REVIEW, Status.PASS
_MD5 = hashlib.md5(PROGRAM.content, usedforsecurity=False).hexdigest()
ROOT: Layer = {
    "usr/bin/tool": PROGRAM,
    "var/lib/dpkg/status": b"Package: tool\nStatus: install ok installed\nArchitecture: amd64\n"
    b"Version: 1\n",
    "var/lib/dpkg/info/tool.list": b"/.\n/usr/bin/tool\n",
    "var/lib/dpkg/info/tool.md5sums": f"{_MD5}  usr/bin/tool\n".encode(),
}


def _judge(*layers: Layer, **about: Any) -> Verdict:
    verdict = evaluate(with_inventory(image(*layers, observers=observers(), **about)))
    assert 0 < len(verdict.summary) <= 60, verdict.summary
    return verdict


FILES = [
    ("etc/apt/sources.list", b"deb [trusted=yes] http://a b c\n", FAIL),
    ("etc/apt/sources.list", b"# deb [trusted=yes] http://a b c\n", PASS),
    ("etc/apt/sources.list", b"deb [arch=amd64 allow-insecure=yes] http://a b c\n", FAIL),
    ("etc/apt/sources.list", b"deb [signed-by=/a.gpg trusted=no] http://a b c\n", PASS),
    ("etc/apt/sources.list.d/a.sources", b"Types: deb\nTrusted: yes\n", FAIL),
    ("etc/apt/sources.list.d/a.sources", b"Types: deb\nAllow-Weak: yes\n", FAIL),
    ("etc/apt/sources.list.d/a.sources", b"Types: deb\nEnabled: no\nTrusted: yes\n", PASS),
    ("etc/apt/sources.list.d/a.sources", b"Trusted: yes\nEnabled: yes\n", FAIL),
    (
        "etc/apt/sources.list.d/a.sources",
        b"Types: deb\nEnabled: no\nTrusted: yes\n \nTypes: deb\nTrusted: yes\n",
        FAIL,
    ),
    ("etc/apt/apt.conf", b'APT::Get::AllowUnauthenticated "true";\n', FAIL),
    ("etc/apt/apt.conf.d/99x", b'APT { Get { AllowUnauthenticated "1"; }; };\n', FAIL),
    ("etc/apt/apt.conf.d/99x", b'Acquire::AllowInsecureRepositories "yes";\n', FAIL),
    ("etc/apt/apt.conf.d/99x", b'Acquire::https::Verify-Peer "false";\n', FAIL),
    ("etc/apt/apt.conf.d/99x", b'// Acquire::https::Verify-Peer "false";\n', PASS),
    ("etc/apt/apt.conf.d/99x", b'Acquire::https::Verify-Peer "true";\n', PASS),
    ("etc/apt/apt.conf.d/99x.off", b'Acquire::https::Verify-Peer "false";\n', PASS),
    ("etc/apt/apt.conf.d/9.x.conf", b'Acquire::https::Verify-Peer "false";\n', FAIL),
    ("etc/apt/apt.conf", b'/* Acquire::https::Verify-Peer "false";\n*/\n', PASS),
    ("etc/apt/apt.conf", b'A { "rm /x/*"; };\nAcquire::https::Verify-Peer "false";\n', FAIL),
    ("etc/yum.repos.d/a.repo", b"[a]\nbaseurl=https://a.example\nenabled=0\n", PASS),
    ("etc/dnf/repos.override.d/9.repo", b"[*]\ngpgcheck=0\n", FAIL),
    ("etc/dnf/libdnf5.conf.d/9.conf", b"[main]\npkg_gpgcheck=0\n", FAIL),
    ("etc/yum.repos.d/a.repo", b"[a]\nenabled=1\ngpgcheck=0\n", FAIL),
    ("etc/yum.repos.d/a.repo", b"[a]\nenabled=0\ngpgcheck=0\n", PASS),
    ("etc/yum.repos.d/a.repo", b"[a]\ngpgcheck=1\nrepo_gpgcheck=0\n", PASS),
    ("etc/yum.repos.d/a.repo", b"[a]\nrepo_gpgcheck=0\n", REVIEW),
    ("etc/yum.repos.d/a.repo", b"[a]\ngpgcheck=1\nsslverify=False\n", FAIL),
    ("etc/dnf/dnf.conf", b"[main]\ngpgcheck=False\n", FAIL),
    ("etc/dnf/dnf.conf", b"[main]\ngpgcheck=1\nlocalpkg_gpgcheck=0\n", FAIL),
    ("etc/yum.conf", b"[main]\ngpgcheck = 0\n", FAIL),
    ("etc/zypp/repos.d/a.repo", b"[a]\npkg_gpgcheck=0\n", FAIL),
    ("etc/zypp/zypp.conf", b"[main]\ngpgcheck = off\n", FAIL),
    ("etc/apk/repositories", b"http://example.org/v3\n", REVIEW),
    ("etc/apk/repositories", b"https://example.org/v3\n", PASS),
    ("etc/pip.conf", b"[global]\ntrusted-host = a.example\n", FAIL),
    ("etc/pip.conf", b"[global]\ntrusted-host =\n    a.example\n", FAIL),
    ("etc/pip.conf", b"[global]\ntrusted_host = a.example\n", FAIL),
    ("root/.config/pip/pip.conf", b"[global]\nindex-url = http://a.example/simple\n", FAIL),
    ("root/.pip/pip.conf", b"[global]\nindex-url = https://a.example/simple\n", PASS),
    ("root/.npmrc", b"strict-ssl=false\n", FAIL),
    ("root/.npmrc", b"registry=http://a.example/\n", FAIL),
    ("root/.npmrc", b"registry=http://localhost:4873/\n", PASS),
    ("root/.npmrc", b"registry=http://user:pw@localhost/\n", PASS),
    ("root/.npmrc", b"registry=http://localhost:pw@a.example/\n", FAIL),
    ("root/.npmrc", b"registry=http://localhost.a.example/\n", FAIL),
    ("app/node_modules/x/.npmrc", b"strict-ssl=false\n", PASS),
    ("root/.yarnrc", b"strict-ssl false\n", FAIL),
    ("root/.yarnrc.yml", b"enableStrictSsl: false\n", FAIL),
    ("root/.gitconfig", b"[http]\n\tsslVerify = false\n", FAIL),
    ("etc/gitconfig", b"[http]\n\tsslVerify = true\n", PASS),
    ("root/.yarnrc.yml", b"checksumBehavior: ignore\n", FAIL),
    ("root/.yarnrc.yml", b"checksumBehavior: throw\n", PASS),
    ("root/.gemrc", b":ssl_verify_mode: 0\n", FAIL),
    ("root/.gemrc", b":sources:\n- http://a.example/\n", FAIL),
    ("root/.gemrc", b":sources:\n- https://a.example/\n", PASS),
    ("root/.condarc", b"ssl_verify: false\n", FAIL),
    ("root/.cargo/config.toml", b"[http]\ncheck-revoke = false\n", FAIL),
    ("root/.m2/settings.xml", b"<mirror><url>http://a.example/</url></mirror>", FAIL),
    ("root/.m2/settings.xml", b"<!-- <url>http://a.example/</url> -->", PASS),
    ("usr/share/maven/conf/settings.xml", b"<url>http://a.example/</url>", PASS),
    ("root/.curlrc", b"insecure\n", FAIL),
    ("root/.wgetrc", b"check_certificate = off\n", FAIL),
    ("root/.wgetrc", b"check-certificate = no\n", FAIL),
    ("root/.wgetrc", b"CheckCertificate = quiet\n", FAIL),
    ("root/.wgetrc", b"tries = 3\n" * 6_000 + b"check_certificate = off\n", FAIL),
    ("etc/pacman.conf", b"[core]\nSigLevel = Never\n", FAIL),
    ("etc/pacman.conf", b"[core]\nSigLevel = Required DatabaseOptional\n", PASS),
    ("root/.composer/config.json", b'{"config": {"secure-http": false}}', FAIL),
    ("root/.config/go/env", b"GOSUMDB=off\n", FAIL),
    ("etc/tdnf/tdnf.conf", b"[main]\ngpgcheck=0\n", FAIL),
    ("etc/tdnf/tdnf.conf", b"[main]\ngpgcheck=1\nsslverify=0\n", FAIL),
    ("etc/tdnf/tdnf.conf", b"[main]\ngpgcheck=1\n", PASS),
    ("usr/local/bundle/config", b'---\nBUNDLE_SSL_VERIFY_MODE: "0"\n', FAIL),
    ("app/.bundle/config", b'---\nBUNDLE_DISABLE_CHECKSUM_VALIDATION: "true"\n', FAIL),
    ("app/.bundle/config", b'---\nBUNDLE_SSL_VERIFY_MODE: "1"\n', PASS),
    ("etc/nix/nix.conf", b"require-sigs = false\n", FAIL),
    ("etc/nix/nix.conf", b"require-sigs = true\n", PASS),
    ("root/.config/nix/nix.conf", b"trusted-substituters = https://a.example\n", REVIEW),
    ("etc/nix/nix.conf", b"trusted-substituters = https://cache.nixos.org\n", PASS),
    ("etc/nix/nix.conf", b"trusted-substituters =\n", PASS),
    ("etc/uv/uv.toml", b'allow-insecure-host = ["a.example"]\n', FAIL),
    ("etc/uv/uv.toml", b'allow-insecure-host = [\n  "a.example",\n]\n', FAIL),
    ("etc/uv/uv.toml", b"allow-insecure-host = []\n", PASS),
    ("app/uv.toml", b'[[index]]\nname = "a"\nurl = "http://a.example/simple"\n', FAIL),
    ("app/uv.toml", b'[pip]\nindex-url = "http://a.example/simple" # inside\n', FAIL),
    ("app/uv.toml", b'index = [{ name = "a", url = "http://a.example" }]\n', FAIL),
    ("app/pyproject.toml", b'[[tool.uv.index]]\nurl = "http://a.example"\n', FAIL),
    ("app/pyproject.toml", b'[tool.uv]\nallow-insecure-host = ["a.example"]\n', FAIL),
    ("app/pyproject.toml", b'[[tool.uv.index]]\nurl = "http://localhost:3141"\n', PASS),
    ("app/pyproject.toml", b'[project.urls]\nurl = "http://a.example"\n', PASS),
    ("app/pyproject.toml", b'[[tool.poetry.source]]\nurl = "http://a.example"\n', FAIL),
    ("app/pyproject.toml", b"[[tool.pdm.source]]\nverify_ssl = false\n", FAIL),
    ("app/Pipfile", b'[[source]]\nurl = "https://a.example"\nverify_ssl = false\n', FAIL),
    ("root/.config/pypoetry/auth.toml", b"[certificates.foo]\ncert = false\n", FAIL),
    ("app/poetry.toml", b"[certificates.foo]\ncert = false # for now\n", FAIL),
    ("app/poetry.toml", b'[certificates.foo]\ncert = "/etc/ssl/own.pem"\n', PASS),
    ("root/.config/pdm/config.toml", b"[pypi]\nverify_ssl = false\n", FAIL),
    ("opt/conda/.condarc", b"channels:\n  - http://a.example/conda\n", FAIL),
    ("opt/conda/.condarc", b"channels:\n  - https://a.example/conda\n", PASS),
    ("root/.mambarc", b"ssl_verify: no\n", FAIL),
    ("usr/local/cargo/config.toml", b"[http]\ncheck-revoke = false\n", FAIL),
    ("root/.cargo/config.toml", b'[source.m]\nregistry = "sparse+http://a.example/"\n', FAIL),
    ("root/.npmrc", b"@corp:registry=http://a.example/\n", FAIL),
    (
        "root/.config/helm/repositories.yaml",
        b"repositories:\n- caFile: ''\n  insecure_skip_tls_verify: true\n  name: a\n",
        FAIL,
    ),
    ("app/composer.json", b'{"config": {"disable-tls": true}}', FAIL),
]
TLS = (
    *(b"trusted-host =", b"strict-ssl", b"StrictSsl", b"sslVerify =", b"ssl_verify"),
    b"trusted_host =",
    *(b"check-revoke", b"insecure\n", b"check_certificate", b"BUNDLE_SSL", b"allow-insecure-host"),
    *(b"check-certificate", b"CheckCert", b"verify_ssl", b"cert =", b"insecure_skip"),
)


PLAIN = (b"http://", b"http: //")
SIGNED = (b"gpgcheck", b"=yes]")
"""Where signatures decide, whatever the address."""


@pytest.mark.parametrize(("path", "content", "status"), FILES)
def test_settings_that_switch_verification_off(path: str, content: bytes, status: Status) -> None:
    verdict = _judge({**ROOT, path: content}, history=[IMPORT])
    assert verdict.status is status, verdict.summary
    if status is not PASS:
        is_tls = any(word in content for word in TLS)
        is_plain = any(x in content for x in PLAIN) and not any(x in content for x in SIGNED)
        other = "plain-address" if is_plain else "verification-off"
        assert verdict.reason == ("tls-off" if is_tls else other)
        assert verdict.evidence[0].path == path


def test_what_dnf_is_told_for_all_repositories_holds_for_each() -> None:
    files = {**ROOT, "etc/yum.repos.d/a.repo": b"[a]\nbaseurl=https://a.example\n"}
    unsaid = _judge(files, history=[IMPORT])
    assert (unsaid.status, unsaid.reason) == (REVIEW, "gpgcheck-unsaid")
    assert "gpgcheck=1" in unsaid.remediation
    main = {"etc/dnf/dnf.conf": b"[main]\ngpgcheck=1\n"}
    assert _judge({**files, **main}, history=[IMPORT]).status is PASS


@pytest.mark.parametrize(
    ("pair", "status"),
    [
        ("PIP_TRUSTED_HOST=a.example", FAIL),
        ("PIP_INDEX_URL=http://a.example", FAIL),
        ("PIP_INDEX_URL=https://a.example", PASS),
        ("NODE_TLS_REJECT_UNAUTHORIZED=0", FAIL),
        ("NODE_TLS_REJECT_UNAUTHORIZED=1", PASS),
        ("GIT_SSL_NO_VERIFY=true", FAIL),
        ("PYTHONHTTPSVERIFY=0", FAIL),
        ("GOFLAGS=-mod=mod -insecure", FAIL),
        ("GOSUMDB=off", FAIL),
        ("GONOSUMDB=corp.example", FAIL),
        ("GOINSECURE=corp.example", FAIL),
        ("npm_config_strict_ssl=false", FAIL),
        ("UV_INSECURE_HOST=a.example", FAIL),
        ("UV_INDEX=corp=http://a.example/simple", FAIL),
        ("UV_DEFAULT_INDEX=https://a.example/simple", PASS),
        ("GOPROXY=https://a.example,http://b.example", FAIL),
        ("GOPROXY=http://localhost:3000", PASS),
        ("BUNDLE_SSL_VERIFY_MODE=0", FAIL),
        ("BUNDLE_DISABLE_CHECKSUM_VALIDATION=true", FAIL),
        ("POETRY_CERTIFICATES_CORP_CERT=false", FAIL),
        ("POETRY_CERTIFICATES_CORP_CERT=/etc/ssl/own.pem", PASS),
        ("HEX_UNSAFE_HTTPS=1", FAIL),
    ],
)
def test_variables_that_switch_verification_off(pair: str, status: Status) -> None:
    verdict = _judge(ROOT, config={"Env": ["A=b", pair]}, history=[IMPORT])
    assert verdict.status is status
    if status is not PASS:
        assert verdict.evidence[0].pointer == "/config/Env/1"


@pytest.mark.parametrize("address", ["https://a.example/x.tgz", "http://a.example/x.tgz"])
def test_a_download_by_add_is_as_severe_as_4_9_finds_it(address: str) -> None:
    """One fact has one weight, though the two controls ask another question of it."""
    history = [IMPORT, f"ADD {address} /opt/ # buildkit"]
    view = with_inventory(image(ROOT, {"opt/x.tgz": b"x"}, history=history, observers=observers()))
    both = [one.evaluate(view).evidence for one in (c4_09_add.CONTROL, CONTROL)]
    first, second = ({x.severity for x in told if address in x.detail} for told in both)
    assert first == second
    assert len(first) == 1


def test_a_file_that_was_read_in_part_is_told() -> None:
    verdict = _judge({**ROOT, "root/.wgetrc": b"tries = 3\n" * 30_000}, history=[IMPORT])
    assert (verdict.status, verdict.reason) == (REVIEW, "read-in-part")
