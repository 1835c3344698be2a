"""Reads for rankings: the scores they follow from, and a frozen one with the names that the office sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, subqueryload

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Author, Entry
from contest_portal.judging.models import Assignment, Judge, Ranking, Round, ScoreSheet
from contest_portal.judging.standings import Line, Score, Work


def ranking(ranking_id: int) -> Ranking:
    """The frozen ranking with its round and category. Raises NotFound."""
    row = db.session.scalar(
        select(Ranking)
        .where(Ranking.id == ranking_id)
        .options(joinedload(Ranking.round).joinedload(Round.contest), joinedload(Ranking.category))
    )
    if row is None:
        raise NotFound
    return row


def scores_by_category(round_id: int) -> dict[int, list[Score]]:
    """Category → the sheets that count, of works that are still accepted; one statement."""
    rows = db.session.execute(
        select(Entry.category_id, Assignment.entry_id, Assignment.judge_id, ScoreSheet.total, ScoreSheet.marks)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(
            Assignment.round_id == round_id,
            Assignment.state == "submitted",
            ScoreSheet.is_current,
            Entry.state == "accepted",
        )
        .order_by(Assignment.entry_id, Assignment.judge_id)
    )
    found: dict[int, list[Score]] = defaultdict(list)
    for category_id, *values in rows:
        found[category_id].append(Score(*values))
    return found


def works_by_category(round_id: int) -> dict[int, list[Work]]:
    """Category → the works that were given to judges in the round and are still accepted; one statement."""
    rows = db.session.execute(
        select(Entry.category_id, Entry.id, Entry.number, Entry.stage_code)
        .where(
            Entry.id.in_(select(Assignment.entry_id).where(Assignment.round_id == round_id)), Entry.state == "accepted"
        )
        .order_by(Entry.number, Entry.id)
    )
    found: dict[int, list[Work]] = defaultdict(list)
    for category_id, entry_id, number, stage in rows:
        found[category_id].append(Work(entry_id, number or str(entry_id), stage))
    return found


@dataclass(frozen=True)
class NamedLine:
    """A line of a ranking with the names that go with it."""

    line: Line
    title: str
    school: str
    authors: str
    stage: str

    @property
    def moved(self) -> int | None:
        """Places gained by the round's method against the raw mean."""
        if self.line.rank is None or self.line.raw_rank is None:
            return None
        return self.line.raw_rank - self.line.rank


def named_lines(row: Ranking) -> list[NamedLine]:
    """The ranking's lines with titles, schools and authors as they are now: four statements."""
    lines = [Line.from_dict(line) for line in row.lines]
    entries = {
        entry.id: entry
        for entry in db.session.scalars(
            select(Entry)
            .where(Entry.id.in_([line.entry_id for line in lines]))
            .options(
                joinedload(Entry.school),
                subqueryload(Entry.authors).options(joinedload(Author.student), joinedload(Author.teacher)),
            )
        )
    }
    rules = row.category.rules
    stages = {group.code: group.name for group in rules.stage_groups}
    found = []
    for line in lines:
        entry = entries[line.entry_id]
        names = entry.group_name or "、".join(
            person.name for author in entry.authors if (person := author.student or author.teacher)
        )
        found.append(
            NamedLine(line, entry.title, entry.school.name, names, stages.get(line.stage_code, line.stage_code))
        )
    return found


def judge_names(judge_ids: Sequence[int]) -> Mapping[int, str]:
    """Judge → name."""
    rows = db.session.execute(select(Judge.id, Judge.name).where(Judge.id.in_(list(judge_ids))))
    return {row.id: row.name for row in rows}


def sheets_of_ranking(row: Ranking) -> list[tuple[str, int, str, float]]:
    """(entry number, judge id, judge, total) of the sheets that the ranking of the category follows from, as they were
    frozen, to be computed again elsewhere; of an old program's ranking, the round's sheets of its works. Three statements.
    """
    scores = _frozen_scores(row) or _scores_of_lines(row)
    works = select(Entry.id, Entry.number).where(Entry.id.in_({entry_id for entry_id, _judge, _total in scores}))
    numbers = {one.id: one.number or "" for one in db.session.execute(works)}
    names = judge_names(sorted({judge_id for _entry, judge_id, _total in scores}))
    return sorted(
        (numbers.get(entry_id, ""), judge_id, names.get(judge_id, ""), total) for entry_id, judge_id, total in scores
    )


def _frozen_scores(row: Ranking) -> list[tuple[int, int, float]]:
    """(entry, judge, total) of the inputs, which are kept once, with the ranking over all stage groups."""
    inputs = row.inputs or db.session.scalar(
        select(Ranking.inputs).where(
            Ranking.round_id == row.round_id,
            Ranking.category_id == row.category_id,
            Ranking.version == row.version,
            Ranking.stage_code == "",
        )
    )
    return [(entry_id, judge_id, total) for entry_id, judge_id, total, *_marks in (inputs or {}).get("scores", ())]


def _scores_of_lines(row: Ranking) -> list[tuple[int, int, float]]:
    rows = db.session.execute(
        select(Assignment.entry_id, Assignment.judge_id, ScoreSheet.total)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Assignment.round_id == row.round_id,
            Assignment.state == "submitted",
            ScoreSheet.is_current,
            Assignment.entry_id.in_([line["entry_id"] for line in row.lines]),
        )
    )
    return [(entry_id, judge_id, total) for entry_id, judge_id, total in rows]
