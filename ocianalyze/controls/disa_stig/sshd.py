"""SSH does not run in containers: no server of it is in the image."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control, windows_image
from ocianalyze.controls.hints import network
from ocianalyze.controls.ocia.tools import tools
from ocianalyze.controls.saying import judged, of_entry, of_package
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_SERVERS = frozenset({"sshd", "dropbear"})
_PACKAGES = ("openssh-server", "dropbear", "tinyssh")
_PARTS_OF_NONE = ("-doc", "-config", "-common-doc")


def evaluate(view: ImageView) -> Verdict:
    """Fail on a server, by content or by package; keys and port 22 alone need review."""
    if view.is_windows:
        return windows_image()
    servers = [*_by_content(view), *_by_package(view)]
    if servers:
        return judged(servers, "sshd-present", "ssh server", remediation=_REMEDY)
    traces = network.sshd(view)
    review = Status.NEEDS_REVIEW
    return judged(traces, "sshd-traces", "trace of ssh", status=review, remediation=_REMEDY)


def _by_content(view: ImageView) -> Iterator[Evidence]:
    for found in view.once(tools):
        if found.tool.id in _SERVERS and found.counts:
            yield of_entry(found.entry, f"{found.tool.id} ({found.how})", severity="high")


def _by_package(view: ImageView) -> Iterator[Evidence]:
    for package in view.packages():
        if not package.is_of_distribution or not package.name.startswith(_PACKAGES):
            continue
        if not package.name.endswith(_PARTS_OF_NONE):
            yield of_package(package)


_REMEDY = "remove the server in the step that installs it, and use exec of the engine instead"
CONTROL = Control(
    id="disa-stig-V-235803",
    short="no sshd",
    automation="full",
    reads="contents and names of executables, packages, host keys and authorized_keys of the "
    "final filesystem; config.ExposedPorts; the start command",
    decides="fails when OpenSSH's or Dropbear's server or its package is there; a file that is "
    "only named like one, keys, and port 22 need review",
    limits="a server that an application carries inside itself, and one that is downloaded later",
    remediation=_REMEDY,
    evaluate=evaluate,
    needs=frozenset({"filesystem", "config", "packages"}),
)
