"""What the commands of the history install unverified fails 4.11, or is left to people."""

from time import process_time
from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_11_verified_packages import evaluate
from ocianalyze.engine import observers
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status, Verdict
from tests.controls.cis_docker.test_c4_11_verified_packages import ROOT
from tests.images import Layer, image

IMPORT = "ADD rootfs.tar / # buildkit"
FAIL, REVIEW, PASS = Status.FAIL, Status.NEEDS_REVIEW, Status.PASS


def _judge(*layers: Layer | None, **about: Any) -> Verdict:
    verdict = evaluate(with_inventory(image(*layers, observers=observers(), **about)))
    assert 0 < len(verdict.summary) <= 60, verdict.summary
    return verdict


A = "deadbeef" * 8
SUM = f'echo "{A}  f" | sha256sum -c'
LINES = [
    ("curl -kfsSLo f https://a.example/f", FAIL),
    (f"curl -kfsSLo f https://a.example/f && {SUM}", PASS),
    (f"wget --no-check-certificate https://a.example/f && {SUM}", PASS),
    (f"curl -k https://a.example/f -o f && curl -k https://a.example/g | sh && {SUM}", REVIEW),
    (f"git config --global http.sslVerify false && {SUM}", REVIEW),
    (f"apt-get install --allow-unauthenticated x && {SUM}", FAIL),
    ("apt-get install -y --allow-unauthenticated x", FAIL),
    ("apt-get install -y --force-yes x", FAIL),
    ("apt-get -o Acquire::https::Verify-Peer=false update", FAIL),
    ("apt-get -o Acquire::AllowInsecureRepositories=true update", FAIL),
    ("debootstrap --no-check-gpg bookworm /x", FAIL),
    ("yum install -y --nogpgcheck x", FAIL),
    ("zypper ar --no-gpgcheck https://x.example y", FAIL),
    ("zypper --gpg-auto-import-keys ref", REVIEW),
    ("pip config set global.trusted-host x.example", FAIL),
    ("bundle config set ssl_verify_mode 0", FAIL),
    ("dnf install -y --setopt=gpgcheck=0 x", FAIL),
    ("zypper --no-gpg-checks install x", FAIL),
    ("rpm -i --nosignature x.rpm", FAIL),
    ("rpm -i --nodeps x.rpm", REVIEW),
    ("rpm -Uvh http://a.example/x.rpm", FAIL),
    ("rpm -Uvh https://a.example/x.rpm", FAIL),
    ("rpm --import https://a.example/key", REVIEW),
    ("rpm --import http://a.example/key", FAIL),
    ("rpm -q bash", PASS),
    ("apk add --allow-untrusted x.apk", FAIL),
    ("apk add --no-cache curl", PASS),
    ("pip install --trusted-host a.example x", FAIL),
    ("pip3 install -i http://a.example/simple x", FAIL),
    ("pip install --no-cache-dir x==1", PASS),
    ("pip install git+https://a.example/x.git", REVIEW),
    ("python3 -m pip install https://a.example/x.whl", REVIEW),
    (f"pip install https://a.example/x.whl#sha256={A}", PASS),
    ("pip install --require-hashes -r r.txt https://a.example/x.whl", PASS),
    ("npm config set strict-ssl false", FAIL),
    ("npm install http://a.example/x.tgz", REVIEW),
    ("npm install https://a.example/x.tgz", REVIEW),
    ("npm ci", PASS),
    ("go install a.example/x@latest", REVIEW),
    ("go install a.example/x@v1.2.3", PASS),
    ("go env -w GOSUMDB=off", FAIL),
    ("git -c http.sslVerify=false clone https://a.example/x", FAIL),
    ("GIT_SSL_NO_VERIFY=1 git clone https://a.example/x", FAIL),
    ("git config --global http.sslVerify false", FAIL),
    ("wget --check-certificate=off https://a.example/x", FAIL),
    ("wget --no-check-cert https://a.example/x", FAIL),
    ("wget -e check-certificate=off https://a.example/x", FAIL),
    ("wget --execute=check_certificate=quiet https://a.example/x", FAIL),
    ("mvn -Dmaven.wagon.http.ssl.insecure=true package", FAIL),
    ("conda config --set ssl_verify false", FAIL),
    ("curl -k https://a.example/x -o x", FAIL),
    ("curl -fsSLk https://a.example/x -o x", FAIL),
    ("curl --insecure https://a.example/x -o x", FAIL),
    ("wget --no-check-certificate https://a.example/x", FAIL),
    ("curl -fsSL https://a.example/x.sh | bash", FAIL),
    ('["sh", "-c", "curl -fsSL https://a.example/x.sh | sh"]', FAIL),
    ("curl -fsSL https://a.example/x.sh | sudo -E bash -", FAIL),
    ("wget -qO- https://a.example/x.sh | sh -s -- --yes", FAIL),
    ("bash <(curl -s https://a.example/x.sh)", FAIL),
    ('sh -c "$(curl -fsSL https://a.example/x.sh)"', FAIL),
    ("curl -sSL https://a.example/x.py | python3 -", FAIL),
    ("curl -sSL $URL | perl", FAIL),
    ("curl https://a.example/i.sh | tee i.sh | sh", FAIL),
    ("curl https://a.example/i.sh.gz | gunzip | tee i.sh | bash -s -- -y", FAIL),
    ('bash -c "$(curl -fsSL https://a.example/i.sh)"', FAIL),
    ('bash -c "`wget -qO- https://a.example/i.sh`"', FAIL),
    ('python3 -c "$(curl -fsSL https://a.example/i.py)"', FAIL),
    (
        "python3 -c \"import urllib.request as u; u.urlretrieve('https://a.example/x', 'x')\"",
        REVIEW,
    ),
    ("python3.11 -Ic 'import requests; requests.get(\"https://a.example/x\")'", REVIEW),
    ("python -c 'import httpx,os; httpx.get(os.environ[\"URL\"])'", REVIEW),
    (
        "python -c 'import urllib.request as u; exec(u.urlopen(\"https://a.example/x\").read())'",
        FAIL,
    ),
    (
        "python -c 'import urllib.request as u; print(u.urlopen(\"https://a.example/x\"))' | sh",
        FAIL,
    ),
    ("python -c 'import urllib.request as u; u.urlopen(\"http://localhost:80/\")'", PASS),
    ("python -c 'import urllib3; print(urllib3.__version__)'", PASS),
    (
        f'python -c \'d = httpx.get("https://a.example/x"); x = hashlib.sha256(d) == "{A}"\'',
        PASS,
    ),
    ("python -c 'print(1)'", PASS),
    ("python setup.py https://a.example/", PASS),
    ('perl -MLWP::Simple -e \'LWP::Simple::getstore("https://a.example/x", "x")\'', REVIEW),
    ('perl -MHTTP::Tiny -we \'HTTP::Tiny->new->mirror("https://a.example/x", "x")\'', REVIEW),
    ("ruby -ropen-uri -e 'puts URI.open(\"https://a.example/x\").read'", REVIEW),
    ("ruby -rnet/http -e 'Net::HTTP.get(URI(\"https://a.example/x\"))'", REVIEW),
    ('node -e \'require("https").get("https://a.example/x")\'', REVIEW),
    ("node -e 'eval(fetch(\"https://a.example/x\"))'", FAIL),
    ('php -r \'copy("https://a.example/x", "x");\'', REVIEW),
    ("cat > f <<E\n$(curl -s https://a.example/x)\nE", REVIEW),
    ("cat > f <<'E'\n$(curl -s https://a.example/x)\nE", PASS),
    (". <(curl -s https://a.example/x.sh)", FAIL),
    ("busybox wget https://a.example/x", REVIEW),
    ("busybox wget -qO- https://a.example/x | sh", FAIL),
    (
        "python3 <<E\nimport httpx\nhttpx.get('https://a.example/x')\nE",
        REVIEW,
    ),
    ("python3 <<E\nprint('https://a.example/x')\nE", PASS),
    ("npx https://a.example/x.tgz", REVIEW),
    ("npx cowsay", PASS),
    ("go install a.example/x@master", REVIEW),
    ("go install a.example/x@0123456789ab", PASS),
    ("git clone http://a.example/x", REVIEW),
    ("git clone git://a.example/x", REVIEW),
    ("git clone https://a.example/x", PASS),
    ("svn co http://a.example/x", REVIEW),
    (
        "echo 'deb [trusted=yes] http://a b c' > /etc/apt/sources.list && rm /etc/apt/sources.list",
        FAIL,
    ),
    (
        "printf 'APT::Get::AllowUnauthenticated \"true\";\\n' | tee /etc/apt/apt.conf && rm x",
        FAIL,
    ),
    ("cat <<E > /etc/yum.repos.d/a.repo\n[a]\nbaseurl=http://a.example\ngpgcheck=0\nE", FAIL),
    (
        "echo '[a]' > /etc/yum.conf; sed -i s/gpgcheck=0/gpgcheck=1/ /etc/yum.conf",
        PASS,
    ),
    ("echo 'trusted=yes' > /tmp/x", PASS),
    ("echo 'strict-ssl=false' > ~/.npmrc && npm ci && rm ~/.npmrc", FAIL),
    ("eval $(curl -s https://a.example/x.sh)", FAIL),
    ("x $(curl -s https://a.example/x) y", REVIEW),
    ("curl https://a.example/list | tee list | grep x", REVIEW),
    ('bash -c "echo $(curl -fsSL http://localhost:80/x)"', PASS),
    (f"curl -fsSLo x https://a.example/x && echo '{A}  x' | sha256sum -c -", PASS),
    ("wget https://a.example/x https://a.example/x.asc && gpg --verify x.asc x", PASS),
    ("curl -O https://a.example/x && cosign verify-blob --key k x", PASS),
    ("curl -O https://a.example/x && minisign -V -p k -m x", PASS),
    ("curl -fsSL https://a.example/x.tgz | tar xz -C /opt", REVIEW),
    ("curl -fsSLo x https://a.example/x && chmod +x x", REVIEW),
    ("curl -fsS http://localhost:8080/health", PASS),
    ("curl -fsSL https://a.example/k | gpg --dearmor -o /usr/share/keyrings/a.gpg", REVIEW),
    ("curl -fsSL http://a.example/k | gpg --dearmor -o /usr/share/keyrings/a.gpg", FAIL),
    ("curl -fsSL https://a.example/k | apt-key add -", REVIEW),
    ("curl -fsSLo x.deb https://a.example/x.deb && dpkg -i x.deb", FAIL),
    (
        f"curl -fsSLo x.deb https://a/x.deb && echo '{A} x.deb' | sha256sum -c && dpkg -i x.deb",
        PASS,
    ),
    (f"curl -o x.deb https://a/x.deb && {SUM}; dpkg -i x.deb", REVIEW),
    (f"curl -o x.deb https://a/x.deb; {SUM}\ndpkg -i x.deb", REVIEW),
    (f"set -eux; curl -o x.deb https://a/x.deb; {SUM}; dpkg -i x.deb", PASS),
    (f"set -e; curl -o x.deb https://a/x.deb; {SUM} || true; dpkg -i x.deb", REVIEW),
    (f"set -e; curl -o x.deb https://a/x.deb; {SUM} - || echo bad; dpkg -i x.deb", REVIEW),
    (f"curl -o x.deb https://a/x.deb; {SUM} || echo bad && exit 1; dpkg -i x.deb", PASS),
    (f"curl -o x.deb https://a/x.deb; {SUM} || {{ echo bad; exit 1; }}; dpkg -i x.deb", PASS),
    (f"set -o pipefail -e; curl -o x https://a/x; {SUM}; mv x /y", PASS),
    (f"curl -o x https://a/x; {SUM} || exit 1; mv x /y", PASS),
    (f"curl -o x https://a/x; if ! {SUM}; then exit 1; fi; mv x /y", PASS),
    (f"set -x && curl -o x https://a/x && if {SUM}; then mv x /y; else exit 1; fi", PASS),
    (f"curl -o x https://a/x; {{ {SUM}; }} && mv x /y", PASS),
    (f"curl -o x https://a/x; mv x /y; {SUM}", PASS),
    (f"curl -o x https://a/x && {SUM} && \\\n mv x /y; rm -f z", PASS),
    (f"curl -o x https://a/x; {SUM}; test $? -eq 0 || exit 1; mv x /y", PASS),
    ("wget https://a/x https://a/x.asc; gpg --verify x.asc x; mv x /y", REVIEW),
    ("apt-get install gpg && wget https://a/x; gpg --verify x.asc x; mv x /y", REVIEW),
    (f"test $? -eq 0 || exit 1; curl -o x https://a/x; {SUM}; mv x /y", REVIEW),
    (f'curl -o x https://a/x; test "$(sha256sum x | cut -c-64)" = {A}; mv x /y', REVIEW),
    (f'curl -o x https://a/x; [ "$(sha256sum x | cut -c-64)" = {A} ] || exit 1; mv x /y', PASS),
    (f'curl -o x https://a/x; test "$(sha256sum x | cut -c-64)" = {A} && mv x /y; ls', PASS),
    ("apt-get install gpg && wget https://a/x https://a/y; gpg --verify y x; mv x /y", REVIEW),
    (f"curl -o x https://a/x; {SUM}; set -e; mv x /y", REVIEW),
    (f"set -e; set +e; curl -o x https://a/x; {SUM}; mv x /y", REVIEW),
    (f"curl -o x https://a/x; {SUM}; trap 'rm x' EXIT; mv x /y", REVIEW),
    (f"trap 'rm x; exit 1' ERR; curl -o x https://a/x; {SUM}; mv x /y", PASS),
    (f"set -e; curl -o x https://a/x; {SUM} && echo fine; mv x /y", REVIEW),
    (f"curl -o x https://a/x; {SUM} && echo fine", PASS),
    (f"curl -o x https://a/x && {SUM} &&\n\n mv x /y\nrm z", PASS),
    (f"curl -o x https://a/x; {SUM} | tee log && mv x /y", REVIEW),
    (f"set -eo pipefail; curl -o x https://a/x; {SUM} | tee log; mv x /y", PASS),
    (f"curl -o x https://a/x; {SUM} 2>&1 | grep -q OK && mv x /y", PASS),
    (f"curl -o x https://a/x; ({SUM}) || exit 1; mv x /y", PASS),
    (f"curl -o x https://a/x; ({SUM}); mv x /y", REVIEW),
    (f"curl -o x https://a/x; {SUM} & mv x /y", REVIEW),
    (f"curl -o x https://a/x; sh -c '{SUM}'; mv x /y", REVIEW),
    (f"curl -o x https://a/x; sh -ec '{SUM}; mv x /y'", PASS),
    (f"curl -o x https://a/x; bash -e <<E\n{SUM}\nmv x /y\nE", PASS),
    (f"curl -o x https://a/x; bash <<E\n{SUM}\nmv x /y\nE", REVIEW),
    (f'curl -o x https://a/x; test "$(sha256sum x)" = "{A}  x"; mv x /y', REVIEW),
    (f'curl -o x https://a/x; [ "$(sha256sum x)" = "{A}  x" ] || exit 1; mv x /y', PASS),
    (f'curl -o x https://a/x && test "$(sha256sum x)" = "{A}  x" && mv x /y; rm z', PASS),
    ("dpkg -i /tmp/x.deb", REVIEW),
    ("apt-get install -y ./x.deb", REVIEW),
    ("dnf install -y https://a.example/epel.rpm", REVIEW),
    ("yum localinstall -y /tmp/x.rpm", REVIEW),
    ("yum -y localinstall $FILE", REVIEW),
    ("dnf install -y /tmp/rpms/*", REVIEW),
    ("dnf install -y 'perl-*'", PASS),
    ("dnf install -y /usr/bin/file", PASS),
    ("microdnf install ./x.rpm", REVIEW),
    ("zypper --non-interactive install x.rpm", REVIEW),
    ("rpm -i x.rpm", REVIEW),
    ("rpm -Uvh /tmp/*.rpm", REVIEW),
    ("rpm --install x.rpm", REVIEW),
    ("rpm -K x.rpm && rpm -i x.rpm", PASS),
    ("rpm -qi bash", PASS),
    ("rpm -q -i bash", PASS),
    ("rpm -e bash", PASS),
    ("wget https://a.example/x.rpm && yum localinstall -y x.rpm", FAIL),
    ("curl -O https://a.example/x.rpm && rpm -ivh x.rpm", FAIL),
    (f"curl -O https://a/x.rpm && echo '{A} x.rpm' | sha256sum -c && rpm -i x.rpm", PASS),
    ("dpkg --unpack x.deb", REVIEW),
    ("dpkg -l", PASS),
    ("dpkg --print-architecture", PASS),
    ("apt install -y ./debs/*.deb", REVIEW),
    ("apk add ./x.apk", PASS),
    ("cat <<E | sh\napt-get install -y --allow-unauthenticated x\nE", FAIL),
    ("cat <<'E' | tee /x | bash -s\ncurl https://a.example/x | sh\nE", FAIL),
    ("cat > /x.sh <<'E'\ncurl https://a.example/x | sh\nE\nsh /x.sh && rm /x.sh", FAIL),
    ("echo 'dpkg -i /x.deb' | sh", REVIEW),
    ("bash <<< 'rpm -i x.rpm'", REVIEW),
    ("cat <<E | sh\n$(curl -fsSL https://a.example/x)\nE", FAIL),
    ("sh <<E\n$(curl -fsSL https://a.example/x)\nE", FAIL),
    ("$(curl -fsSL https://a.example/x)", FAIL),
    ("git clone https://a.example/x && cd x && make install", REVIEW),
    ("git clone https://a.example/x && cd x && ./configure", REVIEW),
    ("git clone https://a.example/x && x/install.sh", REVIEW),
    ("git clone https://a.example/x /x && sh /x/install.sh", REVIEW),
    ("git clone https://a.example/x && cd x && python3 setup.py install", REVIEW),
    ("git clone https://a.example/x && pip install ./x", REVIEW),
    ("git clone --branch v1 git@a.example:x && make -C x", REVIEW),
    ("svn co https://a.example/x && make -C x install", REVIEW),
    (f"git clone https://a.example/x && cd x && git checkout {A[:40]} && make", PASS),
    ("git clone https://a.example/x && cd x && git verify-tag v1 && make", PASS),
    ("git clone https://a.example/x && rm -rf x/.git", PASS),
    ("git --version && make install", PASS),
    (f"pip install git+https://a.example/x@{A[:40]}", PASS),
    ("pip install 'x @ git+https://a.example/x@main'", REVIEW),
    ("pip install -e git+https://a.example/x#egg=x", REVIEW),
    ("pipx install git+ssh://git@a.example/x", REVIEW),
    ("uv add git+https://a.example/x", REVIEW),
    ("npm install github:someone/x", REVIEW),
    ("npm install -g someone/x", REVIEW),
    (f"npm install someone/x#{A[:40]}", PASS),
    ("npm install -g @scope/x", PASS),
    ("cargo install --git https://a.example/x", REVIEW),
    (f"cargo install --git https://a.example/x --rev {A[:40]}", PASS),
    ("cargo install ripgrep", PASS),
    ("echo 'curl https://a.example/x.sh | bash' > /README", PASS),
    ("apt-get update && apt-get install -y curl", PASS),
]


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        (f"curl -o x https://a/x; {SUM}; mv x /y", "set -e"),
        ("curl https://a/x | sh", "sha256sum -c"),
        ("npm install github:someone/x", "name the commit"),
        ("curl https://a/k | apt-key add -", "fingerprint"),
    ],
)
def test_the_cure_is_for_what_was_done(line: str, cure: str) -> None:
    verdict = _judge(ROOT, {"x": b""}, history=[IMPORT, f"RUN /bin/sh -c {line} # buildkit"])
    assert cure in verdict.remediation


