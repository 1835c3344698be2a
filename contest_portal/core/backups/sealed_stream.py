"""Parts of a backup that must not be readable where they lie: AES-256-GCM in blocks, so that memory holds one of them.

After the construction STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each block's nonce is its number and whether
it is the last, so that blocks neither change places nor go missing at the end. Each part has a key of its own, and
its name is authenticated: parts do not change places either.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"contest-portal sealed 1\n"
BLOCK_BYTES = 1 << 20
SALT_BYTES = 16
TAG_BYTES = 16


class Unreadable(Exception):
    """The part was changed, cut, or sealed with another key."""


def key_from(passphrase: str, salt: bytes) -> bytes:
    """32 bytes; takes a tenth of a second, so that passphrases are not tried by the million."""
    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(passphrase.encode())


def sealed(source: Iterator[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """The sealed form of what `source` gives in pieces of any length, for the part called `name`."""
    salt = os.urandom(SALT_BYTES)
    cipher = AESGCM(hmac.digest(key, salt, "sha256"))
    yield MAGIC + salt
    for number, (block, is_last) in enumerate(_blocks(source)):
        yield cipher.encrypt(_nonce(number, is_last), block, name.encode())


def opened(source: IO[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """The plain blocks of a sealed part. Raises Unreadable; what was given before that is not to be used."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Unreadable
    cipher = AESGCM(hmac.digest(key, source.read(SALT_BYTES), "sha256"))
    number, block = 0, _filled(source)
    while True:
        following = _filled(source)
        try:
            yield cipher.decrypt(_nonce(number, not following), block, name.encode())
        except InvalidTag:
            raise Unreadable from None
        if not following:
            return
        number, block = number + 1, following


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _filled(source: IO[bytes]) -> bytes:
    """A whole sealed block, or what is left."""
    wanted, pieces = BLOCK_BYTES + TAG_BYTES, []
    while wanted and (piece := source.read(wanted)):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def _blocks(source: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Blocks of one length, and whether each is the last; of nothing one empty block."""
    waiting = bytearray()
    for piece in source:
        waiting += piece
        while len(waiting) > BLOCK_BYTES:
            yield bytes(waiting[:BLOCK_BYTES]), False
            del waiting[:BLOCK_BYTES]
    yield bytes(waiting), True
