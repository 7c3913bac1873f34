"""Values beside a name such as `password`: what is certainly none, how random the rest is."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder, is_template
from ocianalyze.detectors.secrets.entropy import shannon
from ocianalyze.detectors.secrets.proofs import NO_SECRET, PLACEHOLDER, well_formed

_CODE = re.compile(
    rb"[A-Za-z_][\w.:]*(?:\(|\[|->|::)|\w+\s*(?:==|\|\||&&|\?).*"
    rb"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:$|[\s()\[\]{}<>,;:?|&=+]|->)"
    rb"|(?:self|this|os|process|env|config|settings|params|request|args|options)[.\[].*",
    re.DOTALL,
)
_PATH = re.compile(
    rb"(?:~|\.{0,2})/[\w./@-]*|[A-Za-z]:\\[\w\\. -]*|[a-z][a-z0-9+.-]*://\S*|\w+(?:/\w+)+\.\w{1,5}"
    rb"|[a-z]{3,24}(?:[._-](?:[a-z]+|\d+))*(?:/(?:[a-z]+|\d+)(?:[._-](?:[a-z]+|\d+))*)+"
)
_NAME = re.compile(
    rb"\.{0,2}[a-z]+(?:[_.:-][a-z]+)+|[A-Z]+(?:[_-][A-Z]+)+|[a-z]+(?:[A-Z][a-z]+)+"
    rb"|(?:[A-Z][a-z]{2,15}){3,}[\])}]+,?"
)
_ITSELF = re.compile(rb"(?:[A-Z][a-z]+)*(?:Password|Passphrase|Secret|Token|Key)(?:[A-Z][a-z]+)*")
"""A name of the kind that types and options have: `SetPassword`."""
_NUMBER = re.compile(rb"-?\d{1,5}(?:\.\d+)?[a-zA-Z%]{0,2}|0x[0-9a-fA-F]{1,4}")
_CONSTANT = re.compile(rb"true|false|null|none|nil|undefined|yes|no|on|off|", re.IGNORECASE)
_WORD = re.compile(rb"[A-Za-z]?[a-z]{1,11}")
_ENDED = re.compile(rb"[a-z]{3,24}[.,:;]")
_VOWELS = re.compile(rb"[aeiouy]")
_CONSONANTS = re.compile(rb"[^aeiouy]{5}")
_LONGEST = 4096
_WEAK = 2.5
"""Bits a character below which a person has chosen it, or nobody."""


def prove(match: Match) -> Proof | None:
    """Drop templates, code, paths, names and words; rate the rest by entropy."""
    value = match.secret[:_LONGEST].strip(b" \t\r\n\"'`")
    if is_template(value) or _is_text(value):
        return NO_SECRET
    if is_placeholder(value):
        return PLACEHOLDER
    if is_word(value) or _is_of_text(value):
        return NO_SECRET
    bits = shannon(value)
    detail = f"{bits:.1f} bits a character"
    return well_formed(detail, "low") if bits < _WEAK or len(value) < 6 else well_formed(detail)


def _is_text(value: bytes) -> bool:
    """Tell whether it is no value but code, a path, a name or a number."""
    if len(value) < 3 or any(byte < 32 for byte in value):
        return True
    if _CODE.match(value) or (b" " in value.strip() and value.replace(b" ", b"").isalpha()):
        return True
    return any(form.fullmatch(value) for form in (_CONSTANT, _PATH, _NAME, _ITSELF, _NUMBER))


def is_word(value: bytes) -> bool:
    """Tell whether letters alone could be spoken: vowels, and never five consonants in a row."""
    low = value.lower()
    if not _WORD.fullmatch(value):
        return False
    share = len(_VOWELS.findall(low)) / len(low)
    return 0.2 <= share <= 0.7 and not _CONSONANTS.search(low)


def _is_of_text(value: bytes) -> bool:
    """Tell a word in capitals, as manuals name a value, and one that ends a sentence."""
    if value.isupper():
        return is_word(value.lower())
    return bool(_ENDED.fullmatch(value)) and is_word(value[:12].rstrip(b".,:;"))


CHECK: Check = prove
