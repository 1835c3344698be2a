"""Fields that must not be readable in the database: ID numbers, phones, addresses.

AES-256-GCM with a fresh nonce per value; the first byte names the key's version, so that keys can be changed later
(core/key_rotation.py). Equality is searched by a keyed digest (HMAC-SHA-256), stored in a column beside the sealed one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class _Derived:
    """A key of its own for each use, worked out from one version of the master key."""

    seals: AESGCM
    digests: bytes
    authenticates: bytes


class Sealer:
    """Seals and opens short texts with a 32-byte master key, or with the versions of one."""

    def __init__(self, keys: bytes | DataKeys) -> None:
        self._keys = keys if isinstance(keys, DataKeys) else None
        fixed = KeySet({FIRST: keys}, FIRST, FIRST) if isinstance(keys, bytes) else None
        self._now: Callable[[], KeySet] = (lambda: fixed) if fixed else keys.now  # type: ignore[union-attr]
        self._derived: dict[bytes, _Derived] = {}

    @property
    def version(self) -> int:
        """The version of the key by which is sealed what is written now."""
        return self._now().seal

    def seal(self, text: str) -> bytes:
        return self.seal_bytes(text.encode())

    def open(self, sealed: bytes) -> str:
        return self.open_bytes(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        """A whole file that must not be readable where it lies."""
        version = self._now().seal
        nonce = os.urandom(NONCE_BYTES)
        return bytes([version]) + nonce + self._of(version).seals.encrypt(nonce, content, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Raises NoSuchKey, and cryptography's InvalidTag for what was changed."""
        if len(sealed) <= NONCE_BYTES + 1:
            raise InvalidTag
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        return self._of(sealed[0]).seals.decrypt(nonce, body, None)

    def digest(self, text: str) -> str:
        """The same text gives the same 64 hex digits, for ever; nothing can be read back from them without the key.
        For what cannot be guessed: tokens, codes."""
        return self.digest_by(FIRST, text)

    def person_digest(self, text: str) -> str:
        """The same for what can be guessed, an ID number or a phone: by the version of the key that is used now."""
        return self.digest_by(self._now().digest, text)

    def digest_by(self, version: int, text: str) -> str:
        """The digest by one version of the key. Raises NoSuchKey."""
        return hmac.new(self._of(version).digests, text.encode(), hashlib.sha256).hexdigest()

    def authenticate(self, text: str) -> str:
        """`version:HMAC` of a text that lies open: nobody without the key can make it for another."""
        version = self._now().seal
        return f"{version}:{hmac.digest(self._of(version).authenticates, text.encode(), 'sha256').hex()}"

    def is_authentic(self, text: str, code: str) -> bool:
        """Whether `authenticate` gave this code for the text. Raises NoSuchKey."""
        version, _colon, mark = code.partition(":")
        if not (version.isascii() and version.isdigit() and mark.isascii()):
            return False
        right = hmac.digest(self._of(int(version)).authenticates, text.encode(), "sha256").hex()
        return hmac.compare_digest(right, mark)

    def fingerprints(self) -> dict[int, str]:
        """What tells each version of the key that is here, used or not, from any other; 16 hex digits."""
        known = self._keys.read_again() if self._keys is not None else self._now()
        return {version: _fingerprint(key) for version, key in sorted(known.keys.items())}

    def _of(self, version: int) -> _Derived:
        key = self._now().keys.get(version)
        if key is None and self._keys is not None:  # another process made it
            key = self._keys.read_again().keys.get(version)
        if key is None:
            raise NoSuchKey(version)
        if key not in self._derived:
            seals, digests, authenticates = (hmac.digest(key, use, "sha256") for use in (b"seal", b"digest", b"audit"))
            self._derived[key] = _Derived(AESGCM(seals), digests, authenticates)
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
