"""A photo of the group: looked at by the sandbox, reduced, stored sealed. Children are on it: only the office sees it."""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import select

from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.job_schedule import every_day
from contest_portal.core.jobs import job
from contest_portal.core.sealed_files import keep_sealed
from contest_portal.core.text import N_, Message
from contest_portal.core.virus_scan import refuse_virus
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.attendance.services.check_ins import standing_check_in
from contest_portal.media.facts import Kind, problem_message
from contest_portal.media.probing import DerivativeError, media_reader
from contest_portal.media.services.receiving import clean_name

KINDS = (Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC)
ACCEPT = "image/jpeg,image/png,image/webp,image/heic"
MOST_BYTES = 20 << 20
FIELD = "photo"


def keep_photo(actor: Actor, check_in_id: int, name: str, content: bytes) -> CheckIn:
    """Keep the group's photo, reduced to a screen's size and without the camera's marks (place, time, device).

    Raises Invalid for what is no picture. One photo a party: a new one takes the place of the old.
    """
    kept = keep_sealed(_reduced(clean_name(name), content))
    with unit_of_work(actor, "events.keep_photo") as work:
        row = standing_check_in(check_in_id)
        row.photo_file_sha256 = kept
        work.record(row, after={"photo": True})
    return row


def remove_photo(actor: Actor, check_in_id: int) -> CheckIn:
    """Take the photo away; its content is swept with what nothing refers to."""
    with unit_of_work(actor, "events.remove_photo") as work:
        row = locked(CheckIn, check_in_id)
        if row.photo_file_sha256 is not None:
            row.photo_file_sha256 = None
            work.record(row, before={"photo": True})
    return row


@job("events.remove_old_photos", N_("删除到期的合影"))
def remove_old_photos(_payload: dict[str, Any]) -> None:
    """Take away photos of groups that came longer ago than the setting says; each in a transaction of its own."""
    before = now() - timedelta(days=current_app.config["SETTINGS"].group_photo_days)
    old = select(CheckIn.id).where(CheckIn.photo_file_sha256.is_not(None), CheckIn.arrived_at < before)
    ids = db.session.scalars(old.order_by(CheckIn.id)).all()
    db.session.rollback()  # no reading transaction stands behind while the rows are written
    for check_in_id in ids:
        remove_photo(console_actor("job"), check_in_id)


every_day("events.remove_old_photos", hour=3)


def read_photo(name: str, stream: IO[bytes]) -> bytes:
    """What came with a form. Raises Invalid for a file that is too large, before it is taken into memory."""
    size_bytes = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    _require_size(clean_name(name), size_bytes)
    return stream.read()


def _require_size(name: str, size_bytes: int) -> None:
    if size_bytes > MOST_BYTES:
        words = N_("「%(name)s」有 %(size)s MB，超过 %(most)s MB 的上限，请换一张小一些的照片。")
        size = f"{size_bytes / (1 << 20):.1f}"
        raise Invalid("events.photo", Message.of(words, name=name, size=size, most=MOST_BYTES >> 20), field=FIELD)


def _reduced(name: str, content: bytes) -> bytes:
    _require_size(name, len(content))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "photo", Path(folder) / "reduced.jpg"
        source.write_bytes(content)
        refuse_virus(source, name)
        facts = media_reader().probe(source, name, KINDS)
        if facts.kind not in KINDS and facts.kind is not Kind.EMPTY:
            raise Invalid("events.photo", Message.of(N_("「%(name)s」不是照片，请重新选择。"), name=name), field=FIELD)
        if (problem := problem_message(facts)) is not None:
            words = N_("「%(name)s」：%(problem)s")
            raise Invalid("events.photo", Message.of(words, name=name, problem=problem), field=FIELD)
        try:
            media_reader().make("screen", source, target)
        except DerivativeError as error:
            message = Message.of(N_("「%(name)s」打不开，请换一张照片。"), name=name)
            raise Invalid("events.photo", message, field=FIELD) from error
        return target.read_bytes()
