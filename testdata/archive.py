"""What archives of images are made of: documents, digests and a plain outer tar."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping


def as_json(value: object) -> bytes:
    """Return JSON without white space."""
    return json.dumps(value, separators=(",", ":")).encode()


def encoded(blob: bytes) -> str:
    """Return the SHA-256 of a blob, as its file is called."""
    return hashlib.sha256(blob).hexdigest()


def digest(blob: bytes) -> str:
    """Return the SHA-256 of a blob, as a descriptor names it."""
    return f"sha256:{encoded(blob)}"


def descriptor(media_type: str, blob: bytes) -> dict[str, object]:
    """Return the descriptor of a blob (image-spec, "OCI Content Descriptors")."""
    return {"mediaType": media_type, "digest": digest(blob), "size": len(blob)}


def outer(files: Mapping[str, bytes], folders: Iterable[str] = ()) -> bytes:
    """Return a tar of folders and files, the same every time."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as output:
        for name in folders:
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            output.addfile(folder)
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size, header.mode = len(content), 0o644
            output.addfile(header, io.BytesIO(content))
    return buffer.getvalue()
