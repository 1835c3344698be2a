"""A previewed workbook of the year's awards from above and honours becomes records: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_
from contest_portal.entries.models import Entry
from contest_portal.people.models import Office, School
from contest_portal.results.records.models import ExternalResult, Honour
from contest_portal.results.records.queries.year import recorded
from contest_portal.results.records.table import AwardRecord, HonourRecord


def import_records(
    actor: Actor, office_id: int, year: int, awards: Sequence[AwardRecord], honours: Sequence[HonourRecord]
) -> int:
    """Record what the preview showed; what is recorded already stays as it is. Returns how many are new.

    Of two who import the same at once the second adds nothing. Raises Conflict where a school or an entry is no longer
    the office's.
    """
    with unit_of_work(actor, "results.import_year_records") as work:
        office = locked(Office, office_id)
        _require_own(work, office_id, awards, honours)
        known_awards, known_honours = recorded(office_id, year)
        new_awards = [one for one in awards if one.key not in known_awards]
        new_honours = [one for one in honours if one.key not in known_honours]
        own = {"office_id": office_id, "year": year, "recorded_at": now()}
        for award in new_awards:
            work.session.add(
                ExternalResult(
                    **own,
                    contest_name=award.contest_name,
                    award=award.award,
                    count=award.count,
                    note=award.note,
                    level=award.level,
                    entry_id=award.entry_id,
                    work_title=award.work_title,
                )
            )
        for honour in new_honours:
            work.session.add(Honour(**own, school_id=honour.school_id, honour=honour.honour, given_by=honour.given_by))
        work.record(office, after={"year": year, "awards": len(new_awards), "honours": len(new_honours)})
    return len(new_awards) + len(new_honours)


def _require_own(work: Work, office_id: int, awards: Sequence[AwardRecord], honours: Sequence[HonourRecord]) -> None:
    entries = {one.entry_id for one in awards if one.entry_id is not None}
    schools = {one.school_id for one in honours}
    own_entries = work.session.scalar(
        select(func.count(Entry.id))
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Contest.office_id == office_id, Entry.id.in_(entries))
    )
    own_schools = work.session.scalar(
        select(func.count(School.id)).where(
            School.office_id == office_id, School.state == "approved", School.id.in_(schools)
        )
    )
    if own_entries != len(entries) or own_schools != len(schools):
        raise Conflict("results.preview_old", N_("这份预览已失效，请重新上传表格。"))
