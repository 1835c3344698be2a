"""The seal on the head of the trail: an HMAC by a key that stands outside the database.

Whoever can write into the database can work out a chain of SHA-256 anew; the seal he cannot make. It binds the number
and the digest of the last record, and so every record before. Each act looks at the seal of the head that it follows
before it puts its own on the new one: what does not fit stays unsealed for ever and is found by `audit verify`.

An older head with its own seal could be put back with the chain cut to it. Heads are therefore kept in a file beside the
keys as well, each day and at each start; that file also says that there was a seal, and of which version of the key.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from flask import current_app

from contest_portal.core.durable_files import sync_folder
from contest_portal.core.sealing import NoSuchKey, sealer
from contest_portal.core.secret_files import AUDIT_HEADS


class Seal(StrEnum):
    """How the seal of a head stands."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"
    NOT_YET = "not_yet"
    """There never was one: records of a time before the seals, or none at all."""
    NO_KEY = "no_key"
    """It is of a version of the key that is not here."""


@dataclass(frozen=True)
class KeptHead:
    """The head of the trail as it once was: number and digest of its last record, version of the key that sealed it."""

    count: int
    digest: str
    version: int


def seal_of(count: int, digest: str) -> str:
    """`version:HMAC` for a head, by the version of the key that is used now."""
    return sealer().authenticate(_sealed_text(count, digest))


def standing(count: int, digest: str, seal: str) -> Seal:
    """Whether the seal is the one of this head. One of an older version of the key counts until a head of a newer one
    was kept."""
    if not seal:
        return Seal.MISSING if _file().exists() else Seal.NOT_YET
    try:
        if not sealer().is_authentic(_sealed_text(count, digest), seal):
            return Seal.WRONG
    except NoSuchKey:
        return Seal.NO_KEY
    version = version_of(seal)
    is_overtaken = version != sealer().version and any(one.version > version for one in kept_heads())
    return Seal.WRONG if is_overtaken else Seal.RIGHT


def next_seal(count: int, digest: str, seal: str, following: tuple[int, str]) -> str:
    """The seal of the head that follows one with this seal; empty where that one's does not fit."""
    return seal_of(*following) if standing(count, digest, seal) in {Seal.RIGHT, Seal.NOT_YET} else ""


def version_of(seal: str) -> int:
    """The version of the key; 0 where the text is no seal."""
    number = seal.partition(":")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 3 else 0


def keep_head(count: int, digest: str, seal: str) -> None:
    """Write a sealed head into the file, unless it is the last one there."""
    head, known = KeptHead(count, digest, version_of(seal)), kept_heads()
    if not known or known[-1] != head:
        _write([*known, head])


def kept_heads() -> list[KeptHead]:
    """Those of the file, as they came. Raises ValueError where a line is none."""
    path = _file()
    if not path.exists():
        return []
    lines = [line.split(":") for line in path.read_text("ascii").splitlines()]
    return [KeptHead(int(count), digest, int(version)) for count, digest, version in lines]


def forget_later_heads(count: int) -> None:
    """After a backup was restored: heads of acts that came after it are not in the trail any more."""
    if _file().exists():
        _write([one for one in kept_heads() if one.count <= count])


def set_heads_aside() -> Path | None:
    """Give the file another name, so that it stays to be looked at. None where there is none."""
    path = _file()
    if not path.exists():
        return None
    number = 1
    while (aside := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    path.rename(aside)
    return aside


def _sealed_text(count: int, digest: str) -> str:
    return f"{count}:{digest}"


def _file() -> Path:
    instance: Path = current_app.config["SETTINGS"].instance
    return instance / "secrets" / AUDIT_HEADS


def _write(heads: list[KeptHead]) -> None:
    path = _file()
    own = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.writelines(f"{one.count}:{one.digest}:{one.version}\n" for one in heads)
        stream.flush()
        os.fsync(stream.fileno())
    own.replace(path)
    sync_folder(path.parent)
