"""The extra time of uploads that the deadline overtakes.

A file of which a fair share was there when the entry's time ended, and which has come in without a long pause since,
may still arrive for some minutes; then the entry may be submitted for some minutes more. Nothing else about the entry
may be changed. The share keeps away what was only announced in time and made afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import current_app

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import TooLate
from contest_portal.core.i18n import second, size
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.timing import require_editable, timing_of, too_late
from contest_portal.entries.queries.uploads import Coming, is_moving
from contest_portal.media.upload_targets import UploadView
from contest_portal.settings import Settings


def last_moment(entry: Entry) -> datetime | None:
    """The last moment at which the entry may be changed, the silent grace included; None: not fixed."""
    ends_at = timing_of(entry).ends_at
    return None if ends_at is None else ends_at + timedelta(seconds=entry.contest.grace_seconds + 1)


def is_over(entry: Entry) -> bool:
    """Whether the entry's time is over, the silent grace too."""
    end = last_moment(entry)
    return end is not None and now() > end


def arrives_until(entry: Entry) -> datetime | None:
    """Until when a file may arrive that was under way at the entry's end."""
    end = last_moment(entry)
    return None if end is None else end + timedelta(minutes=_settings().upload_extra_minutes)


def submits_until(entry: Entry) -> datetime | None:
    """Until when the entry may be submitted after such a file has been taken in now: however long its check waited, the
    minutes count from here."""
    return None if last_moment(entry) is None else now() + timedelta(minutes=_settings().upload_submit_minutes)


def require_in_time(entry: Entry, upload: UploadView) -> None:
    """Raise Conflict or TooLate, saying why, where a file that has arrived comes too late for the entry."""
    require_editable(entry)
    end, latest = last_moment(entry), arrives_until(entry)
    if end is None or latest is None or upload.finished_at <= end:
        return
    if upload.begun_at > end:
        raise too_late(timing_of(entry))
    if upload.steady_since is not None and upload.steady_since > end:
        raise TooLate(
            "entries.upload_paused",
            Message.of(
                N_("已于 %(end)s 截止。截止前开始的上传可以传完，但中途停了 %(minutes)s 分钟以上的不算，没有收下。"),
                end=second(timing_of(entry).ends_at),
                minutes=_settings().upload_gap_minutes,
            ),
        )
    if not _has_share(upload):
        raise _hardly_begun(entry, upload)
    if upload.finished_at > latest:
        raise TooLate(
            "entries.upload_too_late",
            Message.of(
                N_("截止前开始的上传最晚到 %(latest)s 传完，这个文件到 %(at)s 才传完，没有收下。"),
                latest=second(latest),
                at=second(upload.finished_at),
            ),
        )


def ends_at(entry_id: int) -> datetime | None:
    """The last moment of that entry; None: not fixed, or there is no such entry any more."""
    entry = db.session.get(Entry, entry_id)
    return None if entry is None else last_moment(entry)


def _has_share(upload: UploadView | Coming) -> bool:
    return upload.bytes_in_time * 100 >= upload.size_bytes * _settings().upload_extra_percent


def _hardly_begun(entry: Entry, upload: UploadView) -> TooLate:
    source = N_(
        "已于 %(end)s 截止。截止时「%(name)s」只传到 %(had)s / %(size)s，不到 %(least)s%%，不能在截止后接着传，没有收下。"
    )
    message = Message.of(
        source,
        end=second(timing_of(entry).ends_at),
        name=upload.name,
        had=size(upload.bytes_in_time),
        size=size(upload.size_bytes),
        least=_settings().upload_extra_percent,
    )
    return TooLate("entries.upload_hardly_begun", message)


def may_still_arrive(entry: Entry, coming: Iterable[Coming]) -> list[Coming]:
    """Of the files on their way those that count though the entry's time is over; none before it is."""
    end, latest = last_moment(entry), arrives_until(entry)
    if end is None or latest is None or now() <= end:
        return []
    return [
        one
        for one in coming
        if one.begun_at <= end
        and (one.steady_since is None or one.steady_since <= end)
        and _has_share(one)
        and (one.is_whole or now() <= latest)
        and is_moving(one)
    ]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
