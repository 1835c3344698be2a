"""Fingerprints of contents: made once for each content, whatever it lies in. Slow work stands outside transactions."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, insert, select

from contest_portal.core.actor import console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.storage import storage
from contest_portal.media.facts import PICTURES, Kind
from contest_portal.media.models import Fingerprint, FingerprintBody, TextMark
from contest_portal.media.probing import DerivativeError, patient_reader
from contest_portal.media.text_extraction import READ_KINDS
from contest_portal.media.text_likeness import Letters

if TYPE_CHECKING:
    from contest_portal.media.likeness import PictureFingerprint

Comparable = Literal["picture", "text"]


@dataclass(frozen=True)
class _Made:
    body: bytes = b""
    sketch: bytes = b""
    marks: tuple[int, ...] = ()
    problem: str = ""


def comparable_as(kind: Kind) -> Comparable | None:
    """As what a file of that kind is compared, or None where it is not."""
    if kind in PICTURES:
        return "picture"
    return "text" if kind in READ_KINDS else None


def fingerprint_of_file(sha256: str, as_what: Comparable, *, again: bool = False) -> int:
    """The id of the stored file's fingerprint, made now if there is none yet or `again` is asked for.

    A file of which none can be made has one that says why, and no body. Raises storage.Missing.
    """
    return _fingerprint(as_what, sha256, lambda: _read(sha256, as_what), again=again)


def fingerprint_of_words(words: str, *, again: bool = False) -> int:
    """The same for words that came in no file."""
    sha256 = hashlib.sha256(words.encode()).hexdigest()
    return _fingerprint("text", sha256, lambda: _of_words(words), again=again)


def _fingerprint(kind: Comparable, sha256: str, make: Callable[[], _Made], *, again: bool) -> int:
    wanted = select(Fingerprint.id).where(Fingerprint.kind == kind, Fingerprint.sha256 == sha256)
    known = db.session.scalar(wanted)
    db.session.rollback()
    if known is not None and not again:
        return known
    made = make()
    with suppress(Conflict), unit_of_work(console_actor("job"), "media.fingerprint") as work:
        row = work.session.scalar(select(Fingerprint).where(Fingerprint.kind == kind, Fingerprint.sha256 == sha256))
        if row is None or again:
            _keep(work, row or Fingerprint(kind=kind, sha256=sha256), made)
    return db.session.scalars(wanted).one()


def _keep(work: Work, row: Fingerprint, made: _Made) -> None:
    row.sketch, row.problem, row.made_at = made.sketch, made.problem, now()
    work.session.add(row)
    work.session.flush()
    for model in (FingerprintBody, TextMark):
        work.session.execute(delete(model).where(model.fingerprint_id == row.id))
    if made.body:
        work.session.add(FingerprintBody(fingerprint_id=row.id, body=made.body))
    if made.marks:
        work.session.execute(insert(TextMark), [{"mark": mark, "fingerprint_id": row.id} for mark in made.marks])
    work.record(row, after={"kind": row.kind, "problem": row.problem})


def _read(sha256: str, as_what: Comparable) -> _Made:
    with storage().local_copy(sha256) as path:
        try:
            if as_what == "text":
                return _of_words(patient_reader().read_text(path).words)
            picture = patient_reader().fingerprint(path)
        except DerivativeError as failure:
            return _Made(problem=failure.problem.value)
    return _Made(body=picture.to_bytes(), sketch=picture.sketch)


def _of_words(words: str) -> _Made:
    return _Made(body=zlib.compress(words.encode()), marks=tuple(Letters(words).marks()))


def words_of(fingerprint_id: int) -> str:
    """The text of a fingerprint, its pages parted by form feeds; empty where there is none."""
    body = _body(fingerprint_id)
    return zlib.decompress(body).decode() if body else ""


def picture_of(fingerprint_id: int) -> PictureFingerprint | None:
    """The picture's whole fingerprint; None where there is none, or one of an earlier version of the program."""
    from contest_portal.media.likeness import PictureFingerprint

    body = _body(fingerprint_id)
    try:
        return PictureFingerprint.from_bytes(body) if body else None
    except ValueError:
        return None


def _body(fingerprint_id: int) -> bytes | None:
    return db.session.scalar(select(FingerprintBody.body).where(FingerprintBody.fingerprint_id == fingerprint_id))
