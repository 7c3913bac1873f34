"""What is installed by name needs a version; files, lists and commits are pins."""

import pytest

from ocianalyze.controls.cis_ssc.pins import CONTROL, unpinned
from ocianalyze.model.finding import Status
from tests.controls.roots import APKO, CMD, IMPORT, ROOT
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
from tests.images import image

LOOSE = "RUN /bin/sh -c pip install flask # buildkit"
SAMPLES: Samples = {
    "cis-ssc-3.1.7": (
        passes(ROOT, {"x": b""}, history=[IMPORT, "RUN /bin/sh -c pip install flask==3.0.0"]),
        fails(ROOT, {"x": b""}, history=[IMPORT, LOOSE]),
        review(ROOT, {"x": b""}, {"y": b""}, history=[IMPORT, LOOSE, CMD, "COPY y /y"]),
        absent(ROOT, history=[APKO]),
        unknown(ROOT, {"x": b""}, history=[IMPORT, "RUN /dev/pipes/EOF # buildkit"]),
        unknown(ROOT),
    ),
}


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ("pip install -r requirements.txt", True),
        ("pip install --no-cache-dir -rrequirements.txt", True),
        ("pip install --requirement=r.txt", True),
        ("python3 -m pip install -r r.txt", True),
        ("pip install --require-hashes -r r.txt", False),
        ("pip install .", False),
        ("npm install", True),
        ("npm i --omit=dev", True),
        ("npm ci", False),
        ("npm install left-pad@1.3.0", False),
        ("yarn", True),
        ("yarn install --frozen-lockfile", False),
        ("yarn install --immutable", False),
        ("yarn build", False),
        ("pnpm install", True),
        ("pnpm install --frozen-lockfile", False),
        ("gem install -f", False),
        ("apt-get install -y docker-ce-cli", False),
    ],
)
def test_a_list_without_digests_is_a_question(command: str, *, asks: bool) -> None:
    view = image(ROOT, {"x": b""}, history=[IMPORT, f"RUN /bin/sh -c {command} # buildkit"])
    verdict = CONTROL.evaluate(view)
    assert (verdict.status is Status.NEEDS_REVIEW) is asks
    if not asks:
        assert verdict.summary == "no unpinned pip/npm/gem/cargo/go in the author's steps"


def test_a_script_that_may_install_makes_a_pass_less_sure() -> None:
    for ran, confidence in (("make", "exact"), ("./setup.sh", "strong")):
        view = image(ROOT, {"x": b""}, history=[IMPORT, f"RUN /bin/sh -c {ran} # buildkit"])
        verdict = CONTROL.evaluate(view)
        assert (verdict.status, verdict.confidence) == (Status.PASS, confidence)


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize(
    ("command", "loose"),
    [
        ("pip install flask", True),
        ("pip3 install --no-cache-dir flask requests==2.32.0", True),
        ("pip install flask==3.0.0 'requests==2.32.0'", False),
        ("pip install 'flask>=3'", True),
        ("pip install flask==3.*", True),
        ("pip install -r requirements.txt", False),
        ("pip install .", False),
        ("pip install ./wheels/app-1-py3-none-any.whl", False),
        ("pip install /tmp/app.whl", False),
        ("pip install --index-url https://example.org/simple flask==3.0.0", False),
        ("pip install git+https://example.org/a.git", True),
        (f"pip install git+https://example.org/a.git@{'a' * 40}", False),
        ("pip install https://example.org/a-1.tar.gz", True),
        ("python3 -m pip install flask", True),
        ("python3 -m pip install flask==3.0.0", False),
        ("pip list", False),
        ("npm install", False),
        ("npm ci", False),
        ("npm install -g yarn", True),
        ("npm install -g yarn@latest", True),
        ("npm install -g yarn@1.22.22", False),
        ("npm install -g @scope/tool", True),
        ("npm install -g @scope/tool@1.0.0", False),
        ("yarn global add serve", True),
        ("yarn add serve@14.2.0", False),
        ("gem install bundler", True),
        ("gem install bundler -v 2.5.0", False),
        ("gem install bundler:2.5.0", False),
        ("gem install ./a.gem", False),
        ("cargo install ripgrep", True),
        ("cargo install ripgrep --version 14.0.0", False),
        ("cargo install ripgrep@14.0.0", False),
        ("cargo install --path .", False),
        ("go install example.org/tool@latest", True),
        ("go install example.org/tool@v1.2.3", False),
        ("go install ./cmd/app", False),
        ("apt-get install -y curl", False),
        ("echo pip install flask", False),
        ("pip install $PACKAGES", False),
    ],
)
def test_vectors(command: str, loose: bool) -> None:  # noqa: FBT001 - a table
    (step,) = image({}, history=[f"RUN /bin/sh -c {command} # buildkit"]).history.steps
    assert bool(unpinned(step)) is loose
