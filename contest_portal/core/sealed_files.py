"""Files about persons: stored sealed, so that they can be read through the program alone."""

from __future__ import annotations

from contest_portal.core.sealing import sealer
from contest_portal.core.storage import storage


def keep_sealed(content: bytes) -> str:
    """Store it. Gives the name by which `open_sealed` finds it."""
    return storage().put_bytes(sealer().seal_bytes(content)).sha256


def open_sealed(sha256: str) -> bytes:
    """What was kept under that name. Raises NotFound."""
    with storage().open(sha256) as stream:
        return sealer().open_bytes(stream.read())
