"""What the year brought from outside: awards of upper contests, schools' honours."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import NotFound
from contest_portal.people.models import Office, School
from contest_portal.results.models import ExternalResult, Honour


def add_external_result(
    actor: Actor, office_id: int, year: int, contest_name: str, award: str, count: int, note: str = ""
) -> ExternalResult:
    """Record that an upper contest gave `count` of an award to this office's entries."""
    with unit_of_work(actor, "results.add_external_result") as work:
        row = ExternalResult(
            office_id=locked(Office, office_id).id,
            year=year,
            contest_name=contest_name,
            award=award,
            count=count,
            note=note,
            recorded_at=now(),
        )
        work.session.add(row)
        work.record(row, after={"year": year, "contest": contest_name, "award": award, "count": count})
    return row


def remove_external_result(actor: Actor, result_id: int) -> None:
    """Take a wrong record back."""
    with unit_of_work(actor, "results.remove_external_result") as work:
        row = locked(ExternalResult, result_id)
        work.record(row, before={"contest": row.contest_name, "award": row.award, "count": row.count})
        work.session.delete(row)


def add_honour(actor: Actor, office_id: int, year: int, school_id: int, honour: str, given_by: str) -> Honour:
    """Record a school's honour of the year."""
    with unit_of_work(actor, "results.add_honour") as work:
        school = locked(School, school_id)
        if school.office_id != office_id:
            raise NotFound
        row = Honour(
            office_id=office_id, year=year, school_id=school_id, honour=honour, given_by=given_by, recorded_at=now()
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
