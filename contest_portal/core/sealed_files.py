"""Files about persons: stored sealed, so that they can be read through the program alone."""

from __future__ import annotations

from flask import current_app

from contest_portal.core.sealing import sealer
from contest_portal.core.storage import Storage


def keep_sealed(content: bytes) -> str:
    """Store it. Gives the name by which `open_sealed` finds it."""
    return _storage().put_bytes(sealer().seal_bytes(content)).sha256


def open_sealed(sha256: str) -> bytes:
    """What was kept under that name. Raises NotFound."""
    with _storage().open(sha256) as stream:
        return sealer().open_bytes(stream.read())


def _storage() -> Storage:
    stored: Storage = current_app.extensions["storage"]
    return stored
