"""The commands of judging."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from openpyxl import load_workbook

from contest_portal.cli import Lazy, cli
from contest_portal.judging.cli import judging
from contest_portal.judging.services import progress, rankings
from tests import factories
from tests.judging.making import make_scene, open_round, score, tasks_of

APPLES = Path(__file__).resolve().parents[1] / "published" / "appletaste.csv"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["judging", "rank", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("method", "figure"),
    [
        ("raw", "raw_mean"),
        ("additive", "additive_least_squares"),
        ("mixed", "mixed_model_entry_fixed_judge_random"),
    ],
)
def test_rank_reads_any_table_and_gives_the_published_figures(method: str, figure: str) -> None:
    source = json.loads(APPLES.with_name("appletaste.expected.json").read_text("utf-8"))
    columns = ("--entry", "product", "--judge", "panelist", "--score", "aftertaste")
    found = json.loads(run(str(APPLES), *columns, "--method", method, "--entries-fixed", "--json"))
    assert found["method"] == method
    estimates = {one["id"]: one["estimate"] for one in found["entries"]}
    assert estimates == pytest.approx(source[figure], abs=source["tolerance"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rank_reads_chinese_tables_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "评分.csv"
    table.write_text("作品,评委,总分\n甲,张,90\n甲,李,80\n乙,张,80\n乙,李,75\n", encoding=encoding)
    found = json.loads(
        run(str(table), "--entry", "作品", "--judge", "评委", "--score", "总分", "--method", "additive", "--json")
    )
    assert [(one["id"], one["raw"], one["rank"]) for one in found["entries"]] == [("甲", 85, 1), ("乙", 77.5, 2)]
    assert {one["id"]: one["severity"] for one in found["judges"]} == {"张": 3.75, "李": -3.75}
    shown = run(str(table), "--entry", "作品", "--judge", "评委", "--score", "总分", "--method", "raw")
    assert "1\t甲\t85.00" in shown


def test_rank_reads_the_exported_workbook_by_its_chinese_and_its_older_english_columns(
    app: Flask, tmp_path: Path
) -> None:
    scene = make_scene(judges=3, entries=3)
    row = open_round(scene, reads=2)
    for task in tasks_of(row):
        score(scene, task, 70 + task.entry_id % 5)
    row = progress.close_round(scene.staff, row.id, row.version)
    ranking = rankings.rank_round(scene.staff, row.id)[0]
    numbers = [line["number"] for line in ranking.lines]
    client = factories.sign_in(app.test_client(), scene.staff)
    book = tmp_path / "排名.xlsx"
    book.write_bytes(client.get(f"/office/rankings/{ranking.id}/export").data)
    titles = [cell.value for cell in next(load_workbook(book)["评分"].iter_rows())]
    assert titles == ["作品编号", "评委编号", "评委", "总分"]
    english = ("--entry", "entry", "--judge", "judge", "--score", "score")
    for columns in ((), english):
        found = json.loads(run(str(book), *columns, "--method", "raw", "--json"))
        assert sorted(one["id"] for one in found["entries"]) == sorted(numbers)
    older = tmp_path / "scores.csv"
    older.write_text("entry,judge,评委,score\n甲,1,张,90\n乙,1,张,80\n", encoding="utf-8")
    assert "1\t甲\t90.00" in run(str(older), "--method", "raw")


def test_a_wrong_column_or_score_is_named(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    table.write_text("entry,judge,score\n1,a,90\n2,a,缺考\n", encoding="utf-8")
    missing = CliRunner().invoke(
        cli, ["judging", "rank", str(table), "--entry", "e", "--judge", "judge", "--score", "score"]
    )
    assert "没有找到列：e" in str(missing.exception)
    wrong = CliRunner().invoke(
        cli, ["judging", "rank", str(table), "--entry", "entry", "--judge", "judge", "--score", "score"]
    )
    assert "第 3 行" in str(wrong.exception)


def test_a_round_that_is_not_there_is_named(app: Flask) -> None:
    lazy = Lazy(None)
    lazy._app = app
    result = CliRunner().invoke(judging, ["progress", "9999"], obj=lazy)
    assert str(result.exception) == "没有编号为 9999 的评审轮次。"


def test_progress_of_a_round(app: Flask) -> None:
    scene = make_scene(judges=3, entries=3)
    row = open_round(scene, reads=2)
    score(scene, tasks_of(row)[0], 80)
    lazy = Lazy(None)
    lazy._app = app
    round_id = row.id
    shown = CliRunner().invoke(judging, ["progress", str(round_id)], obj=lazy, catch_exceptions=False)
    assert "已评 1 / 6" in shown.output, shown.output
    answer = CliRunner().invoke(judging, ["progress", str(round_id), "--json"], obj=lazy, catch_exceptions=False)
    body = json.loads(answer.output)
    assert (body["done"], body["tasks"], len(body["judges"])) == (1, 6, 3)
