"""An upload begins: refused early, before its first byte, where it could not end well."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import current_app
from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import sizes_apart
from contest_portal.core.staging import staging
from contest_portal.core.storage import StorageFull
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Upload
from contest_portal.media.queries import unfinished_bytes
from contest_portal.media.services.receiving import clean_name
from contest_portal.media.services.uploads import TooLarge, end_receiving
from contest_portal.media.upload_targets import Announced, Target, target_named
from contest_portal.people.models import Account


class TooMany(DomainError):
    """The account has as many unfinished uploads as it may."""

    status = 429


def begin_upload(actor: Actor, target_name: str, place: Mapping[str, str], announced: Announced) -> Upload:
    """Begin an upload to a target. Raises what the target refuses with, TooLarge, TooMany, StorageFull."""
    target = target_named(target_name)
    most = current_app.config["SETTINGS"].largest_upload_mb << 20
    if announced.size_bytes > most:
        measured, limit = sizes_apart(announced.size_bytes, most)
        raise TooLarge(
            "media.upload_too_large",
            Message.of(
                N_("文件 %(size)s，超过了网站允许的最大 %(most)s。请压缩后再上传。"),
                size=measured,
                most=limit,
            ),
        )
    target.begin(actor, place, announced)
    free = _free_bytes()
    _require_space(announced.size_bytes, free)
    row = _recorded(actor, target_name, target, place, announced, free)
    staging().create(row.token, row.size_bytes)
    return end_receiving(actor, row) if row.size_bytes == 0 else row


def _recorded(
    actor: Actor, target_name: str, target: Target, place: Mapping[str, str], announced: Announced, free: int
) -> Upload:
    moment = now()
    with unit_of_work(actor, "media.begin_upload") as work:
        target.begin(actor, place, announced)  # once more under its locks: of two at once one may have taken the room
        _require_few_open(work, actor)
        _require_space(announced.size_bytes, free)
        row = Upload(
            token=secrets.token_urlsafe(32),
            account_id=actor.account_id,
            membership_id=actor.membership.id if actor.membership else None,
            target=target_name,
            subject=place.get(target.key, "")[:80],
            place=dict(place),
            file_name=clean_name(announced.name),
            size_bytes=announced.size_bytes,
            announced_sha256=announced.sha256,
            begun_at=moment,
            last_progress_at=moment,
        )
        work.session.add(row)
        work.record(row, after={"target": target_name, "place": dict(place), "size_bytes": announced.size_bytes})
    return row


def require_room(size_bytes: int) -> None:
    """Raise StorageFull where a file that comes with a form would take what the disk keeps free, as for uploads."""
    _require_space(size_bytes, _free_bytes())


def _free_bytes() -> int:
    """The room here, or where files are stored if that is another disk with less."""
    staged, stored = staging().folder, current_app.config["SETTINGS"].files_folder
    free = staging().free_bytes()
    if stored.is_dir() and stored.stat().st_dev != staged.stat().st_dev:
        free = min(free, staging().free_bytes(stored))
    return free


def _require_space(size_bytes: int, free: int) -> None:
    """Refuse early what would not find room beside what is still on its way."""
    if size_bytes + unfinished_bytes() > free:
        raise StorageFull


def _require_few_open(work: Work, actor: Actor) -> None:
    most = current_app.config["SETTINGS"].most_open_uploads
    # Of two at once the second counts after the first.
    work.session.execute(select(Account.id).where(Account.id == actor.account_id).with_for_update(key_share=True))
    count = work.session.scalar(
        select(func.count(Upload.id)).where(Upload.account_id == actor.account_id, Upload.state == "receiving")
    )
    if (count or 0) >= most:
        raise TooMany(
            "media.too_many_uploads",
            Message.of(N_("您有 %(count)s 个文件还没有传完，请先传完或取消一些，再上传新的文件。"), count=count),
        )
