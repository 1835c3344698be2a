"""What the year brought from outside: awards of upper contests, schools' honours."""

from __future__ import annotations

import unicodedata

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.people.models import Office, School
from contest_portal.results.evidence import GivenFile, KeptFile, keep_files, require_good
from contest_portal.results.records.models import ExternalResult, Honour


def add_external_result(
    actor: Actor,
    office_id: int,
    year: int,
    contest_name: str,
    award: str,
    count: int,
    note: str = "",
    *,
    level: str = "",
    entry_number: str = "",
    work_title: str = "",
    file: GivenFile | None = None,
    is_another: bool = False,
) -> ExternalResult:
    """Record that an upper contest gave `count` of an award to this office's entries: to one of them, by its number, or to
    works in words. `file`: the paper that says so.

    `is_another`: the same award of the same work is on record and this is one more. Raises Invalid for a number that no entry
    of the office has, for several awards of one entry, for a wrong file, for an award that is on record already.
    """
    kept = _kept(file)
    with unit_of_work(actor, "results.add_external_result") as work:
        office = locked(Office, office_id)
        row = ExternalResult(
            office_id=office.id,
            year=year,
            contest_name=contest_name,
            award=award,
            count=count,
            note=note,
            recorded_at=now(),
            level=level,
            entry_id=_entry_id(work, office_id, entry_number.strip(), count),
            work_title=work_title.strip(),
            file_sha256=kept.sha256 if kept else None,
            file_name=kept.name if kept else "",
        )
        if not is_another and _is_known(work, row):
            words = N_("这件作品的这个奖项已经登记过，没有重复登记。确实另有一项的，请勾选后再登记。")
            raise Invalid("results.recorded", words, field="is_another")
        work.session.add(row)
        work.record(
            row,
            after={"year": year, "contest": contest_name, "award": award, "count": count, "entry": entry_number},
        )
    return row


def _is_known(work: Work, row: ExternalResult) -> bool:
    """Whether the same award of the same work, named by number or in words, is on record in that year."""
    if row.entry_id is None and not row.work_title:
        return False
    known = select(ExternalResult.id).where(
        ExternalResult.office_id == row.office_id,
        ExternalResult.year == row.year,
        ExternalResult.contest_name == row.contest_name,
        ExternalResult.award == row.award,
        ExternalResult.entry_id.is_(None) if row.entry_id is None else ExternalResult.entry_id == row.entry_id,
        ExternalResult.work_title == row.work_title,
    )
    return work.session.scalar(known.limit(1)) is not None


def remove_external_result(actor: Actor, result_id: int) -> None:
    """Take a wrong record back."""
    with unit_of_work(actor, "results.remove_external_result") as work:
        row = locked(ExternalResult, result_id)
        work.record(row, before={"contest": row.contest_name, "award": row.award, "count": row.count})
        work.session.delete(row)


def add_honour(
    actor: Actor,
    office_id: int,
    year: int,
    school_id: int,
    honour: str,
    given_by: str,
    *,
    file: GivenFile | None = None,
) -> Honour:
    """Record a school's honour of the year. `file`: the paper that says so. Raises Invalid for a wrong file."""
    kept = _kept(file)
    with unit_of_work(actor, "results.add_honour") as work:
        school = locked(School, school_id)
        if school.office_id != office_id:
            raise NotFound
        row = Honour(
            office_id=office_id,
            year=year,
            school_id=school_id,
            honour=honour,
            given_by=given_by,
            recorded_at=now(),
            file_sha256=kept.sha256 if kept else None,
            file_name=kept.name if kept else "",
        )
        work.session.add(row)
        work.record(row, after={"year": year, "school_id": school_id, "honour": honour, "by": given_by})
    return row


def remove_honour(actor: Actor, honour_id: int) -> None:
    """Take a wrong record back."""
    with unit_of_work(actor, "results.remove_honour") as work:
        row = locked(Honour, honour_id)
        work.record(row, before={"school_id": row.school_id, "honour": row.honour})
        work.session.delete(row)


def _kept(file: GivenFile | None) -> KeptFile | None:
    if file is None:
        return None
    require_good([file])
    return keep_files([file])[0]


def _entry_id(work: Work, office_id: int, number: str, count: int) -> int | None:
    if not number:
        return None
    if count != 1:
        words = N_("写了作品编号的，数量应是 1；几件作品获奖的，请一件一件登记。")
        raise Invalid("results.external_count", words, field="count")
    found: int | None = work.session.scalar(
        select(Entry.id)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Contest.office_id == office_id, func.upper(Entry.number) == _as_numbered(number))
        .order_by(Entry.id.desc())
    )
    if found is None:
        words = N_("没有编号为「%(number)s」的作品，请核对编号；不是本系统里的作品，请只写作品名称。")
        raise Invalid("results.external_entry", Message.of(words, number=number), field="entry_number")
    return found


def _as_numbered(typed: str) -> str:
    """The number in capitals and half width, without spaces: a keyboard's ways are no other number."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()
