"""The command `judging rank`: what it prints, in which words it refuses, published figures, tables of 100,000 scores."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from contest_portal.cli import cli, main

PUBLISHED = Path(__file__).resolve().parents[1] / "published"
COLUMNS = ("--entry", "entry", "--judge", "judge", "--score", "score")
KEYS = {"entries", "judges", "variance", "mean", "components", "lambda2", "method", "reason"}


def table(folder: Path, *lines: str, head: str = "entry,judge,score") -> str:
    path = folder / "scores.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return str(path)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["judging", "rank", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs the program with arguments it must refuse; gives what a person sees."""

    def run_refused(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["contest-portal", "judging", "rank", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        shown = capsys.readouterr()
        assert (left.value.code, shown.out) == (2, "")
        return shown.err

    return run_refused


def drawn(entries: int = 40, judges: int = 8, reads: int = 3, seed: int = 1) -> list[str]:
    draw = np.random.default_rng(seed)
    level, severity = draw.normal(0, 6, entries), draw.normal(0, 5, judges)
    return [
        f"E{entry:03},J{judge},{70 + level[entry] + severity[judge] + draw.normal(0, 7):.1f}"
        for entry in range(entries)
        for judge in draw.choice(judges, reads, replace=False)
    ]


@pytest.mark.parametrize("method", ["raw", "trimmed", "additive", "mixed", "huber"])
def test_every_method_gives_the_promised_figures(tmp_path: Path, method: str) -> None:
    found = json.loads(run(table(tmp_path, *drawn(reads=5)), *COLUMNS, "--method", method, "--quota", "8", "--json"))
    assert set(found) >= KEYS
    assert (found["method"], found["components"]) == (method, 1)
    assert 0 < found["lambda2"] < 1
    assert set(found["entries"][0]) >= {"id", "reads", "raw", "estimate", "se", "rank", "p_in_quota"}
    assert set(found["judges"][0]) >= {"id", "reads", "severity", "se"}
    assert set(found["variance"]) == {"entry", "judge", "residual"}
    assert sum(one["p_in_quota"] for one in found["entries"]) == pytest.approx(8, abs=0.01)


def test_no_chance_without_a_quota(tmp_path: Path) -> None:
    found = json.loads(run(table(tmp_path, *drawn()), *COLUMNS, "--json"))
    assert {one["p_in_quota"] for one in found["entries"]} == {None}


def test_the_published_table_of_shrout_and_fleiss(tmp_path: Path) -> None:
    source = json.loads((PUBLISHED / "shrout_fleiss.expected.json").read_text("utf-8"))
    with (PUBLISHED / "shrout_fleiss.csv").open(encoding="utf-8") as file:
        lines = [f"{row['target']},{j},{row[f'judge_{j}']}" for row in csv.DictReader(file) for j in range(1, 5)]
    found = json.loads(run(table(tmp_path, *lines), *COLUMNS, "--method", "mixed", "--json"))
    for name in ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"):
        assert found["agreement"][name.lower()] == pytest.approx(source[name], abs=source["tolerance"])
    assert found["reliability"]["icc"] == pytest.approx(source["ICC2"], abs=source["tolerance"])
    assert found["reliability"]["consistency"] == pytest.approx(source["ICC3"], abs=source["tolerance"])


def test_the_order_of_the_lines_changes_no_byte(tmp_path: Path) -> None:
    lines = drawn()
    options = (*COLUMNS, "--method", "huber", "--scale", "--quota", "6", "--json")
    first = run(table(tmp_path, *lines), *options)
    random.Random(4).shuffle(lines)
    assert run(table(tmp_path, *lines), *options) == first


def test_closed_panels_of_unequal_works_keep_raw_means(tmp_path: Path) -> None:
    weak = drawn(30, 4, seed=1)
    strong = [f"S{entry},K{judge},{float(score) + 12}" for entry, judge, score in
              (line.split(",") for line in drawn(30, 4, seed=2))]  # fmt: skip
    found = json.loads(run(table(tmp_path, *weak, *strong), *COLUMNS, "--method", "mixed", "--json"))
    assert (found["method"], found["requested"], found["components"], found["lambda2"]) == ("raw", "mixed", 2, 0)
    assert all(one["estimate"] == one["raw"] for one in found["entries"])
    assert "2 个互不相连的部分" in found["reason"]
    assert [len(part["judges"]) for part in found["parts"]] == [4, 4]


def test_weights_words_and_places(tmp_path: Path) -> None:
    weighted = table(tmp_path, "A,1,90,3", "A,2,80,1", "B,1,70,1", head="entry,judge,score,w")
    found = json.loads(run(weighted, *COLUMNS, "--weight", "w", "--method", "raw", "--json"))
    assert [(one["id"], one["raw"]) for one in found["entries"]] == [("A", 87.5), ("B", 70)]
    words = table(tmp_path, "A,1,优", "A,2,良", "B,1,中", "B,2,良", "C,1,差", "C,2,中")
    found = json.loads(run(words, *COLUMNS, "--levels", "差，中，良，优", "--method", "raw", "--json"))
    assert [one["id"] for one in found["entries"]] == ["A", "B", "C"]
    places = table(tmp_path, "A,1,1", "B,1,2", "C,1,3", "A,2,2", "B,2,1", "C,2,3")
    found = json.loads(run(places, *COLUMNS, "--places", "--method", "raw", "--json"))
    assert [(one["id"], one["rank"]) for one in found["entries"]] == [("A", 1), ("B", 1), ("C", 3)]


def test_what_a_person_reads(tmp_path: Path) -> None:
    shown = run(table(tmp_path, *drawn()), *COLUMNS, "--quota", "5")
    assert "进入名额的概率" in shown
    assert "信度达到 0.8 每件约需" in shown


@pytest.mark.parametrize(
    ("lines", "options", "words"),
    [
        (["A,1,90", "B,1,缺考"], (), "第 3 行的分数不是数字：缺考"),
        (["A,1,90", "B,,80"], (), "第 3 行不完整"),
        (["A,1,1_0"], (), "第 2 行的分数不是数字：1_0"),
        (["A,1,90", "B,1,1e308"], (), "第 3 行的分数超出范围（绝对值不超过 1000000000）：1e308"),
        (["A,1,1", "B,1,63.2"], ("--places",), "第 3 行的名次应是从 1 起的整数，现为 63.2"),
        (["A,1,0"], ("--places",), "第 2 行的名次应是从 1 起的整数，现为 0"),
        (["A,1,90", "B,1,80", "A,1,70"], ("--repeats", "refuse"), "第 2 行和第 4 行（评委 1，作品 A）"),
        (["A,1,", "B,1,"], (), "表中 2 行都没有分数"),
        (["A,1,90"], ("--seed", "-1"), "--seed"),
        (["A,1,inf"], (), "第 2 行的分数不是数字：inf"),
        ([], (), "没有评分"),
        (["A,1,90"], ("--entry", "作品"), "没有找到列：作品"),
        (["A,1,90"], ("--judge", "entry"), "不能既作"),
        (["A,1,90", "B,1,80"], ("--quota", "0"), "名额应在 1 至 2"),
        (["A,1,90", "B,1,80"], ("--quota", "3"), "名额应在 1 至 2（作品件数）之间，现为 3"),
        (["A,1,90"], ("--precision", "0"), "并列精度应大于 0"),
        (["A,1,90"], ("--weight", "score"), "不能既作"),
        (["A,1,棒"], ("--levels", "差,优"), "第 2 行的「棒」不在给出的等级中"),
        (["A,1,优"], ("--levels", "优"), "至少两个不同的等级"),
        (["A,1,1"], ("--levels", "差,优", "--places"), "只能用一个"),
        (["A,1,90"], ("--method", "zscore"), "不可用"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    tmp_path: Path, refused: Callable[..., str], lines: list[str], options: tuple[str, ...], words: str
) -> None:
    assert words in refused(table(tmp_path, *lines), *COLUMNS, *options)


def test_a_weight_beyond_measure_is_refused(tmp_path: Path, refused: Callable[..., str]) -> None:
    path = table(tmp_path, "A,1,90,1", "B,1,80,1e300", head="entry,judge,score,w")
    assert "第 3 行的权重应在 0.000001 至 1000000 之间，现为 1e300" in refused(path, *COLUMNS, "--weight", "w")


def test_a_line_without_a_score_is_a_missing_read_and_counted(tmp_path: Path) -> None:
    lines = drawn()
    full = json.loads(run(table(tmp_path, *lines), *COLUMNS, "--json"))
    blank = [*lines[:5], "E000,J9,", *lines[5:], "E999,J1, ", "E999,J2,"]
    found = json.loads(run(table(tmp_path, *blank), *COLUMNS, "--json"))
    assert found["reason"] == full["reason"] + "3 行没有分数，未计入。1 件作品没有任何分数，不参加排名：E999。"
    assert {**found, "reason": ""} == {**full, "reason": ""}
    assert "3 行没有分数，未计入。" in run(table(tmp_path, *blank), *COLUMNS)


def test_two_lines_of_one_judge_for_one_work_count_and_are_named(tmp_path: Path) -> None:
    found = json.loads(run(table(tmp_path, "A,1,90", "B,1,80", "A,1,70"), *COLUMNS, "--method", "raw", "--json"))
    assert [(one["id"], one["reads"], one["raw"]) for one in found["entries"]] == [("A", 2, 80), ("B", 1, 80)]
    assert "第 2 行和第 4 行（评委 1，作品 A）" in found["reason"]


def test_full_width_digits_are_read(tmp_path: Path) -> None:
    found = json.loads(run(table(tmp_path, "A,1,９０．５", "B,1,８０"), *COLUMNS, "--method", "raw", "--json"))
    assert [one["raw"] for one in found["entries"]] == [90.5, 80]


@pytest.mark.parametrize("method", ["mixed", "huber", "additive"])
def test_nothing_but_the_answer_is_printed_whatever_the_judges_do(tmp_path: Path, method: str) -> None:
    """Places within each judge's pile leave no severity, which once warned in English on the console."""
    lines = [f"E{entry},J{judge},{(entry + judge) % 6 + 1}" for entry in range(6) for judge in range(4)]
    program = [sys.executable, "-c", "from contest_portal.cli import main; main()", "judging", "rank"]
    options = (*COLUMNS, "--places", "--method", method, "--json")
    done = subprocess.run([*program, table(tmp_path, *lines), *options], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert json.loads(done.stdout)["entries"]


def test_an_empty_file_is_named(tmp_path: Path, refused: Callable[..., str]) -> None:
    path = tmp_path / "空.csv"
    path.write_bytes(b"")
    assert "空.csv" in refused(str(path), *COLUMNS)


def test_a_hundred_thousand_scores(tmp_path: Path) -> None:
    """Against the mean squares of a complete table of 1,000 works by 100 judges, which REML must equal."""
    draw = np.random.default_rng(9)
    scores = np.round(70 + draw.normal(0, 6, (1000, 1)) + draw.normal(0, 5, 100) + draw.normal(0, 7, (1000, 100)), 2)
    lines = [f"{entry},{judge},{scores[entry, judge]}" for entry in range(1000) for judge in range(100)]
    found = json.loads(run(table(tmp_path, *lines), *COLUMNS, "--method", "mixed", "--json"))
    grand, by_entry, by_judge = scores.mean(), scores.mean(axis=1), scores.mean(axis=0)
    error = float(np.sum((scores - by_entry[:, None] - by_judge + grand) ** 2)) / (999 * 99)
    assert found["variance"]["residual"] == pytest.approx(error, rel=0.005)
    assert found["variance"]["entry"] == pytest.approx((by_entry.var(ddof=1) * 100 - error) / 100, rel=0.005)
    assert found["variance"]["judge"] == pytest.approx((by_judge.var(ddof=1) * 1000 - error) / 1000, rel=0.005)
