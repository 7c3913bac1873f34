"""Independent judges of SBOM documents."""

import json
from functools import cache
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from ocianalyze.report.sbom import load
from ocianalyze.report.sbom._base import Bill


def written(bill: Bill, form: str) -> bytes:
    """Return a document."""
    return b"".join(load(form).render(bill))


def document(bill: Bill, form: str) -> dict[str, Any]:
    """Return a document as its readers see it."""
    read: dict[str, Any] = json.loads(written(bill, form))
    return read


@cache
def _strict() -> JsonStrictValidator:
    return JsonStrictValidator(SchemaVersion.V1_6)


def faults_of_cyclonedx(text: bytes) -> str:
    """Return what the schema has against a document, and references that lead nowhere."""
    fault = _strict().validate_str(text.decode())
    read = json.loads(text)
    refs = [read["metadata"]["component"]["bom-ref"], *(x["bom-ref"] for x in read["components"])]
    named = {x["ref"] for x in read["dependencies"]}
    named |= {ref for x in read["dependencies"] for ref in x["dependsOn"]}
    twice = len(refs) - len(set(refs))
    return "\n".join(map(str, filter(None, (fault, named - set(refs), twice))))


def faults_of_spdx(text: bytes) -> list[str]:
    """Return what the field's own library has against a document."""
    reader = JsonLikeDictParser()  # type: ignore[no-untyped-call]
    read = reader.parse(json.loads(text))
    return [message.validation_message for message in validate_full_spdx_document(read)]
