"""`contest-portal results allocate`: its format, its errors, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contest_portal.cli import cli

WEST, EAST = {"stage": "小学", "school": "西关小学"}, {"stage": "初中", "school": "东街中学"}
PROBLEM: dict[str, Any] = {
    "total": 3,
    "entries": [
        {"id": "a", "rank": 1, "groups": WEST},
        {"id": "b", "rank": 2, "groups": WEST},
        {"id": 3, "rank": 3, "groups": WEST},
        {"id": "d", "rank": 4, "groups": {**WEST, "school": "南关小学"}},
        {"id": "e", "rank": 5, "groups": EAST},
        {"id": "f", "rank": None, "groups": EAST},
    ],
    "floors": [{"where": {"stage": "初中"}, "share": 0.2}],
    "ceilings": [{"where": {"stage": "小学"}, "share": 0.9}],
    "caps": [{"by": "school", "default": 2, "exceptions": {"西关小学": 1}}],
}


def called(tmp_path: Path, problem: Any, *options: str) -> Result:
    path = tmp_path / "problem.json"
    path.write_text(problem if isinstance(problem, str) else json.dumps(problem, ensure_ascii=False), "utf-8")
    return CliRunner().invoke(cli, ["results", "allocate", str(path), *options])


def answered(tmp_path: Path, problem: Any) -> Any:
    result = called(tmp_path, problem, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_answer_has_a_decision_and_a_reason_for_each_entry(tmp_path: Path) -> None:
    answer = answered(tmp_path, PROBLEM)
    assert (answer["in"], answer["tied"], answer["pending_places"]) == (["a", "d", "e"], [], 0)
    assert (answer["reserve"], answer["out"]) == ([], ["b", 3, "f"])
    assert {name: reason["code"] for name, reason in answer["reasons"].items()} == {
        "a": "in_by_rank",
        "d": "in_by_rank",
        "e": "in_by_rank",
        "b": "out_by_cap",
        "3": "out_by_cap",
        "f": "unranked",
    }
    assert "「西关小学」最多 1 件" in answer["reasons"]["b"]["message"]


def test_equals_at_the_line_are_tied_whatever_their_place_in_the_file(tmp_path: Path) -> None:
    entries = [{"id": name, "rank": rank} for name, rank in (("a", 2), ("b", 1), ("c", 2), ("d", 4))]
    answer = answered(tmp_path, {"total": 2, "entries": entries})
    assert (answer["in"], answer["tied"], answer["pending_places"]) == (["b"], ["a", "c"], 1)
    assert answer == answered(tmp_path, {"total": 2, "entries": entries[::-1]})


def test_a_share_is_the_decimal_that_was_written(tmp_path: Path) -> None:
    """0.07 of 100 are 7 places, though 0.07 * 100 is a trifle more for the machine; 0.29 of 100 are 29, not 28."""
    entries = [
        {"id": number, "rank": number, "groups": {"stage": "小学" if number > 100 else "初中"}}
        for number in range(1, 201)
    ]
    primary = {"stage": "小学"}
    answer = answered(
        tmp_path, {"total": 100, "entries": entries, "floors": [{"where": primary, "share": 0.07}], "ceilings": []}
    )
    assert sum(number > 100 for number in answer["in"]) == 7
    middle = {"stage": "初中"}
    answer = answered(tmp_path, {"total": 100, "entries": entries, "ceilings": [{"where": middle, "share": 0.29}]})
    assert sum(number <= 100 for number in answer["in"]) == 29


def test_colliding_rows_are_printed_as_they_were_written(tmp_path: Path) -> None:
    rows = [{"where": {"stage": "小学"}, "count": 2}, {"where": {"stage": "初中"}, "count": 2}]
    entries = [*PROBLEM["entries"], {"id": "g", "rank": 6, "groups": EAST}]
    result = called(tmp_path, {"total": 3, "entries": entries, "floors": rows}, "--json")
    assert result.exit_code == 3
    answer = json.loads(result.stdout)
    assert [row.pop("message") != "" for row in answer["infeasible"]] == [True] * 3
    assert answer["infeasible"] == [
        {"what": "total", "total": 3},
        {"what": "floor", "index": 0, **rows[0]},
        {"what": "floor", "index": 1, **rows[1]},
    ]
    assert answer["missing"] == 1
    result = called(tmp_path, {"total": 3, "entries": entries, "floors": rows})
    assert result.exit_code == 3
    assert "至少差 1 个名额" in result.stdout


def test_words_for_people(tmp_path: Path) -> None:
    result = called(tmp_path, {**PROBLEM, "note": "试算"})
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == ["入选（3 件）", "  a\t按名次入选，第 1 名"]
    assert "note 没有用到" in result.stderr


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("{", "不是有效的 JSON"),
        ("{}", "没有 entries"),
        ("[]", "JSON 对象"),
        ({"entries": [{"rank": 1}]}, "entries[0].id：缺少编号"),
        ({"entries": [{"id": 1, "rank": 1}, {"id": "1", "rank": 2}]}, "entries[1].id：编号 1 出现了两次"),
        ({"entries": [{"id": 1, "rank": "first"}]}, "entries[0].rank"),
        ({"entries": [{"id": 1, "rank": 1, "groups": ["小学"]}]}, "entries[0].groups：应是对象"),
        ({"total": -1, "entries": []}, "total：应是不小于 0 的整数"),
        ({"entries": [], "floors": [{"where": {"stage": "小学"}, "share": 0.2}]}, "floors[0].share：按比例"),
        ({"entries": [], "total": 2, "floors": [{"where": {}, "count": 1, "share": 0.2}]}, "应写其中一个"),
        ({"entries": [], "total": 2, "ceilings": [{"where": {"a": 1}, "share": 7}]}, "0 到 1"),
        ({"entries": [], "ceilings": [{"count": 1}]}, "ceilings[0].where"),
        ({"entries": [], "caps": [{"default": 1}]}, "caps[0].by"),
        ({"entries": [], "caps": [{"by": "school", "default": 1.5}]}, "caps[0].default"),
        ({"entries": [], "caps": [{"by": "school", "exceptions": {"西": "x"}}]}, "caps[0].exceptions.西"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, changed: Any, told: str) -> None:
    result = called(tmp_path, changed, "--json")
    assert result.exit_code not in {0, 3}
    assert told in str(result.exception)


def test_nobody_and_nothing(tmp_path: Path) -> None:
    answer = answered(tmp_path, {"total": 5, "entries": [], "floors": [{"where": {"stage": "小学"}, "count": 3}]})
    assert answer == {"in": [], "tied": [], "reserve": [], "out": [], "pending_places": 0, "reasons": {}}
