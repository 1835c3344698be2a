"""Names of files that were uploaded: they may hold a pupil's name, and nobody asks for them a year later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, update

from contest_portal.core.database import Work
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Upload
from contest_portal.people.privacy.name_in_texts import SHORTEST_NAME
from contest_portal.people.privacy.registry import Person, eraser
from contest_portal.people.privacy.rules import Rule, add_rule


@eraser
def erase_from_uploads(work: Work, person: Person) -> Mapping[str, int]:
    """The name of an upload that is over and has the person's name in it goes. Of whom it was, nothing says."""
    if len(person.name) < SHORTEST_NAME:
        return {}
    over = (Upload.finished_at.is_not(None), Upload.file_name.contains(person.name, autoescape=True))
    return {"upload": _empty(work, *over)}


def _old_uploads(before: datetime, _office_id: int | None) -> ColumnElement[bool]:
    return and_(Upload.finished_at < before, Upload.file_name != "")


def _empty(work: Work, *conditions: ColumnElement[bool]) -> int:
    change = update(Upload).where(*conditions).values(file_name="")
    result: Any = work.session.execute(change.execution_options(synchronize_session=False))
    return int(result.rowcount)


def _empty_ids(work: Work, ids: Sequence[int]) -> None:
    _empty(work, Upload.id.in_(ids))


add_rule(
    Rule(
        "upload_names",
        Message(N_("上传记录中的文件名（自上传结束起）")),
        Message(N_("文件本身和作品中的文件名")),
        365,
        30,
        Upload.id,
        _old_uploads,
        _empty_ids,
        is_of_site=True,
    )
)
