"""Second fields of `/etc/shadow` (shadow(5)): locked, empty, or a hash."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _crypt
from ocianalyze.detectors.secrets.checks._hash_forms import form_of
from ocianalyze.detectors.secrets.checks._passwords import guesses
from ocianalyze.detectors.secrets.proofs import NO_SECRET, verified, well_formed


def prove(match: Match) -> Proof | None:
    """Say the scheme, and whether one of a few default passwords fits."""
    user, value = _fields(match)
    if not value:
        return verified("no password at all", "critical", user=user)
    bare = value.lstrip(b"!*")
    if not bare or bare in {b"x", b"LK", b"NP", b"LOCK"}:
        return NO_SECRET
    found = form_of(bare)
    if found is None:
        return NO_SECRET
    form, parts = found
    if fits_default(parts, user):
        return verified(f"{form.name}, of a default password", "critical", user=user)
    if bare != value:
        return well_formed(f"{form.name}, the account is locked", "low", user=user)
    return well_formed(form.name, user=user)


def fits_default(parts: dict[str, bytes], user: bytes) -> bool:
    """Tell whether a default password, or the user's own name, gives the hash."""
    if "digest" not in parts:
        return False
    rounds = int(parts.get("rounds", _crypt.SHA_ROUNDS))
    return _crypt.matches_any(guesses(user), parts["digest"], parts["salt"], parts["mark"], rounds)


def _fields(match: Match) -> tuple[bytes, bytes]:
    """Return user and hash: from the line where the match is the line, else from before it."""
    value = match.secret.strip()[:1024]
    if b":" in value:
        user, _, rest = value.partition(b":")
        return user[:64], rest.partition(b":")[0]
    user = match.groups.get("user", b"")
    if not user:
        line = match.around[max(0, match.start - 65) : match.start].rpartition(b"\n")[2]
        user = line[:-1] if line.endswith(b":") and line.count(b":") == 1 else b""
    return user[:64], value


CHECK: Check = prove
