"""What every program loads first fails; a library path is left to people."""

from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown

SAMPLES: Samples = {
    "ocia-ld-preload": (
        passes({"etc/ld.so.preload": b""}, config={"Env": ["LD_PRELOAD=", "A=1"]}),
        fails({"etc/ld.so.preload": b"/lib/evil.so\n"}),
        fails({"etc/hostname": b"x"}, config={"Env": ["LD_PRELOAD=/lib/x.so"]}),
        fails({"etc/hostname": b"x"}, config={"Env": ["LD_AUDIT=/lib/x.so"]}),
        review({"etc/hostname": b"x"}, config={"Env": ["LD_LIBRARY_PATH=/opt/lib"]}),
        unknown({"etc/hostname": b"x"}, has_config=False),
        unknown({"etc/hostname": b"x"}, None),
        fails({"etc/ld.so.preload": b"/lib/evil.so\n"}, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
