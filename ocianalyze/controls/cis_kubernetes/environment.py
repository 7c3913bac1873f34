"""Secrets are not environment variables (5.4.1): those that the image itself sets."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ocianalyze.controls._base import Control, field_unread
from ocianalyze.controls.aspects.secrets.named_values import named_values
from ocianalyze.controls.aspects.secrets.told import is_doubtful, is_sure, is_told, of_secret
from ocianalyze.controls.evidence import counted
from ocianalyze.controls.saying import judged, shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.secret import Secret

_HOME = "/config/Env/"
_NOUN = "secret in the environment"


def evaluate(view: ImageView) -> Verdict:
    """Judge the variables of the config; what an orchestrator adds is its own."""
    if unread := field_unread(view, "Env"):
        return unread
    secrets = tuple(_secrets(view))
    if sure := [x for x in secrets if is_sure(x, view)]:
        return judged(_told(view, sure), "secret-in-environment", _NOUN)
    named = (x for x in named_values(view) if x.pointer.startswith(_HOME))
    doubtful = (x for x in secrets if is_doubtful(x))
    verdict = judged(
        (*_told(view, doubtful), *named),
        "possible-secret-in-environment",
        f"possible {_NOUN}",
        status=Status.NEEDS_REVIEW,
        confidence="heuristic",
    )
    if verdict.status is not Status.PASS:
        return verdict
    count = len(view.config.config.env) if view.config else 0
    summary = shortened(f"no secret in {counted(count, 'variable')} of the image")
    return Verdict(Status.PASS, "no-secret-in-environment", summary)


def _secrets(view: ImageView) -> Iterator[Secret]:
    """Yield the secrets among the variables, with these places alone."""
    for secret in view.secrets:
        places = tuple(
            x for x in secret.places if x.where == "config" and x.pointer.startswith(_HOME)
        )
        if places and is_told(secret):
            yield replace(secret, places=places, more_places=0)


def _told(view: ImageView, secrets: Iterable[Secret]) -> Iterator[Evidence]:
    return (of_secret(view, secret) for secret in secrets)


CONTROL = Control(
    id="cis-kubernetes-5.4.1",
    short="no secrets in Env",
    automation="partial",
    reads="variables of config.Env: secrets that the search found there, and names that call "
    "their values secrets",
    decides="fails on a variable with what CIS Docker 4.10 calls a secret beyond doubt; passwords "
    "and values that only their names call secrets need review; passes when the image sets none",
    limits="what a pod spec adds to the environment is not in the image, nor is whether a program "
    "asks for its secrets there; variables of build steps are CIS Docker 4.10's",
    remediation="take the variable out of ENV, let the program read a file, and mount the secret "
    "as a volume",
    evaluate=evaluate,
    needs=frozenset({"config", "secrets"}),
    answers=("disa-stig-V-242415",),
)
