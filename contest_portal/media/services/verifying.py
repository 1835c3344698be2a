"""Whether all that is stored is what it should be: every content hashed again, and compared with who refers to it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from contest_portal.core.content_owners import described
from contest_portal.core.content_use import required
from contest_portal.core.database import db
from contest_portal.core.storage import CHUNK_BYTES, Missing, Storage, storage
from contest_portal.media.services.sweeping import references


@dataclass
class Verified:
    """What was found. `missing`: referred to and not stored. `altered`: stored under another name than its bytes have.
    `orphaned`: stored, and nothing refers to it (the sweep removes it after its grace).
    `strangers`: places of what the program has not put there and does not touch.
    `belongs`: for what is missing or altered, what it is and whose, in words."""

    contents: int = 0
    size_bytes: int = 0
    references: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    belongs: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return not self.missing and not self.altered


def verify(tell: Callable[[Verified], None] = lambda _so_far: None) -> Verified:
    """Hash everything again. `tell` is called after each content with what was found so far."""
    found = Verified()
    seen: set[str] = set()
    for name in storage().names():
        seen.add(name)
        size = hashed_size(storage(), name)
        if size is None:
            found.altered.append(name)
        found.contents, found.size_bytes = found.contents + 1, found.size_bytes + (size or 0)
        tell(found)
    referred, needed = references(), required()  # after the listing: what came meanwhile is no orphan
    db.session.rollback()
    found.references = sum(count for name, count in referred.items() if name in seen)
    found.orphaned = sorted(name for name in seen if name not in referred)
    found.missing = sorted(name for name in needed - seen if not storage().exists(name))
    found.strangers = list(storage().strangers())
    found.belongs = described([*found.missing, *found.altered])
    return found


def hashed_size(place: Storage, name: str) -> int | None:
    """The content's length in bytes; None where its bytes are others than its name says, or cannot be read."""
    digest, size = hashlib.sha256(), 0
    try:
        with place.open(name) as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
    except (Missing, OSError):
        return None
    return size if digest.hexdigest() == name else None