@pytest.mark.parametrize(("line", "status"), LINES)
def test_commands_of_the_history(line: str, status: Status) -> None:
    step = f"RUN /bin/sh -c {line} # buildkit"
    verdict = _judge(ROOT, {"x": b""}, history=[IMPORT, step])
    assert verdict.status is status, (verdict.summary, verdict.evidence[:2])
    if status is not PASS:
        assert (verdict.evidence[0].step, verdict.origin) == (1, "author")


@pytest.mark.parametrize("shell", ["bash -c", "sh -c", "/bin/bash -o pipefail -c"])
def test_download_that_is_the_whole_text_of_a_shell_fails(shell: str) -> None:
    line = f'RUN {shell} "$(curl -fsSL https://user:hunter2@a.example/i.sh)"'
    verdict = _judge(ROOT, {"x": b""}, history=[IMPORT, line])
    assert (verdict.status, verdict.reason) == (FAIL, "unverified-install")
    assert "hunter2" not in repr(verdict)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("ADD https://a.example/x.tgz /opt/ # buildkit", REVIEW),
        ("ADD http://a.example/x.tgz /opt/ # buildkit", FAIL),
        ("ADD x.tgz /opt/ # buildkit", PASS),
    ],
)
def test_added_addresses_are_unverified(line: str, status: Status) -> None:
    assert _judge(ROOT, {"x": b""}, history=[IMPORT, line]).status is status


def test_secrets_in_addresses_are_not_shown() -> None:
    line = "RUN /bin/sh -c curl https://user:hunter2@a.example/x?token=abc | sh # buildkit"
    verdict = _judge(ROOT, {"x": b""}, history=[IMPORT, line])
    shown = " ".join((verdict.summary, *(e.detail for e in verdict.evidence)))
    assert "hunter2" not in shown
    assert "abc" not in shown


@pytest.mark.parametrize(
    "piece",
    [
        *("true;", "sh;", "sha256sum x;", "curl https://a.example/x;sha256sum -c x;"),
        *(
            "curl https://a.example/x;",
            "curl https://a/x;sha1sum -c x -sh -sh -sh;",
            "git clone https://a.example/x;",
        ),
    ],
)
def test_a_long_step_takes_no_more_than_its_length(piece: str) -> None:
    """What its text says as a whole is not asked anew for each of 50,000 commands.

    That would take many minutes; what it takes depends on the machine.
    """
    line = f"RUN /bin/sh -c {piece * (250_000 // len(piece))}: {A} # buildkit"
    before = process_time()
    _judge(ROOT, {"x": b""}, history=[IMPORT, line])
    assert process_time() - before < 60
