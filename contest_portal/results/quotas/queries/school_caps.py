"""What of a category's quota table concerns one school: how many of its works may be recommended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.entries.school_notes import provide_school_notes
from contest_portal.people.models import School
from contest_portal.results.quotas.allocation import QuotaTable, RowKind, read_table, school_cap
from contest_portal.results.quotas.models import CategoryQuotas


@provide_school_notes
def caps_of_school(school_id: int, contests: Sequence[Contest]) -> Mapping[int, Sequence[Message]]:
    """Contest → a sentence for each category in which the table limits this school's works, in one statement."""
    categories = [category for contest in contests for category in contest.categories]
    school_class = select(School.school_class).where(School.id == school_id).scalar_subquery()
    rows = db.session.execute(
        select(CategoryQuotas.category_id, CategoryQuotas.document, school_class).where(
            CategoryQuotas.category_id.in_([category.id for category in categories])
        )
    )
    limits = {category_id: (read_table(document), own_class) for category_id, document, own_class in rows}
    found: dict[int, list[Message]] = {}
    for category in categories:
        if category.id not in limits:
            continue
        table, own_class = limits[category.id]
        note = _note(table, school_id, own_class, category.name)
        if note is not None:
            found.setdefault(category.contest_id, []).append(note)
    return found


def _note(table: QuotaTable, school_id: int, school_class: str | None, name: str) -> Message | None:
    row, most = school_cap(table, school_id, school_class)
    if row is None:
        return None
    reasons = _reasons(table, school_id)
    if most is None:
        return Message.of(N_("%(category)s：推荐时本校的件数不限%(reasons)s。"), category=name, reasons=reasons)
    words = N_("%(category)s：推荐时每校有上限，本校最多 %(most)s 件%(reasons)s。")
    return Message.of(words, category=name, most=most, reasons=reasons)


def _reasons(table: QuotaTable, school_id: int) -> str:
    """Why the school has a number of its own, of the rows that name it: （承办科技节）."""
    reasons = [
        row.why.strip()
        for row in table.rows
        if row.school_id == school_id and row.kind in {RowKind.SCHOOL, RowKind.BONUS} and row.why.strip()
    ]
    return f"（{'；'.join(reasons)}）" if reasons else ""
