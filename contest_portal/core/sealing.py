"""Fields that must not be readable in the database: ID numbers, phones, addresses.

AES-256-GCM with a fresh nonce per value; the first byte names the key's version so that keys can be changed later.
Equality is searched by a keyed digest (HMAC-SHA-256), stored in a column beside the sealed one.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

KEY_VERSION = 1
NONCE_BYTES = 12


class Sealer:
    """Seals and opens short texts with one 32-byte master key."""

    def __init__(self, master_key: bytes) -> None:
        self._cipher = AESGCM(hmac.digest(master_key, b"seal", "sha256"))
        self._digest_key = hmac.digest(master_key, b"digest", "sha256")

    def seal(self, text: str) -> bytes:
        return self.seal_bytes(text.encode())

    def open(self, sealed: bytes) -> str:
        return self.open_bytes(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        """A whole file that must not be readable where it lies."""
        nonce = os.urandom(NONCE_BYTES)
        return bytes([KEY_VERSION]) + nonce + self._cipher.encrypt(nonce, content, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        return self._cipher.decrypt(nonce, body, None)

    def digest(self, text: str) -> str:
        """The same text gives the same 64 hex digits; nothing can be read back from them without the key."""
        return hmac.new(self._digest_key, text.encode(), hashlib.sha256).hexdigest()


def sealer() -> Sealer:
    """The running application's sealer."""
    found: Sealer = current_app.extensions["sealer"]
    return found


def digest(text: str) -> str:
    """The keyed digest by which a sealed value is searched."""
    return sealer().digest(text)


class Sealed(TypeDecorator[str]):
    """A text column that is sealed in the database and plain in Python."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else sealer().seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else sealer().open(value)
