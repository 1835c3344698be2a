"""What a category's entries use of its rules, so that no change of the rules breaks them.

Registered with `contests.usage`; the fields are described at `contests.rule_usage.CategoryUsage`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.models import Category
from contest_portal.contests.rule_usage import CategoryUsage, SlotUsage
from contest_portal.contests.rules import CategoryRules, SlotRules
from contest_portal.contests.usage import provide_counts, provide_usage
from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.entries import content_owners, job_subjects, personal_data
from contest_portal.entries.checks import full_years
from contest_portal.entries.models import Author, Entry, EntryFile, PersonClaim
from contest_portal.entries.services import withdrawn_consents
from contest_portal.entries.states import LIVING
from contest_portal.media.facts import FileFacts

# Limits of a slot by the fact of a file that they bound.
_SIZES: Mapping[str, Callable[[FileFacts], float | None]] = {
    "max_bytes": lambda facts: facts.size_bytes,
    "max_pixels": lambda facts: facts.width * facts.height if facts.width and facts.height else None,
    "max_seconds": lambda facts: facts.duration_seconds,
    "max_pages": lambda facts: facts.pages,
    "min_long_side_px": lambda facts: max(facts.width, facts.height) if facts.width and facts.height else None,
    "min_seconds": lambda facts: facts.duration_seconds,
    "min_width_px": lambda facts: facts.width,
    "min_height_px": lambda facts: facts.height,
}

_ = (
    withdrawn_consents,
    job_subjects,
    content_owners,
    personal_data,
)  # they say what jobs and content are about, what is held


@provide_counts
def entries_by_category(contest_id: int) -> dict[int, int]:
    """How many living entries each category of the contest has, in one statement."""
    rows = db.session.execute(
        select(Entry.category_id, func.count(Entry.id))
        .where(Entry.contest_id == contest_id, Entry.state.in_(LIVING))
        .group_by(Entry.category_id)
    )
    return {category_id: count for category_id, count in rows}  # noqa: C416 - rows are no pairs to the type checker


@provide_usage
def usage_by_entries(category_id: int) -> CategoryUsage:
    """The category's usage by its entries, read in a constant number of statements."""
    category = db.session.get_one(Category, category_id)
    rules = category.rules
    entries = _living(category_id)
    sent = [entry for entry in entries if entry.submission_count]
    largest, smallest = _extremes(_measures(category, rules, sent))
    days = [entry.completed_on for entry in sent if entry.completed_on]
    return CategoryUsage(
        entries=len(entries),
        submitted=len(sent),
        numbered=_numbered(category_id),
        slots={slot.code: _slot_usage(slot, entries, sent) for slot in rules.slots},
        answers=Counter(code for entry in entries for code, value in entry.answers.items() if _given(value)),
        unanswered={
            field.code: sum(not _given(entry.answers.get(field.code)) for entry in sent) for field in rules.fields
        },
        choices=_choices(rules, entries),
        stages=Counter(entry.stage_code for entry in entries if entry.stage_code),
        disciplines=Counter(entry.discipline for entry in entries if entry.discipline),
        completed=(min(days), max(days)) if days and len(days) == len(sent) else None,
        largest=largest,
        smallest=smallest,
    )


def _living(category_id: int) -> list[Entry]:
    return list(
        db.session.scalars(
            select(Entry)
            .where(Entry.category_id == category_id, Entry.state.in_(LIVING))
            .options(
                selectinload(Entry.authors).options(joinedload(Author.student), joinedload(Author.teacher)),
                selectinload(Entry.tutors),
                selectinload(Entry.files).joinedload(EntryFile.blob),
            )
            .order_by(Entry.id)
        )
    )


def _numbered(category_id: int) -> int:
    counted = select(func.count(Entry.id)).where(Entry.category_id == category_id, Entry.number.is_not(None))
    return db.session.scalar(counted) or 0


def _given(value: Any) -> bool:
    return value not in (None, "", [])


def _choices(rules: CategoryRules, entries: list[Entry]) -> dict[str, Mapping[str, int]]:
    return {
        field.code: Counter(
            str(entry.answers[field.code]) for entry in entries if _given(entry.answers.get(field.code))
        )
        for field in rules.fields
        if field.kind == "choice"
    }


def _slot_usage(slot: SlotRules, entries: list[Entry], sent: list[Entry]) -> SlotUsage:
    def own(entry: Entry) -> list[FileFacts]:
        return [FileFacts.from_json(one.blob.facts) for one in entry.files if one.slot_code == slot.code]

    with_files = [files for entry in entries if (files := own(entry))]
    sent_files = [own(entry) for entry in sent]
    measured: list[tuple[str, float | None]] = [("max_files", len(files)) for files in sent_files]
    measured += [(name, measure(one)) for files in sent_files for one in files for name, measure in _SIZES.items()]
    largest, smallest = _extremes(measured)
    return SlotUsage(
        entries=len(with_files),
        submitted_without=sum(not files for files in sent_files),
        kinds=Counter(kind for files in with_files for kind in {one.kind.value for one in files}),
        largest=largest,
        smallest=smallest,
    )


def _measures(category: Category, rules: CategoryRules, sent: list[Entry]) -> Iterable[tuple[str, float | None]]:
    """(name, value) of everything that a limit of the category bounds."""
    age_day = _age_day(category, rules)
    schools: Counter[int] = Counter()
    for entry in sent:
        schools[entry.school_id] += 1
        yield "title_length", len(entry.title)
        yield "summary_length", len(entry.summary)
        yield "group_name_length", len(entry.group_name)
        yield "authors", len(entry.authors)
        yield "tutors", len(entry.tutors)
        for author in entry.authors:
            person = author.student or author.teacher
            yield "age_years", full_years(person.birth_on, age_day) if person and person.birth_on and age_day else None
        for field in rules.fields:
            value = entry.answers.get(field.code)
            if field.kind in {"text", "longtext"}:
                yield f"answer_length:{field.code}", len(value or "")
            elif field.kind == "number" and _given(value):
                yield f"answer:{field.code}", float(value or 0)
    for count in schools.values():
        yield "entries_of_school", count
    for key, count in _most_claims(category.contest_id).items():
        yield f"limit:{key}", count


def _age_day(category: Category, rules: CategoryRules) -> date | None:
    closes = category.contest.submission_closes_at
    return (rules.age and rules.age.on) or (local(closes).date() if closes else None)


def _most_claims(contest_id: int) -> dict[str, int]:
    """The most places that one person has taken under each limit of the contest."""
    rows = db.session.execute(
        select(PersonClaim.limit_key, func.max(PersonClaim.place))
        .where(PersonClaim.contest_id == contest_id)
        .group_by(PersonClaim.limit_key)
    )
    return {key: place for key, place in rows}  # noqa: C416 - rows are no pairs to the type checker


def _extremes(measured: Iterable[tuple[str, float | None]]) -> tuple[dict[str, float], dict[str, float]]:
    """(largest, smallest) by name; a name with an unknown value has no extremes."""
    values: dict[str, list[float | None]] = defaultdict(list)
    for name, value in measured:
        values[name].append(value)
    known = {name: [one for one in all_ if one is not None] for name, all_ in values.items() if None not in all_}
    return {name: max(all_) for name, all_ in known.items()}, {name: min(all_) for name, all_ in known.items()}
