"""A place with the key, if any, by which its parts are sealed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from contest_portal.core.backups.places import AnyPlace
from contest_portal.core.backups.sealed_stream import Unreadable, key_from, opened, sealed
from contest_portal.core.errors import Conflict
from contest_portal.core.storage import CHUNK_BYTES, SHA256, Missing
from contest_portal.core.text import N_, Message

KEY_FILE = "key.json"
GENERATIONS = "generations/"
FILES = "files/"
SEALED = ".sealed"


class Damaged(Exception):
    """What was read is not what was written. The text names the part."""


@dataclass(frozen=True)
class Part:
    """A part of a generation: SHA-256 and length of the bytes that lie in the place."""

    name: str
    sha256: str
    size: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Vault:
    """Writes and reads parts; with a key they are sealed on the way."""

    def __init__(self, place: AnyPlace, key: bytes | None) -> None:
        self.place, self._key = place, key

    @property
    def is_sealed(self) -> bool:
        return self._key is not None

    def has_same_key(self, other: Vault) -> bool:
        """Whether what lies here may lie there as it is."""
        return self._key == other._key

    def write_part(self, name: str, pieces: Iterable[bytes]) -> Part:
        """Packed, and sealed where there is a key."""
        digest, stored = hashlib.sha256(), _packed(pieces)
        if self._key is not None:
            name += SEALED
            stored = sealed(stored, self._key, name)
        size = self.place.write(name, _noted(stored, digest))
        return Part(name, digest.hexdigest(), size)

    def read_part(self, part: Part) -> Iterator[bytes]:
        """The plain content. Raises Damaged."""
        digest = hashlib.sha256()
        with self._opened(part.name) as file:
            while block := file.read(CHUNK_BYTES):
                digest.update(block)
        if digest.hexdigest() != part.sha256:
            raise Damaged(part.name)
        yield from _unpacked(self._plain(part.name), part.name)

    def write_file(self, sha256: str, pieces: Iterable[bytes]) -> int:
        """Raises Damaged where the content is not what its name says; then nothing is kept."""
        name = self.file_name(sha256)
        checked = _checked(pieces, sha256)
        return self.place.write(name, sealed(checked, self._key, name) if self._key is not None else checked)

    def read_file(self, sha256: str) -> Iterator[bytes]:
        """The content, and at its end Damaged where it was another."""
        return _checked(self._plain(self.file_name(sha256)), sha256)

    def file_name(self, sha256: str) -> str:
        return f"{FILES}{sha256[:2]}/{sha256}" + (SEALED if self._key is not None else "")

    def file_hashes(self) -> set[str]:
        """The files that lie here in the form that this vault writes."""
        found = (name.rsplit("/", 1)[-1] for name in self.place.names(FILES))
        names = (name.removesuffix(SEALED) for name in found if name.endswith(SEALED) == self.is_sealed)
        return {name for name in names if SHA256.fullmatch(name)}

    def mark(self, content: bytes) -> str:
        """What only the owner of the key can write about `content`; of an open place nothing."""
        return hmac.new(self._key, content, hashlib.sha256).hexdigest() if self._key is not None else ""

    def _plain(self, name: str) -> Iterator[bytes]:
        with self._opened(name) as file:
            if self._key is None:
                while block := file.read(CHUNK_BYTES):
                    yield block
                return
            try:
                yield from opened(file, self._key, name)
            except Unreadable:
                raise Damaged(name) from None

    def _opened(self, name: str) -> Any:
        try:
            return self.place.open(name)
        except Missing:
            raise Damaged(name) from None


def open_vault(place: AnyPlace, passphrase: str, *, may_begin: bool = False) -> Vault:
    """The vault of a place. `may_begin`: a place without a key gets one. Raises Conflict where the key is not the
    place's, or is missing, or the place has none: whoever may write there could have put anything into it."""
    known = _key_file(place)
    if known is None and passphrase:
        if may_begin:
            return _begun(place, passphrase)
        source = N_(
            "设置了 CONTEST_PORTAL_BACKUP_KEY，%(place)s 里的备份却没有加密，不知道是谁写的，没有使用。"
            "请核对目录；确实要用没有加密的备份时，请先去掉这项设置。"
        )
        raise Conflict("core.backup_not_sealed", Message.of(source, place=str(place)))
    if known is None:
        return Vault(place, None)
    if not passphrase:
        source = N_("%(place)s 里的备份是加密的，但没有设置 CONTEST_PORTAL_BACKUP_KEY。请设置后再试。")
        raise Conflict("core.backup_key_missing", Message.of(source, place=str(place)))
    key = key_from(passphrase, bytes.fromhex(known["salt"]))
    if _check(key) != known["check"]:
        source = N_("CONTEST_PORTAL_BACKUP_KEY 不是 %(place)s 里备份的口令。请改正口令；换了新口令的，请另用一个目录。")
        raise Conflict("core.backup_key_wrong", Message.of(source, place=str(place)))
    return Vault(place, key)


def _key_file(place: AnyPlace) -> dict[str, str] | None:
    try:
        with place.open(KEY_FILE) as file:
            known: dict[str, str] = json.loads(file.read())
    except Missing:
        return None
    return known


def _begun(place: AnyPlace, passphrase: str) -> Vault:
    if any(True for _name in place.names(GENERATIONS)):
        source = N_("%(place)s 里已有没有加密的备份。加密的备份请另用一个目录。")
        raise Conflict("core.backup_place_open", Message.of(source, place=str(place)))
    salt = os.urandom(16)
    key = key_from(passphrase, salt)
    place.write(KEY_FILE, [json.dumps({"salt": salt.hex(), "check": _check(key)}).encode()])
    return Vault(place, key)


def _check(key: bytes) -> str:
    return hmac.new(key, b"check", hashlib.sha256).hexdigest()[:16]


def _noted(pieces: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _checked(pieces: Iterable[bytes], sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    yield from _noted(pieces, digest)
    if digest.hexdigest() != sha256:
        raise Damaged(sha256)


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, wbits=31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _unpacked(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            yield unpacker.decompress(piece)
        yield unpacker.flush()
    except zlib.error:
        raise Damaged(name) from None
    if not unpacker.eof:
        raise Damaged(name)


def lines_in(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, each with its end, of a text that comes in pieces of any length."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest
