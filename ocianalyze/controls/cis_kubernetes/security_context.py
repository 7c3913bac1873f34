"""A security context for pods (5.6.3): suggested from what an image shows."""

from ocianalyze.controls.aspects.security_context.suggested import suggested
from ocianalyze.controls.hint import hint
from ocianalyze.controls.kubernetes_pss import non_root

CONTROLS = (
    hint(
        "cis-kubernetes-5.6.3",
        "security context",
        suggested,
        non_root.READS,
        "apply the suggested securityContext to the pod, and try it",
    ),
)
