"""Fields that must not be readable in the database: ID numbers, phones, addresses.

AES-256-GCM with a fresh nonce per value; the first byte names the key's version, so that keys can be changed later
(core/key_rotation.py). Equality is searched by a keyed digest (HMAC-SHA-256), stored in a column beside the sealed one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from contest_portal.core.secret_files import DataKeys, KeySet

FIRST = 1
NONCE_BYTES = 12


class NoSuchKey(InvalidTag):
    """What was read is sealed by a version of the key that is not here."""


class Sealer:
    """Seals and opens short texts with a 32-byte master key, or with the versions of one."""

    def __init__(self, keys: bytes | DataKeys) -> None:
        self._keys = keys if isinstance(keys, DataKeys) else None
        fixed = KeySet({FIRST: keys}, FIRST, FIRST) if isinstance(keys, bytes) else None
        self._now: Callable[[], KeySet] = (lambda: fixed) if fixed else keys.now  # type: ignore[union-attr]
        self._derived: dict[bytes, tuple[AESGCM, bytes]] = {}

    def seal(self, text: str) -> bytes:
        return self.seal_bytes(text.encode())

    def open(self, sealed: bytes) -> str:
        return self.open_bytes(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        """A whole file that must not be readable where it lies."""
        version = self._now().seal
        nonce = os.urandom(NONCE_BYTES)
        return bytes([version]) + nonce + self._of(version)[0].encrypt(nonce, content, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Raises NoSuchKey, and cryptography's InvalidTag for what was changed."""
        if len(sealed) <= NONCE_BYTES + 1:
            raise InvalidTag
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        return self._of(sealed[0])[0].decrypt(nonce, body, None)

    def digest(self, text: str) -> str:
        """The same text gives the same 64 hex digits, for ever; nothing can be read back from them without the key.
        For what cannot be guessed: tokens, codes."""
        return self.digest_by(FIRST, text)

    def person_digest(self, text: str) -> str:
        """The same for what can be guessed, an ID number or a phone: by the version of the key that is used now."""
        return self.digest_by(self._now().digest, text)

    def digest_by(self, version: int, text: str) -> str:
        """The digest by one version of the key. Raises NoSuchKey."""
        return hmac.new(self._of(version)[1], text.encode(), hashlib.sha256).hexdigest()

    def fingerprints(self) -> dict[int, str]:
        """What tells each version of the key that is here, used or not, from any other; 16 hex digits."""
        known = self._keys.read_again() if self._keys is not None else self._now()
        return {version: _fingerprint(key) for version, key in sorted(known.keys.items())}

    def _of(self, version: int) -> tuple[AESGCM, bytes]:
        key = self._now().keys.get(version)
        if key is None and self._keys is not None:  # another process made it
            key = self._keys.read_again().keys.get(version)
        if key is None:
            raise NoSuchKey(version)
        if key not in self._derived:
            seals, digests = hmac.digest(key, b"seal", "sha256"), hmac.digest(key, b"digest", "sha256")
            self._derived[key] = (AESGCM(seals), digests)
        return self._derived[key]


def _fingerprint(key: bytes) -> str:
    return hmac.digest(key, b"fingerprint", "sha256").hex()[:16]


def fingerprints() -> dict[int, str]:
    """Of the running application's keys."""
    return sealer().fingerprints()


def sealer() -> Sealer:
    """The running application's sealer."""
    found: Sealer = current_app.extensions["sealer"]
    return found


def digest(text: str) -> str:
    """The keyed digest of a token or code, the same for ever."""
    return sealer().digest(text)


def person_digest(text: str) -> str:
    """The keyed digest by which a sealed ID number or phone is searched. Work it out inside the unit of work: it is
    another one after the key was changed."""
    return sealer().person_digest(text)


class Sealed(TypeDecorator[str]):
    """A text column that is sealed in the database and plain in Python."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else sealer().seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else sealer().open(value)
