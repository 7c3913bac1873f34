"""A manifest of the author's has its lock beside it, or above it."""

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
from tests.images import Layer

LOCKED: Layer = {"app/package.json": b"{}", "app/package-lock.json": b"{}"}
SAMPLES: Samples = {
    "cis-ssc-2.4.2": (
        passes(LOCKED),
        passes({**LOCKED, "app/packages/a/package.json": b"{}"}),
        passes({"Cargo.toml": b"", "Cargo.lock": b""}),
        passes({**LOCKED, "app/node_modules/x/package.json": b"{}"}),
        fails({"app/package.json": b"{}"}),
        fails({**LOCKED, "srv/composer.json": b"{}"}),
        fails(LOCKED, {"app/.wh.package-lock.json": b""}),
        fails({"package.json": b"{}"}),
        review({"srv/shop/index.php": b"", "srv/shop/inc/lib/composer.json": b"{}"}),
        fails(
            {
                "srv/shop/index.php": b"",
                "srv/shop/inc/lib/composer.json": b"{}",
                "srv/shop/composer.json": b"{}",
            }
        ),
        fails({"srv/shop/index.php": b""}, {"srv/shop/app/composer.json": b"{}"}),
        fails({"index.php": b"", "srv/shop/composer.json": b"{}"}),
        review({"a/b": b"", f"a/{'d/' * 1_000}go.mod": b""}),
        absent({"app/node_modules/x/package.json": b"{}"}),
        absent({"etc/hostname": b"x"}),
        unknown(LOCKED, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
