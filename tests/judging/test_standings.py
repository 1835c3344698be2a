"""Standings: the mean by hand, ties where two decimals are equal, ranks within a stage group."""

from contest_portal.judging.ranking import Method
from contest_portal.judging.standings import Line, Score, Work, fit, standings

WORKS = [Work(1, "A-1", "X"), Work(2, "A-2", "X"), Work(3, "A-3", "C"), Work(4, "A-4", "C")]


def scores(*rows: tuple[int, int, float]) -> list[Score]:
    return [Score(entry, judge, total, {"a": total}) for entry, judge, total in rows]


BALANCED = scores((1, 1, 90), (1, 2, 80), (2, 1, 88), (2, 2, 82.004), (3, 1, 70), (3, 2, 75))


def test_means_ranks_and_ties() -> None:
    lines = standings(fit(BALANCED, Method.RAW), WORKS)
    assert [(line.entry_id, line.raw, line.rank, line.tied) for line in lines] == [
        (1, 85.0, 1, True),
        (2, 85.002, 1, True),
        (3, 72.5, 3, False),
        (4, None, None, False),
    ]
    assert [line.spread for line in lines] == [10, 5.996, 5, None]
    assert lines[0].criteria == {"a": 85}


def test_ranks_count_within_the_works_that_are_asked_for() -> None:
    fitted = fit(BALANCED, Method.ADDITIVE)
    overall = {line.entry_id: line for line in standings(fitted, WORKS)}
    stage = {line.entry_id: line for line in standings(fitted, WORKS[2:])}
    assert (overall[3].rank, stage[3].rank) == (3, 1)
    assert overall[3].score == stage[3].score


def test_a_method_that_gave_way_leaves_its_column_empty() -> None:
    fitted = fit(scores((1, 1, 90), (2, 2, 80)), Method.MIXED)
    (first, second) = standings(fitted, WORKS[:2])
    assert (first.mixed, first.additive, first.score) == (None, None, 90)
    assert fitted.facts()["used"] == "raw"
    assert fitted.facts()["judges"][0]["mixed"] is None
    assert second.rank == 2


def test_a_line_reads_back() -> None:
    lines = standings(fit(BALANCED, Method.MIXED), WORKS)
    assert [Line.from_dict(line.to_dict()) for line in lines] == lines


def test_no_scores_give_no_ranks() -> None:
    assert {line.rank for line in standings(fit([], Method.MIXED), WORKS)} == {None}
