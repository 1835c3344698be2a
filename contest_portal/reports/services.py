"""The verbs of reports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Office, School
from contest_portal.reports import parts
from contest_portal.reports.models import SummaryNote, SummaryNumber, SummaryText
from contest_portal.reports.parts import Own, Part


def name_schools(actor: Actor, office_id: int, year: int, school_ids: Sequence[int]) -> SummaryNote:
    """Choose the schools that the year's summary names, in this order. Raises Invalid for another office's school."""
    with unit_of_work(actor, "reports.name_schools") as work:
        locked(Office, office_id)
        known = set(
            work.session.scalars(select(School.id).where(School.office_id == office_id, School.id.in_(school_ids)))
        )
        if known != set(school_ids):
            raise Invalid("reports.unknown_school", N_("所选学校不属于本单位，请重新选择。"), field="schools")
        row = work.session.scalar(
            select(SummaryNote).where(SummaryNote.office_id == office_id, SummaryNote.year == year)
        )
        before = list(row.school_ids) if row else []
        if row is None:
            row = SummaryNote(office_id=office_id, year=year)
            work.session.add(row)
        row.school_ids, row.updated_at = list(dict.fromkeys(school_ids)), now()
        work.record(row, before={"school_ids": before}, after={"school_ids": row.school_ids})
    return row


def write_part(actor: Actor, office_id: int, year: int, part: Part, own: Own, seen_version: int) -> SummaryText:
    """Keep what the office says in one part instead of the program: its text, its own numbers with their reasons.

    A text like the program's own is not kept, so that it follows the records again. Raises Invalid for a field without a
    number, a number without a reason or that the part does not have; Stale where somebody wrote meanwhile.
    """
    text = None if own.text is None or own.text.strip() in ("", part.text.strip()) else own.text.strip()
    _check(part, text, own)
    computed = {number.key: number.value for number in part.numbers}
    own = Own(own.text, {key: (parts.with_unit(said, computed[key]), why) for key, (said, why) in own.numbers.items()})
    with unit_of_work(actor, "reports.write_part") as work:
        locked(Office, office_id)
        same = (SummaryText.office_id == office_id, SummaryText.year == year, SummaryText.part == part.code)
        row = work.session.scalar(select(SummaryText).where(*same))
        if (row.version if row else 0) != seen_version:
            raise Stale
        if row is None:
            row = SummaryText(office_id=office_id, year=year, part=part.code, version=0)
            work.session.add(row)
        before: dict[str, object] = {"text": row.text}
        row.text, row.version, row.updated_by, row.updated_at = text, row.version + 1, actor.account_id, now()
        before["numbers"] = _keep_numbers(work, office_id, year, part, own)
        after = {"text": text, "numbers": {key: list(said) for key, said in own.numbers.items()}}
        work.record(row, before=before, after=after)
    return row


def _check(part: Part, text: str | None, own: Own) -> None:
    problems = []
    if text is not None and (message := parts.field_problem(part, text)):
        problems.append(FieldProblem("text", message))
    computed = {number.key: number.value for number in part.numbers}
    for key, (value, why) in own.numbers.items():
        named = {"number": key}
        if key not in computed:
            problems.append(FieldProblem("", Message(N_("这一部分已没有「%(number)s」这个数字。"), named)))
        elif len(value) > parts.LONGEST_NUMBER:
            most = {**named, "most": parts.LONGEST_NUMBER}
            problems.append(FieldProblem("", Message(N_("「%(number)s」改写后最多 %(most)s 字。"), most)))
        elif not why.strip():
            problems.append(FieldProblem("", Message(N_("请写明为什么改「%(number)s」，例如以何文件为准。"), named)))
    if problems:
        raise Invalid("reports.part", problems[0].message, problems=problems)


def _keep_numbers(work: Work, office_id: int, year: int, part: Part, own: Own) -> dict[str, list[str]]:
    """Put the office's numbers of the part in the place of those that stood there; gives these."""
    keys = [number.key for number in part.numbers]
    rows = work.session.scalars(
        select(SummaryNumber).where(
            SummaryNumber.office_id == office_id, SummaryNumber.year == year, SummaryNumber.key.in_(keys)
        )
    ).all()
    standing = {row.key: row for row in rows}
    before = {key: [row.value, row.why] for key, row in standing.items()}
    for key, row in standing.items():
        if key not in own.numbers:
            work.session.delete(row)
    for key, (value, why) in own.numbers.items():
        row = standing.get(key) or SummaryNumber(office_id=office_id, year=year, key=key)
        if before.get(key) != [value, why]:
            row.value, row.why, row.set_by, row.set_at = value, why, work.actor.account_id, now()
        work.session.add(row)
    return before
