"""`contest-portal events allocate`: its format, its errors, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contest_portal.cli import cli

PROBLEM: dict[str, Any] = {
    "sessions": [
        {"id": "a1", "capacity": 150, "day": "2018-05-02", "order": 1},
        {"id": "a2", "capacity": 100, "day": "2018-05-02", "order": 2},
        {"id": 7, "capacity": 60, "day": "2018-05-03", "order": 1},
    ],
    "parties": [
        {"id": "西关小学", "size": 135, "wishes": ["a2", "a1"], "classes": [45, 45, 45], "may_split": True},
        {"id": "南关学校", "size": 80, "wishes": ["a1"]},
        {"id": "村小", "size": 30, "wishes": [7], "priority": 2},
        {"id": "大校", "size": 400, "wishes": ["a1", 7]},
    ],
}


def called(tmp_path: Path, problem: Any, *options: str) -> Result:
    path = tmp_path / "problem.json"
    path.write_text(problem if isinstance(problem, str) else json.dumps(problem, ensure_ascii=False), "utf-8")
    return CliRunner().invoke(cli, ["events", "allocate", str(path), *options])


def test_the_answer_has_the_agreed_form(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(PROBLEM, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "contest_portal", "events", "allocate", str(path), "--seed", "4", "--json"]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    placed = {one["party"]: one for one in answer["placed"]}
    assert placed["南关学校"] == {"party": "南关学校", "sessions": {"a1": 80}, "wish": 1}
    assert placed["村小"] == {"party": "村小", "sessions": {"7": 30}, "wish": 1}
    # 80 of 150 are taken in a1: one class of 45 fits there, two stay in a2.
    assert placed["西关小学"] == {"party": "西关小学", "sessions": {"a1": 45, "a2": 90}, "wish": 2}
    assert [one["party"] for one in answer["unplaced"]] == ["大校"]
    assert "400" in answer["unplaced"][0]["reason"]
    assert answer["seed"] == 4
    assert answer["proven"] is True


def test_without_json_it_tells_people(tmp_path: Path) -> None:
    result = called(tmp_path, PROBLEM)
    assert result.exit_code == 0, result.output
    assert "已安排（3 个团队，245 人）" in result.output
    assert "未安排（1 个团队）" in result.output


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sessions": [{"id": "a", "capacity": -1}]}, "sessions[0].capacity"),
        ({"sessions": [{"id": "a", "capacity": 5}, {"id": "a", "capacity": 5}]}, "sessions[1].id：编号 a 出现了两次"),
        ({"sessions": [{"capacity": 5}]}, "sessions[0].id：缺少编号"),
        ({"sessions": [{"id": "a", "capacity": 5, "order": "早"}]}, "sessions[0].order"),
        ({"parties": [{"id": "甲", "size": 0, "wishes": []}]}, "parties[0].size"),
        ({"parties": [{"id": "甲", "size": 5, "wishes": ["无"]}]}, "parties[0].wishes[0]：没有编号为 无 的场次"),
        ({"parties": [{"id": "甲", "size": 5, "wishes": "a1"}]}, "parties[0]"),
        ({"parties": [{"id": "甲", "size": 5, "wishes": [], "priority": 0}]}, "parties[0].priority"),
        (
            {"parties": [{"id": "甲", "size": 5, "wishes": [], "classes": [2, 2], "may_split": True}]},
            "各班人数相加是 4，与总人数 5 不符",
        ),
        ({"parties": [{"id": "甲", "size": 5, "wishes": [], "may_split": "是"}]}, "parties[0].may_split"),
        ({"parties": 5}, "parties"),
    ],
)
def test_a_wrong_file_is_told_by_place(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    result = called(tmp_path, {**PROBLEM, "parties": [], **change})
    assert result.exit_code not in {0, 3}
    assert told in str(result.exception or result.output)


def test_what_was_not_used_is_told_aside(tmp_path: Path) -> None:
    result = called(tmp_path, {**PROBLEM, "reserve": []}, "--json")
    assert json.loads(result.stdout)["seed"] == 1
    assert "reserve" in result.stderr
