"""The store in one directory: facts files, and a catalogue beside them.

It is never needed: whatever goes wrong with it becomes a line in `problems`, and the analysis goes
on without it. The object may be pickled, or carried through a fork, to worker processes.
"""

import math
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from ocianalyze.errors import LimitExceeded
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.digest import Digest
from ocianalyze.model.facts import FACTS_VERSION, LayerFacts
from ocianalyze.store.catalogue import NAME, Catalogue, Row
from ocianalyze.store.codec import decode, encode
from ocianalyze.store.columns import Damaged
from ocianalyze.store.directory import distrust, make
from ocianalyze.store.files import FACTS, RECORDS, KeptFiles
from ocianalyze.store.header import CODEC_VERSION, HEADER_BYTES, describe, read_header
from ocianalyze.store.upkeep import Keep, Pruned, StoreInfo, doomed, row, rows

VERSION = f"{CODEC_VERSION}.{FACTS_VERSION}"
"""Codec and facts version of the files that are written and read."""

_DAY = 86_400.0


class Store:
    """LayerFacts by the digest of the stored bytes, kept between runs."""

    def __init__(self, directory: Path, fingerprint: str, limits: Limits = DEFAULT) -> None:
        """Remember where it is; nothing is touched before it is needed.

        Args:
            directory: made when the first facts are put there.
            fingerprint: everything beside the bytes that facts depend on: observers, the
                classifier, their versions, and the limits.
            limits: bounds on what is read back.

        """
        self.directory = directory
        self.problems: list[str] = []
        """Why the store is not used, or not fully, in this process; each reason once."""
        self._fingerprint = fingerprint
        self._limits = limits
        self._files = KeptFiles(directory)
        self._records = KeptFiles(directory, RECORDS)
        self._catalogue = Catalogue(directory, self._rows, self._say)
        self._trusted = False
        self._refused = False
        self._full = False

    def __reduce__(self) -> tuple[Callable[..., "Store"], tuple[Path, str, Limits]]:
        """Pickle the place, not what is open."""
        return type(self), (self.directory, self._fingerprint, self._limits)

    def get(self, digest: Digest) -> LayerFacts | None:
        """Return the facts of a layer, None when they are not to be had."""
        if not self._is_there():
            return None
        key = self.key(digest)
        try:
            data = self._files.read(key, self._limits.facts_bytes + HEADER_BYTES)
            facts = self._decode(data, digest) if data is not None else None
        except Damaged:
            self._files.remove(self._files.path(key))
            self._catalogue.forget([key])
            return None
        except OSError as error:
            self._say(f"facts cannot be read: {error.strerror}")
            return None
        if facts is not None:
            self._catalogue.touch(key)
        return facts

    def put(self, facts: LayerFacts) -> None:
        """Keep the facts of a layer, unless it was read only in part."""
        if facts.partial or facts.unsearched or not self._is_writable():
            return
        key = self.key(facts.digest)
        try:
            size = self._files.write(key, encode(facts, self._fingerprint, self._limits))
        except LimitExceeded as error:
            self._say(error.message)
        except FileNotFoundError:
            # Somebody empties the store at this moment; the next facts find it made again.
            self._trusted = False
        except OSError as error:
            self._full = True
            self._say(f"nothing more is kept: {error.strerror}")
        else:
            header = describe(facts, self._fingerprint)
            self._catalogue.record(row(key, header, size, time.time()))

    def known(self, identity: str) -> Digest | None:
        """Return the digest that a byte range had when it was hashed (`Blob.identity`)."""
        if not identity or not self._is_there():
            return None
        return self._catalogue.known(identity)

    def remember(self, identity: str, digest: Digest) -> None:
        """Note the digest that a byte range has now."""
        if identity and self._is_writable():
            self._catalogue.remember(identity, digest)

    def info(self) -> StoreInfo:
        """Count what the store holds."""
        sizes: list[int] = []
        more: list[int] = []
        layers = verified = 0
        if self._is_there() and self._is_begun():
            sizes = [file.size for file in self._files if file.key]
            more = [file.size for file in self._records if file.key]
            layers, verified = self._catalogue.counts()
        size = sum(sizes) + sum(more)
        return StoreInfo(len(sizes), size, layers, verified, self.directory, VERSION, len(more))

    def prune(
        self,
        keep_bytes: int | None = None,
        older_than_days: float | None = None,
        *,
        everything: bool = False,
    ) -> Pruned:
        """Remove facts and records; always those of other versions and what lost writers left.

        Args:
            keep_bytes: most that the files may take; the ones used last stay.
            older_than_days: those not used, and byte ranges not hashed, for so long go.
            everything: all of them go.

        """
        if not self._is_there() or not self._is_begun():
            return Pruned(0, 0)
        since = 0.0 if older_than_days is None else time.time() - older_than_days * _DAY
        keep = Keep(keep_bytes, math.inf if everything else since)
        uses = self._catalogue.uses()
        kinds = (self._files, self._records)
        tried = [(f.size, self._files.remove(f.path)) for f in doomed(kinds, uses, keep)]
        gone, stayed = [size for size, why in tried if not why], [why for _, why in tried if why]
        if stayed:
            what = "1 file" if len(stayed) == 1 else f"{len(stayed)} files"
            self._say(f"{what} cannot be removed: {stayed[0]}; make the store writable")
        self._catalogue.forget(uses.keys() - {file.key for file in self._files})
        self._catalogue.forget_verified(keep.used_since)
        return Pruned(len(gone), sum(gone), len(stayed))

    def is_refused(self) -> bool:
        """Tell whether the directory must not be used; `problems` say why."""
        self._is_there()
        return self._refused

    def key(self, digest: Digest) -> str:
        """Return what the facts of a layer are filed under."""
        parts = (str(CODEC_VERSION), str(FACTS_VERSION), digest, self._fingerprint)
        return sha256("\0".join(parts).encode()).hexdigest()

    def close(self) -> None:
        """Close what this process opened; the store may be used again."""
        self._catalogue.close()

    def _decode(self, data: bytes, digest: Digest) -> LayerFacts:
        facts = decode(data, self._limits)
        if facts.digest != digest or read_header(data).fingerprint != self._fingerprint:
            raise Damaged("facts of another layer")
        return facts

    def _rows(self) -> Iterator[Row]:
        return rows(self._files)

    def _is_writable(self) -> bool:
        if self._full or self._is_there() or self._refused:
            return self._trusted and not self._full
        try:
            make(self.directory)
        except OSError as error:
            self._full = True
            self._say(f"cannot be made: {error.strerror}; name another with --store")
        return self._is_there()

    def _is_begun(self) -> bool:
        """Tell whether anything of a store is in the directory; asking makes nothing there."""
        return any((self.directory / name).exists() for name in (NAME, FACTS, RECORDS))

    def _is_there(self) -> bool:
        if self._trusted or self._refused:
            return self._trusted
        try:
            reason = distrust(self.directory)
        except FileNotFoundError:
            return False
        except OSError as error:
            reason = f"cannot be used: {error.strerror}"
        self._trusted, self._refused = not reason, bool(reason)
        if reason:
            self._say(reason)
        return self._trusted

    def _say(self, reason: str) -> None:
        problem = f"store {self.directory}: {reason}"
        if problem not in self.problems:
            self.problems.append(problem)
