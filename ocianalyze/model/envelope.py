"""What is in a DSSE envelope, itself perhaps in a Sigstore bundle."""

import base64
from typing import Any

from ocianalyze.errors import MalformedImage
from ocianalyze.limits import Limits
from ocianalyze.model.document import load_object

_URL_SAFE = str.maketrans("-_", "+/")


def opened(value: dict[str, Any], limits: Limits, place: str = "") -> dict[str, Any]:
    """Return the statement in an envelope; anything else as it is. No signature is verified.

    Raises:
        LimitExceeded: the statement is too large, too deep or has too many values.
        MalformedImage: the envelope's payload is no JSON object.

    """
    bundled = value.get("dsseEnvelope")
    envelope = bundled if isinstance(bundled, dict) else value
    payload = envelope.get("payload")
    if "payloadType" not in envelope or not isinstance(payload, str):
        return value
    try:
        data = base64.b64decode(payload.translate(_URL_SAFE), validate=True)
    except ValueError as error:
        raise MalformedImage(f"payload is no base64: {error!s:.80}", place=place) from error
    return load_object(data, limits, place)
