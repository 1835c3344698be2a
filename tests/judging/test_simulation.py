"""Simulated contests: what the issue claims of the methods holds, designs are refused in words, seeds repeat."""

from __future__ import annotations

import json
from dataclasses import replace
from statistics import fmean

import pytest
from click.testing import CliRunner, Result

from contest_portal.judging.assignment import Entry, Judge, Plan, Problem, assign
from contest_portal.judging.commands.simulate import simulate
from contest_portal.judging.ranking import Method
from contest_portal.judging.simulation import (
    BOUNDARY,
    SHIFTED,
    Z_SCORES,
    Design,
    Panels,
    Replicate,
    faults,
    mean_with_error,
    quota_places,
    replicate,
    summed_up,
)
from contest_portal.judging.simulation_process import design_from, run

QUICK = (Method.RAW, Method.MIXED)
USUAL = Design(methods=QUICK)
UNEQUAL = replace(USUAL, panels=Panels.CLOSED, sd_panel=4.0)


def drawn(design: Design, count: int, seed: int = 1) -> list[Replicate]:
    return [replicate(design, seed, number) for number in range(count)]


def gain(found: list[Replicate], way: str, over: str) -> tuple[float, float]:
    """Mean and standard error of the paired difference."""
    mean, _, se = mean_with_error([one.recall[way] - one.recall[over] for one in found])
    assert se is not None
    return mean, se


def test_the_boundary_round_finds_at_least_five_points_more_than_uniform_reads_at_the_same_cost() -> None:
    found = drawn(replace(USUAL, boundary=True), 60)
    for uniform in ("raw", "mixed"):
        mean, se = gain(found, BOUNDARY, uniform)
        assert mean > 0.05
        assert mean > 3 * se
    assert all(one.boundary_reads == 240 for one in found)


def test_the_mixed_model_finds_more_than_raw_means_with_random_plans() -> None:
    mean, se = gain(drawn(USUAL, 60), "mixed", "raw")
    assert mean > 2 * se


def test_with_closed_unequal_panels_the_program_chooses_raw_means_which_find_more_than_shifted_ones() -> None:
    found = drawn(UNEQUAL, 60)
    assert fmean(one.used["mixed"] == "raw" for one in found) > 0.9
    assert gain(found, "raw", SHIFTED)[0] > 0
    assert gain(found, "raw", Z_SCORES)[0] > 0


def test_linked_reads_let_the_program_correct_between_panels() -> None:
    found = drawn(replace(UNEQUAL, panels=Panels.LINKED), 8)
    assert all(one.used["mixed"] == "mixed" for one in found)


def test_without_noise_and_severity_every_method_finds_all() -> None:
    exact = Design(entries=40, judges=8, quota=5, sd_judge=0, sd_noise=0)
    assert set(replicate(exact, 3, 0).recall.values()) == {1.0}


def test_the_same_seed_draws_the_same_contest_and_another_draws_another() -> None:
    assert replicate(USUAL, 4, 2) == replicate(USUAL, 4, 2)
    ways = [replicate(USUAL, seed, number).recall for seed, number in ((4, 2), (4, 3), (5, 2))]
    assert len({tuple(way.values()) for way in ways}) > 1


def test_processes_draw_what_one_draws_and_tell_how_far_they_are() -> None:
    small = Design(entries=20, judges=6, quota=3, boundary=True, methods=QUICK)
    shares: list[float] = []
    found = run([small, replace(small, reads=4)], 3, 9, processes=2, progress=shares.append)
    assert found[0] == drawn(small, 3, 9)
    assert len(found[1]) == 3
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_design_survives_its_way_to_a_process() -> None:
    assert design_from(json.loads(json.dumps(UNEQUAL.__dict__))) == UNEQUAL


