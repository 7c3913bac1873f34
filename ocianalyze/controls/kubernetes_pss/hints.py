"""Items of runtimes that ask the same of an image, whichever catalogue they stand in."""

from collections.abc import Iterator

from ocianalyze.controls.hint import hint
from ocianalyze.controls.hints import labels, network, rights
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence

_NAMESPACES = frozenset({"cis-docker-5.10", "cis-docker-5.16", "cis-docker-5.17"})
_LABELS = "labels that hold commands to run the image"


def namespaces(view: ImageView) -> Iterator[Evidence]:
    """Yield labels that share a namespace of the host."""
    for control in labels.CONTROLS:
        if control.id in _NAMESPACES:
            yield from control.evaluate(view).evidence


def configuration(view: ImageView) -> Iterator[Evidence]:
    """Yield everything that asks for more than a runtime gives by default."""
    yield from labels.privileged(view)
    yield from namespaces(view)
    yield from labels.mounts(view)
    yield from network.socket(view)


def restricted(view: ImageView) -> Iterator[Evidence]:
    """Yield what needs a capability, binding low ports among it."""
    yield from rights.capabilities(view)
    yield from network.privileged(view)


CONTROLS = (
    hint(
        "k8s-pss-host-namespaces",
        "host namespaces",
        namespaces,
        _LABELS,
        "leave hostNetwork, hostPID and hostIPC out of the pod",
    ),
    hint(
        "k8s-pss-privileged-containers",
        "privileged",
        labels.privileged,
        f"{_LABELS}, engines among the executables, the start command",
        "leave securityContext.privileged out of the pod",
        answers=("cis-kubernetes-5.2.2",),
    ),
    hint(
        "k8s-pss-capabilities-baseline",
        "capabilities added",
        rights.capabilities,
        "file capabilities, and tools that need some",
        "add no capability beyond the default set",
        answers=("cis-kubernetes-5.2.8", "owasp-docker-3"),
    ),
    hint(
        "k8s-pss-capabilities-restricted",
        "capabilities dropped",
        restricted,
        "file capabilities, tools that need some, exposed ports below 1024",
        "drop ALL, and add NET_BIND_SERVICE where a port below 1024 must be bound",
        answers=("cis-kubernetes-5.2.9",),
    ),
    hint(
        "k8s-pss-hostpath-volumes",
        "host paths",
        labels.mounts,
        f"{_LABELS}, config.Volumes",
        "use a claim or an emptyDir instead of hostPath",
    ),
    hint(
        "k8s-pss-host-ports",
        "host ports",
        network.exposed,
        "config.ExposedPorts",
        "publish ports with a Service, without hostPort",
        answers=(
            "cis-kubernetes-5.2.12",
            "owasp-docker-5a",
            "nist-800-190-4.4.2",
            "disa-srg-SRG-APP-000142-CTR-000325",
            "disa-srg-SRG-APP-000383-CTR-000910",
        ),
    ),
    hint(
        "k8s-pss-privilege-escalation",
        "privilege escalation",
        rights.no_new_privileges,
        "set-id bits and file capabilities of the final filesystem",
        "securityContext.allowPrivilegeEscalation: false",
        answers=("cis-kubernetes-5.2.6", "owasp-docker-4"),
    ),
    hint(
        "disa-stig-V-242414",
        "low host ports",
        network.privileged,
        "config.ExposedPorts",
        "listen on a port from 1024 up",
        answers=("disa-srg-SRG-APP-000142-CTR-000330",),
    ),
    hint(
        "owasp-docker-1",
        "engine socket",
        network.socket,
        "clients of engines among the executables, DOCKER_HOST, config.Volumes, entry scripts",
        "mount no socket of an engine",
    ),
    hint(
        "owasp-docker-8",
        "read-only root",
        rights.read_only,
        "config.Volumes, and directories that the image's user may write",
        "run it with a read-only root and a volume for what it writes",
    ),
    hint(
        "nist-800-190-4.4.3",
        "runtime configuration",
        configuration,
        f"{_LABELS}, engines and their clients, config.Volumes, the start command",
        "run it with the runtime's defaults or less",
    ),
)
