"""Places of people's limits: taken at submission, given back at withdrawal.

A limit "one project a pupil" is a row that the database keeps unique, so that of two submissions at the same moment,
from whatever schools, exactly one wins. Called within a unit of work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.database import Work, on_breach
from contest_portal.core.errors import Conflict, FieldProblem, Invalid
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry, PersonClaim
from contest_portal.entries.queries.facts import claims_wanted, person_key

on_breach(
    "uq_person_claim_contest_id_limit_key_person_key_place",
    lambda: Conflict(
        "entries.person_limit", N_("有作者刚刚在另一件作品中提交，本届已达到申报限额。请刷新页面后查看。")
    ),
)


def take_claims(work: Work, entry: Entry, rules: CategoryRules) -> None:
    """Take a place under every limit for every author, and give back those of authors who are no longer named.

    Raises Invalid at the author for whom no place is left.
    """
    wanted = set(claims_wanted(entry, rules))
    work.session.flush()
    own = {
        (claim.limit_key, claim.person_key): claim.id
        for claim in work.session.scalars(select(PersonClaim).where(PersonClaim.entry_id == entry.id))
    }
    gone = [claim_id for key, claim_id in own.items() if key not in wanted]
    if gone:
        work.session.execute(delete(PersonClaim).where(PersonClaim.id.in_(gone)))
    missing = sorted(wanted - set(own))  # one order for all, so that two submissions never wait for one another
    # Somebody else may take the place between the look and the insertion: then look again.
    attempts = max((limit.count for limit in rules.limits), default=0) + 1
    for _attempt in range(attempts if missing else 0):
        rows = _placed(work, entry, rules, missing)
        try:
            with work.session.begin_nested():
                work.session.execute(insert(PersonClaim), rows)
        except IntegrityError:
            continue
        return
    if missing:
        raise Conflict("entries.person_limit", N_("同一时间有多件作品在提交同一名作者，请稍后再提交一次。"))


def take_claims_where_free(work: Work, entries: Sequence[tuple[Entry, CategoryRules]]) -> None:
    """Take the places of many entries of one contest, in their order. One that is over a person's limit takes none and gives
    none back: screening shows it, and the office decides."""
    if not entries:
        return
    work.session.flush()
    ids = [entry.id for entry, _rules in entries]
    own: defaultdict[int, dict[tuple[str, str], PersonClaim]] = defaultdict(dict)
    for claim in work.session.scalars(select(PersonClaim).where(PersonClaim.entry_id.in_(ids))):
        own[claim.entry_id][claim.limit_key, claim.person_key] = claim
    wanted = {entry.id: set(claims_wanted(entry, rules)) for entry, rules in entries}
    persons = {person for keys in wanted.values() for _limit, person in keys}
    persons |= {person for claims in own.values() for _limit, person in claims}
    taken = _taken(work, entries[0][0].contest_id, persons)
    rows: list[dict[str, int | str]] = []
    gone: list[int] = []
    for entry, rules in entries:
        left = {key: claim for key, claim in own[entry.id].items() if key not in wanted[entry.id]}
        for key, claim in left.items():
            taken[key].discard(claim.place)
        try:
            placed = _rows(entry, rules, sorted(wanted[entry.id] - set(own[entry.id])), taken)
        except Invalid:
            for key, claim in left.items():
                taken[key].add(claim.place)
            continue
        for row in placed:
            taken[str(row["limit_key"]), str(row["person_key"])].add(int(row["place"]))
        rows += placed
        gone += [claim.id for claim in left.values()]
    try:
        with work.session.begin_nested():
            if gone:
                work.session.execute(delete(PersonClaim).where(PersonClaim.id.in_(gone)))
            if rows:
                work.session.execute(insert(PersonClaim), rows)
    except IntegrityError:  # somebody submitted at the same moment
        for entry, rules in entries:
            with suppress(Invalid, Conflict), work.session.begin_nested():
                take_claims(work, entry, rules)


def release_claims(work: Work, entry: Entry) -> None:
    """Give all places of the entry back."""
    work.session.execute(delete(PersonClaim).where(PersonClaim.entry_id == entry.id))


def _placed(
    work: Work, entry: Entry, rules: CategoryRules, missing: list[tuple[str, str]]
) -> list[dict[str, int | str]]:
    """The rows to insert: for each (limit, person) the first place that nobody holds."""
    return _rows(entry, rules, missing, _taken(work, entry.contest_id, {person for _limit, person in missing}))


Taken = defaultdict[tuple[str, str], set[int]]
"""(limit, person) → the places that are held."""


def _taken(work: Work, contest_id: int, persons: Collection[str]) -> Taken:
    taken: Taken = defaultdict(set)
    for claim in work.session.execute(
        select(PersonClaim.limit_key, PersonClaim.person_key, PersonClaim.place).where(
            PersonClaim.contest_id == contest_id, PersonClaim.person_key.in_(persons)
        )
    ):
        taken[claim.limit_key, claim.person_key].add(claim.place)
    return taken


def _rows(
    entry: Entry, rules: CategoryRules, missing: list[tuple[str, str]], taken: Taken
) -> list[dict[str, int | str]]:
    """Raises Invalid at the persons for whom no place is left."""
    rows: list[dict[str, int | str]] = []
    problems = []
    for limit_key, person in missing:
        limit = next(one for one in rules.limits if one.key == limit_key)
        place = next((n for n in range(1, limit.count + 1) if n not in taken[limit_key, person]), None)
        if place is None:
            problems.append(_problem(entry, rules, limit_key, person))
            continue
        rows.append(
            {
                "contest_id": entry.contest_id,
                "entry_id": entry.id,
                "limit_key": limit_key,
                "person_key": person,
                "place": place,
            }
        )
    if problems:
        raise Invalid("entries.person_limit", problems[0].message, problems=problems)
    return rows


def _problem(entry: Entry, rules: CategoryRules, limit_key: str, person: str) -> FieldProblem:
    limit = next(one for one in rules.limits if one.key == limit_key)
    position, author = next((n, one) for n, one in enumerate(entry.authors, start=1) if person_key(one) == person)
    who = author.student or author.teacher
    assert who is not None
    message = Message.of(
        N_("%(name)s（%(school)s）本届已有 %(limit)s 项%(label)s提交，每人限 %(limit)s 项，本作品不能再提交"),
        name=who.name,
        school=who.school.name,
        label=limit.label,
        limit=limit.count,
    )
    return FieldProblem(f"authors-{position}", message)