@pytest.mark.parametrize(
    ("quota", "entries", "places"), [(0.1, 240, 24), (0.1, 4, 1), (0.5, 5, 3), (1, 10, 1), (26, 62, 26)]
)
def test_a_quota_is_a_share_below_one_and_places_from_one_on(quota: float, entries: int, places: int) -> None:
    assert quota_places(quota, entries) == places


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"entries": 1}, "作品数应在 2 到 5000 之间，现在是 1"),
        ({"reads": 16}, "每件评阅次数应在 1 到 15 之间，现在是 16"),
        ({"quota": 240}, "名额应至少 1 个、少于作品数 240，现在是 240"),
        ({"sd_entry": 0.0}, "作品水平的差别须大于 0"),
        ({"judges": 2}, "每件评阅 3 次，但只有 2 名评委"),
        ({"panels": Panels.CLOSED, "panel_count": 12}, "人数最少的组只有 2 名评委，不够每件评阅 3 次"),
        ({"panels": Panels.LINKED, "panel_count": 1}, "评审组数应至少 2 个"),
        ({"sd_noise": float("nan")}, "偶然误差应是 0 到 100"),
    ],
)
def test_a_design_that_cannot_be_is_refused_with_value_and_limit(change: dict, words: str) -> None:
    assert words in str(faults(replace(USUAL, **change))[0])


def test_spread_and_error_are_those_of_the_replicates() -> None:
    found = summed_up([Replicate({"raw": value}, {"raw": "raw"}) for value in (0.2, 0.4, 0.6)])["raw"]
    assert found.recall == pytest.approx(0.4)
    assert found.sd == pytest.approx(0.2)
    assert found.se == pytest.approx(0.2 / 3**0.5)
    assert summed_up([Replicate({"raw": 0.5}, {"raw": "raw"})])["raw"].se is None


def called(*words: str) -> Result:
    return CliRunner().invoke(simulate, ["--entries", "30", "--judges", "6", "--replicates", "3", *words])


def test_the_command_gives_recall_by_method_as_json() -> None:
    done = called("--reads", "3", "--quota", "0.1", "--boundary", "--seed", "1", "--json")
    assert done.exit_code == 0, done.output
    data = json.loads(done.output)
    assert set(data["recall"]) == {*map(str, Method), BOUNDARY}
    assert all(0 <= value <= 1 for value in data["recall"].values())
    assert data["quota"] == 3
    # Two rounds never cost more than one; in a contest this small the works near the line run out of judges.
    assert 0 < data["boundary"]["boundary_reads"] <= 30
    assert data["boundary"]["reads_in_all"] == 60 + data["boundary"]["boundary_reads"]
    assert called("--quota", "0.1", "--boundary", "--json").output == done.output


def test_the_command_says_it_in_words() -> None:
    done = called("--quota", "3", "--panels", "closed", "--panel-count", "2", "--boundary")
    assert done.exit_code == 0, done.output
    assert "两轮（边界复评）" in done.output
    assert "各组平均分拉平" in done.output


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("--quota", "0"), "应是 0 到 1 之间的比例"),
        (("--quota", "2.5"), "不小于 1 的整数名额，现在是 2.5"),
        (("--quota", "30"), "少于作品数 30，现在是 30"),
        (("--reads", "7"), "只有 6 名评委"),
        (("--reads", "2", "--boundary"), "第一轮每件至少评 2 次"),
        (("--sd-noise", "-1"), "sd-noise"),
    ],
)
def test_the_command_refuses_what_cannot_be_with_exit_code_2(words: tuple[str, ...], answer: str) -> None:
    done = called(*words)
    assert done.exit_code == 2
    assert answer in done.output


def test_a_plan_on_which_the_simplex_method_gives_up_is_still_made() -> None:
    panels = 4
    entries = [Entry(one, panel=one % panels) for one in range(240)]
    judges = [Judge(one, panels=frozenset({one % panels})) for one in range(24)]
    plan = assign(Problem(entries, judges, 3), seed=436084033)
    assert isinstance(plan, Plan)
    assert set(plan.loads.values()) == {30}
    assert len(set(plan.pairs)) == 720
