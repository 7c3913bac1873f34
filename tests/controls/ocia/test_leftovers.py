"""Repositories and filled caches fail."""

from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown

SAMPLES: Samples = {
    "ocia-vcs-directory": (
        passes({"app/HEAD": b"x", "app/git/HEAD": b"x"}),
        fails({"app/.git/HEAD": b"ref: refs/heads/main\n"}),
        fails({"app/.svn/wc.db": b"x"}),
        passes({"app/.git/HEAD": b"x"}, {"app/.wh..git": b""}),
        unknown({"x": b""}, None),
    ),
    "ocia-package-cache-present": (
        passes({"var/lib/apt/lists/lock": b""}),
        fails({"var/lib/apt/lists/deb_Packages": b"Package: x\n"}),
        fails({"var/cache/apk/x": b"x"}, {"var/cache/apk/.wh.x": b""}, reason="package-cache"),
        passes({"var/cache/apk/x": b""}, {"var/cache/apk/.wh.x": b""}),
        unknown({"x": b""}, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
