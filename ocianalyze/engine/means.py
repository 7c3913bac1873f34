"""What layers are read with: observers, the sieve, and a text that names their versions.

Imports every cataloger, so it is imported when layers are read and not before.
"""

from functools import cache
from typing import TYPE_CHECKING

from ocianalyze import detectors
from ocianalyze.detectors import filetype
from ocianalyze.discovery import offers
from ocianalyze.engine.options import Options
from ocianalyze.inventory import assembly as inventory
from ocianalyze.inventory import sha1, verify_digests
from ocianalyze.layers.observer import Observer
from ocianalyze.layers.read import Reading
from ocianalyze.limits import DEFAULT
from ocianalyze.store.directory import usual_directory

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.seeking import Seeking


@cache
def observers() -> tuple[Observer, ...]:
    """Return every observer that detectors and catalogers offer."""
    return (*offers(detectors, "OBSERVER", Observer), *inventory.observers())


def fingerprint(options: Options) -> str:
    """Return a text that changes when the same bytes would give other facts."""
    limits = options.limits
    seen = ",".join(f"{one.name}={one.version}" for one in _observers(options))
    rules = "" if "secrets" in options.skip else f"secrets={seeking(options).version},"
    return f"filetype={filetype.VERSION},{rules}{seen},{limits if limits != DEFAULT else 'default'}"


def _observers(options: Options) -> tuple[Observer, ...]:
    found = _usual(options)
    return (*found, sha1.observer()) if options.sha1 else found


def _usual(options: Options) -> tuple[Observer, ...]:
    if "packages" in options.skip:
        return (*offers(detectors, "OBSERVER", Observer), *inventory.basics())
    if options.verify == "full":
        usual = {one.name for one in verify_digests.observers()}
        rest = (one for one in observers() if one.name not in usual)
        return (*rest, *verify_digests.observers(full=True))
    return observers()


def seeking(options: Options) -> "Seeking":
    """Return what finds secrets; nothing is loaded before it is needed.

    Compiled rules, which take seconds to make, are used where the user's other runs left them, and
    written where facts are kept.
    """
    from ocianalyze.detectors.secrets.rule_files import SHIPPED  # noqa: PLC0415 - unless left out
    from ocianalyze.detectors.secrets.seeking import Seeking  # noqa: PLC0415 - the same

    bare = options.show_secrets
    return Seeking(
        (SHIPPED, *options.rules),
        cache=options.store,
        elsewhere=usual_directory(),
        limits=options.limits,
        bare=bare,
        told=options.compiling,
    )


def reading(options: Options) -> Reading:
    """Return how one layer is read."""
    found = None if "secrets" in options.skip else seeking(options)
    seen = (*_observers(options), *(found.observers() if found else ()))
    sieving = found.sieving() if found else None
    return Reading(seen, filetype.classify, options.limits, sieving)
