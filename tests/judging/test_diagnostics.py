"""What sheets say of judges and works: severity, spread, agreement, speed, halo, and scores far in favour."""

from __future__ import annotations

import random
import statistics

import pytest
from flask import Flask
from scipy.stats import false_discovery_control

from contest_portal.judging.diagnostics import SheetFacts, diagnose, discovery_limit
from contest_portal.judging.models import Round
from tests import factories
from tests.judging.drawn_contests import measure
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

    def test_judges_who_look_alike_are_not_called_alike_for_certain(self) -> None:
        """Every judge's mean is the same, so the variance between them is estimated as 0; of six sheets that says little."""
        lots = random.Random(3)
        table = [[70 + entry + lots.gauss(0, 4) for _judge in range(4)] for entry in range(6)]
        middle = [statistics.fmean(row[judge] for row in table) for judge in range(4)]
        table = [[value - middle[judge] + 72 for judge, value in enumerate(row)] for row in table]
        listed = [
            SheetFacts(entry, judge, value, {}) for entry, row in enumerate(table) for judge, value in enumerate(row)
        ]
        rest = sum((value - statistics.fmean(row)) ** 2 for row in table for value in row) / (5 * 3)
        reach = 1.96 * (rest / 6 * (1 - 1 / 4)) ** 0.5
        found = diagnose(listed, 15)
        assert found.judges_alike
        for one in found.judges:
            assert one.severity == pytest.approx(0, abs=1e-6)
            assert (one.low, one.high) == (pytest.approx(-reach, rel=1e-3), pytest.approx(reach, rel=1e-3))
        assert "扣除评委" not in str(found.ranking.reason)
        assert "没有看出评委之间的宽严差别" in str(found.ranking.reason)

    def test_judges_of_the_very_same_marks_get_no_interval_of_no_width(self) -> None:
        listed = [SheetFacts(entry, judge, 70.0 + entry, {}) for entry in range(6) for judge in range(3)]
        assert [(one.severity, one.low, one.high) for one in diagnose(listed, 15).judges] == [(0, None, None)] * 3

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

    def test_a_favour_is_named_with_what_the_other_judges_lead_to_expect(self) -> None:
        """Without noise but for the favour: 60 + 7 × 0.5 and the severity of judge 1, whatever the favour was."""
        [one] = diagnose(sheets(extra={(1, 7): 12.0}, noise=0.05), 30).favours
        assert (one.judge_id, one.entry_id, one.school) == (1, 7, 3)
        assert one.expected == pytest.approx(57.5, abs=0.3)

    def test_one_judges_favours_for_one_school_are_told_together(self) -> None:
        extra = {(2, entry): 3.0 for entry in range(0, 40, 4)}  # each too small to be seen alone: works of school 0
        found = diagnose(sheets(extra=extra), 30)
        [one] = found.leanings
        assert (one.judge_id, one.school, one.sheets) == (2, 0, 10)
        assert one.points == pytest.approx(3.0, abs=1.5)

    def test_a_judge_who_reads_one_school_alone_leans_to_nobody(self) -> None:
        """Severity and favour are then the same thing."""
        rows = [one for one in sheets() if one.judge_id != 3 or one.school == 1]
        assert not [one for one in diagnose(rows, 30).leanings if one.judge_id == 3]

    def test_a_score_far_below_is_no_favour_but_its_work_is_looked_at(self) -> None:
        found = diagnose(sheets(extra={(3, 20): -12.0}), 30)
        assert all(one.entry_id != 20 for one in found.favours)
        assert 20 in {one.entry_id for one in found.wide if one.beyond}

    def test_where_every_score_is_met_exactly_one_wild_one_is_still_named(self) -> None:
        found = diagnose(sheets(extra={(2, 5): 9.0}, noise=0.0), 30)
        assert [(one.judge_id, one.entry_id) for one in found.favours] == [(2, 5)]
        assert not diagnose(sheets(noise=0.0), 30).favours


class TestErrors:
    """How often chance is pointed out, and what is found; over drawn contests, so within what their number allows."""

    @pytest.mark.parametrize("design", [{}, {"works": 20, "judges": 5}, {"works": 40, "judges": 6, "reads": 5}])
    def test_of_a_hundred_honest_works_one_is_pointed_out(self, design: dict[str, int]) -> None:
        found = measure(60, **design)
        assert 0.004 < found.honest_works < 0.016  # 1,200 works or more: twice the standard error is .006
        assert found.honest_leanings <= 0.15  # 3 of 60 contests expected

    def test_favours_in_an_ordinary_contest_are_found_by_school_not_one_by_one(self) -> None:
        """Fifteen points are two standard deviations of a single sheet's noise: chance alone does as much."""
        assert 0.02 < measure(60, singles=4).favours < 0.2
        assert measure(60, pairs=1, schools=6).leanings > 0.4

    def test_favours_stand_out_where_judges_agree(self) -> None:
        assert measure(40, singles=4, sd_noise=3.0).favours > 0.5
        assert measure(40, pairs=1, schools=6, sd_noise=4.0).leanings > 0.9

    def test_no_more_of_what_is_pointed_out_is_chance_than_was_said(self) -> None:
        """Benjamini & Hochberg's own rule, against an implementation of others."""
        lot = random.Random(5)
        for size in range(1, 40):
            chances = [lot.random() ** 4 for _ in range(size)]
            adjusted = false_discovery_control(chances)
            limit = discovery_limit(chances, 0.05)
            assert [one <= limit for one in chances] == [one <= 0.05 for one in adjusted.tolist()]


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
