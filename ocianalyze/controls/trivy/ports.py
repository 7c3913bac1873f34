"""Ports that an image exposes, and the tag of the base that it names."""

import re
from collections.abc import Iterator

from ocianalyze.controls._base import Control, field_unread, undecided
from ocianalyze.controls.hint import pointer_to
from ocianalyze.controls.saying import judged, of_config
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_PORTS = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?(?:/(?:tcp|udp|sctp))?", re.IGNORECASE)
_LARGEST = 65_535
_SSH = 22
_MOST = 1_000
_BASE_NAME = "org.opencontainers.image.base.name"


def secure_shell(view: ImageView) -> Verdict:
    """Find port 22 among the exposed ones."""
    found = (x for x, low, high in _ranges(view) if low <= _SSH <= high)
    evidence = (_exposed(text, "exposes port 22") for text in found)
    return field_unread(view, "ExposedPorts") or judged(evidence, "exposes-ssh", "port 22")


def in_range(view: ImageView) -> Verdict:
    """Find exposed ports that there are not."""
    found = (x for x, low, high in _ranges(view) if not 0 < low <= high <= _LARGEST)
    evidence = (_exposed(text, f"{text[:40]} is no port") for text in found)
    return field_unread(view, "ExposedPorts") or judged(
        evidence, "port-out-of-range", "port out of range"
    )


def _ranges(view: ImageView) -> Iterator[tuple[str, int, int]]:
    """Yield exposed ports as written with their first and last number, 0 for what is none."""
    for text in tuple(view.config.config.exposed_ports)[:_MOST] if view.config else ():
        found = _PORTS.fullmatch(text)
        low = int(found[1]) if found else 0
        yield text, low, int(found[2]) if found and found[2] else low


def _exposed(text: str, detail: str) -> Evidence:
    return of_config(pointer_to("config", "ExposedPorts", text), detail)


def base_tag(view: ImageView) -> Verdict:
    """Judge the tag of the base that the image's label names."""
    if unread := field_unread(view, "Labels"):
        return unread
    name = view.config.config.labels.get(_BASE_NAME, "") if view.config else ""
    if not name:
        return undecided("base-unnamed", "not evaluated: no label names the base and its tag")
    last = name.rpartition("/")[2]
    told = of_config(pointer_to("config", "Labels", _BASE_NAME), f"base is {name[:80]}", "low")
    tag = last.partition("@")[0].partition(":")[2]
    if "@" in last:
        return Verdict(Status.PASS, "base-by-digest", "base is named by digest", (told,))
    if tag in ("", "latest"):
        return Verdict(Status.FAIL, "base-latest", f"base is {name[:50]}", (told,))
    return Verdict(Status.PASS, "base-tagged", f"base has the tag {tag[:40]}", (told,))


def _control(name: str, short: str, decides: str, remediation: str) -> Control:
    return Control(
        id=name,
        short=short,
        automation="full",
        reads="config.ExposedPorts",
        decides=decides,
        limits="what a program listens on is not in the config",
        remediation=remediation,
        evaluate=secure_shell if name == "trivy-DS-0004" else in_range,
        needs=frozenset({"config"}),
    )


CONTROLS = (
    _control("trivy-DS-0004", "port 22", "fails when port 22 is exposed", "EXPOSE no port 22"),
    _control(
        "trivy-DS-0008",
        "ports in range",
        "fails on an exposed port that is no number from 1 to 65535, or no rising range of these",
        "EXPOSE a port from 1 to 65535",
    ),
    Control(
        id="trivy-DS-0001",
        short="base not latest",
        automation="assist",
        reads=f"the label {_BASE_NAME}",
        decides="fails when the label names the base without a tag, or with the tag latest, and "
        "without a digest",
        limits="the label is the author's word, and may be the base's own about its base; FROM is "
        "not in the history",
        remediation="FROM an image by digest, or by a tag that names a version",
        evaluate=base_tag,
        needs=frozenset({"config"}),
    ),
)
