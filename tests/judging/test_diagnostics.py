"""What sheets say of judges and works: severity, spread, agreement, speed, halo, and scores far in favour."""

from __future__ import annotations

import random
import statistics

import pytest
from flask import Flask

from contest_portal.judging.diagnostics import SheetFacts, diagnose
from contest_portal.judging.models import Round
from tests import factories
from tests.judging.making import make_scene, open_round, score, tasks_of

SEVERITY = {1: -6.0, 2: 0.0, 3: 6.0, 4: 0.0}
"""Judge → points given beyond the others; the four sum to zero, as the model's do."""


def sheets(*, extra: dict[tuple[int, int], float] | None = None, noise: float = 1.0) -> list[SheetFacts]:
    """40 works of four schools, read by all four judges; two criteria that move apart."""
    lots, found = random.Random(2018), []
    for entry in range(40):
        level = 60 + entry * 0.5
        for judge, severity in SEVERITY.items():
            total = level + severity + lots.gauss(0, noise) + (extra or {}).get((judge, entry), 0)
            marks = {"idea": lots.random(), "craft": lots.random()}
            found.append(SheetFacts(entry, judge, round(total, 1), marks, entry % 4, 60 + judge))
    return found


class TestJudges:
    def test_severity_is_found_and_its_interval_holds_the_truth(self) -> None:
        found = {one.judge_id: one for one in diagnose(sheets(), 15).judges}
        for judge, truth in SEVERITY.items():
            assert found[judge].severity == pytest.approx(truth, abs=0.5)
            assert found[judge].low < truth < found[judge].high  # type: ignore[operator]

    def test_spread_speed_and_count_are_those_of_the_own_sheets(self) -> None:
        listed = sheets()
        [one] = [one for one in diagnose(listed, 15).judges if one.judge_id == 3]
        own = [sheet.total for sheet in listed if sheet.judge_id == 3]
        assert (one.sheets, one.seconds) == (40, 63)
        assert one.sd == pytest.approx(statistics.stdev(own))
        assert one.mean == pytest.approx(statistics.fmean(own))

    def test_who_goes_by_lot_agrees_with_nobody_and_who_judges_alike_agrees(self) -> None:
        lots = random.Random(7)
        listed = [
            SheetFacts(one.entry_id, 4, lots.uniform(60, 80), one.marks, one.school) if one.judge_id == 4 else one
            for one in sheets()
        ]
        found = {one.judge_id: one.agreement for one in diagnose(listed, 15).judges}
        assert found[1] > 0.8  # type: ignore[operator]
        assert abs(found[4]) < 0.4  # type: ignore[arg-type]

    def test_one_impression_for_all_criteria_is_a_halo(self) -> None:
        listed = [
            SheetFacts(one.entry_id, one.judge_id, one.total, {"idea": one.total / 100, "craft": one.total / 100})
            if one.judge_id == 2
            else one
            for one in sheets()
        ]
        found = {one.judge_id: one.halo for one in diagnose(listed, 15).judges}
        assert found[2] == pytest.approx(1.0)
        assert abs(found[1]) < 0.7  # type: ignore[arg-type]

    def test_too_few_sheets_say_nothing(self) -> None:
        [one, *_rest] = diagnose([SheetFacts(1, 1, 80, {"a": 0.8}), SheetFacts(1, 2, 70, {"a": 0.7})], 15).judges
        assert (one.sd, one.agreement, one.halo, one.seconds) == (None, None, None, None)

    def test_nothing_at_all_is_no_error(self) -> None:
        found = diagnose([], 15)
        assert (found.judges, found.wide, found.favours) == ([], [], [])


class TestWorks:
    def test_a_wide_spread_is_by_the_rounds_own_limit(self) -> None:
        listed = [
            SheetFacts(1, 1, 85, {}),
            SheetFacts(1, 2, 70, {}),
            SheetFacts(2, 1, 80, {}),
            SheetFacts(2, 2, 66, {}),
        ]
        assert [(one.entry_id, one.spread) for one in diagnose(listed, 15).wide if one.is_wide] == [(1, 15)]
        assert {one.entry_id for one in diagnose(listed, 14).wide if one.is_wide} == {1, 2}

    def test_a_work_within_the_limit_is_named_where_the_model_does_not_expect_it(self) -> None:
        found = diagnose(sheets(extra={(2, 10): 8.0}), 30)
        beyond = {one.entry_id for one in found.wide if one.beyond}
        assert 10 in beyond
        assert len(beyond) <= 3  # of 160 scores one in 370 is that far by chance

    def test_one_judges_favours_for_one_school_stand_first(self) -> None:
        extra = {(2, 4): 9.0, (2, 12): 9.0, (1, 7): 12.0}  # works 4 and 12 are of school 0
        found = diagnose(sheets(extra=extra), 30).favours
        assert [(one.judge_id, one.entry_id, one.repeated) for one in found[:2]] in (
            [(2, 4, True), (2, 12, True)],
            [(2, 12, True), (2, 4, True)],
        )
        assert (1, 7, False) in {(one.judge_id, one.entry_id, one.repeated) for one in found}

    def test_a_score_far_below_is_no_favour(self) -> None:
        assert all(one.entry_id != 20 for one in diagnose(sheets(extra={(3, 20): -12.0}), 30).favours)


@pytest.mark.database
class TestPage:
    def test_a_round_shows_its_quality_with_pictures_and_as_a_workbook(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=6)
        running: Round = open_round(scene, reads=3)
        client = factories.sign_in(app.test_client(), scene.staff)
        empty = client.get(f"/office/rounds/{running.id}/quality").get_data(as_text=True)
        assert "还没有已提交的评分" in empty
        for number, task in enumerate(tasks_of(running)):
            score(scene, task, 60 + number)
        page = client.get(f"/office/rounds/{running.id}/quality").get_data(as_text=True)
        for words in ("评委的评分尺度偏差", "谁评了哪些作品", "评分进度", "需要复看的作品", scene.judges[0].name):
            assert words in page
        answer = client.get(f"/office/rounds/{running.id}/quality/export")
        assert answer.data[:2] == b"PK"
        assert client.get(f"/office/rounds/{running.id}/quality?category=99999").status_code == 404
