"""Labels of source and revision tell the origin; those of a base tell the base's."""

from tests.controls.roots import IMPORT, ROOT
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown

SOURCE = {"org.opencontainers.image.source": "https://example.org/app"}
REVISION = {"org.opencontainers.image.revision": "0123abc"}
OLD = {"org.label-schema.vcs-url": "https://example.org/app", "org.label-schema.vcs-ref": "0123"}
LABEL = "LABEL org.opencontainers.image.source=https://example.org/base"
PROJECT = (
    '{"source": {"type": "git", "version": {"commit": "0123"}, '
    '"metadata": {"repository": "https://example.org/app"}}}'
)
OPENSHIFT = {"source-location": "https://example.org/app", "commit.id": "0123"}
SEAM = [
    {"created_by": IMPORT, "created": "2024-01-01T00:00:00Z"},
    {"created_by": LABEL, "created": "2024-01-01T00:00:00Z", "empty_layer": True},
    {"created_by": 'CMD ["x"]', "created": "2024-01-01T00:00:00Z", "empty_layer": True},
    {"created_by": "COPY x /x # buildkit", "created": "2024-02-01T00:00:00Z"},
]
SAMPLES: Samples = {
    "cis-ssc-4.4.1": (
        passes(ROOT, config={"Labels": {**SOURCE, **REVISION}}),
        passes(ROOT, config={"Labels": OLD}),
        *(
            passes(ROOT, config={"Labels": {f"{build}.{x}": y for x, y in OPENSHIFT.items()}})
            for build in ("io.openshift.build", "io.openshift.s2i.build")
        ),
        passes(ROOT, config={"Labels": {"io.buildpacks.project.metadata": PROJECT}}),
        review(
            ROOT,
            config={"Labels": {"io.buildpacks.project.metadata": PROJECT.replace("commit", "x")}},
            reason="origin-partly-told",
        ),
        *(
            fails(ROOT, config={"Labels": {"io.buildpacks.project.metadata": text}})
            for text in ("{", "[]", "null", '{"source": []}', '{"source": {"version": 1}}')
        ),
        fails(ROOT, config={"Labels": {"io.buildpacks.project.metadata": "[" * 100_000}}),
        review(ROOT, config={"Labels": SOURCE}, reason="origin-partly-told"),
        review(ROOT, config={"Labels": REVISION}, reason="origin-partly-told"),
        review(ROOT, config={"Labels": {"org.opencontainers.image.vendor": "x"}}),
        review(
            ROOT,
            {"x": b""},
            config={"Labels": {**SOURCE, **REVISION}},
            history=SEAM,
            reason="origin-of-base",
        ),
        passes(
            ROOT,
            {"x": b""},
            config={"Labels": {**SOURCE, **REVISION}},
            history=[*SEAM, {"created_by": LABEL, "empty_layer": True}],
        ),
        fails(ROOT),
        fails(ROOT, config={"Labels": {"maintainer": "x", "org.opencontainers.image.source": " "}}),
        unknown(ROOT, config={"Labels": OLD}, has_config=False),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
