"""The backup that comes by itself each day, and what the office reads of how old the last one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from contest_portal.core.actor import console_actor
from contest_portal.core.backups.commands import storage_address
from contest_portal.core.backups.taking import note_refused, take_backup
from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.job_schedule import every_minute
from contest_portal.core.jobs import SLOW, CannotBeDone, job, report_progress
from contest_portal.core.kept_messages import kept
from contest_portal.core.models import Backup
from contest_portal.core.text import N_, Message
from contest_portal.settings import Settings

OLD_AFTER = timedelta(hours=48)
AGAIN_AFTER = timedelta(hours=1)
"""After a failure."""
GIVEN_UP_AFTER = timedelta(hours=6)
"""A backup that began so long ago and has not ended was killed."""


def is_due() -> bool:
    """Whether a backup of this day is wanted and neither made nor at work. One quick read."""
    return _is_wanted() and _latest_state() not in {"done", "running"}


@job("core.backup", N_("备份数据和文件"))
def backup_job(_payload: dict[str, Any]) -> None:
    """Once a day. One that was killed is begun anew when its job is: only one at a time holds the place."""
    if not _is_wanted() or _latest_state() == "done":
        return
    settings = _settings()
    try:
        also_at = storage_address(current_app) if settings.backup_to_storage else ""
        take_backup(console_actor("job"), settings.backup_folder, also_at=also_at, told=report_progress)
    except (Conflict, Invalid) as failure:  # a wrong key, a wrong folder: it is asked for again in an hour
        if is_due():
            note_refused(console_actor("job"), settings.backup_folder, failure.message)
        raise CannotBeDone(failure.message) from failure


every_minute("core.backup", when=is_due, lane=SLOW)


@dataclass(frozen=True)
class Age:
    """`at`: the last whole backup. `is_old`: longer ago than 48 hours, or never. `problem`: why the last attempt failed.
    `is_daily`: whether backups come by themselves."""

    at: datetime | None
    file_count: int
    missing_count: int
    is_old: bool
    problem: Message | None
    is_daily: bool


def backup_age() -> Age:
    """Of the last backup that is known here. One statement."""
    whole = select(Backup).where(Backup.state == "done").order_by(Backup.id.desc()).limit(1).subquery()
    last = select(Backup).order_by(Backup.id.desc()).limit(1).subquery()
    wanted = select(whole.c.begun_at, whole.c.file_count, whole.c.missing_count, last.c.state, last.c.problem)
    row = db.session.execute(wanted.select_from(last.outerjoin(whole, whole.c.id <= last.c.id))).first()
    is_daily = bool(_settings().backup_folder)
    if row is None:
        return Age(None, 0, 0, True, None, is_daily)
    problem = kept(row.problem) if row.state == "failed" and row.problem else None
    is_old = row.begun_at is None or now() - row.begun_at > OLD_AFTER
    return Age(row.begun_at, row.file_count or 0, row.missing_count or 0, is_old, problem, is_daily)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _is_wanted() -> bool:
    return bool(_settings().backup_folder) and local(now()).hour >= _settings().backup_hour


def _latest_state() -> str:
    """Of the last backup of this day: done, running, failed a short while ago (as running), or nothing."""
    hour = _settings().backup_hour
    begin = local(now()).replace(hour=hour, minute=0, second=0, microsecond=0)
    wanted = select(Backup).where(Backup.begun_at >= begin).order_by(Backup.id.desc()).limit(1)
    row = db.session.scalar(wanted)
    if row is None or (row.state == "running" and now() - row.begun_at > GIVEN_UP_AFTER):
        return ""
    if row.state == "failed":
        return "running" if now() - (row.ended_at or row.begun_at) < AGAIN_AFTER else ""
    return row.state
