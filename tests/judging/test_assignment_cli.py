"""`contest-portal judging assign`: its format, its errors, its exit codes."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contest_portal.cli import cli


def called(tmp_path: Path, problem: Any, *options: str) -> Result:
    path = tmp_path / "problem.json"
    path.write_text(problem if isinstance(problem, str) else json.dumps(problem, ensure_ascii=False), "utf-8")
    return CliRunner().invoke(cli, ["judging", "assign", str(path), *options])


def answered(tmp_path: Path, problem: Any, *options: str) -> Any:
    result = called(tmp_path, problem, "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def drawn(entries: int = 60, judges: int = 12, panels: int = 3, seed: int = 1) -> dict[str, Any]:
    draw = random.Random(seed)
    fields = ["物理", "化学", "生物"]
    return {
        "reads": 3,
        "entries": [
            {
                "id": i,
                "school": f"学校{draw.randrange(9)}",
                "discipline": draw.choice(fields),
                "panel": f"组{i % panels}",
            }
            for i in range(entries)
        ],
        "judges": [
            {
                "id": f"评{k}",
                "employer": f"学校{draw.randrange(30)}",
                "expertise": [draw.choice(fields)],
                "panels": [f"组{k % panels}"],
                "limit": None,
            }
            for k in range(judges)
        ],
        "conflicts": [{"judge": f"评{draw.randrange(judges)}", "entry": draw.randrange(entries)} for _ in range(4)],
    }


def pairs(plan: list[dict[str, Any]]) -> set[tuple[Any, Any]]:
    return {(one["judge"], one["entry"]) for one in plan}


def test_the_plan_holds_what_was_asked_for(tmp_path: Path) -> None:
    problem = drawn()
    found = answered(tmp_path, problem, "--seed", "7")
    plan = pairs(found["plan"])
    entries, judges = {one["id"]: one for one in problem["entries"]}, {one["id"]: one for one in problem["judges"]}
    assert Counter(entry for _, entry in plan) == dict.fromkeys(entries, 3)
    assert Counter(judge for judge, _ in plan) == found["loads"]
    assert max(found["loads"].values()) - min(found["loads"].values()) <= 1
    assert not plan & pairs(problem["conflicts"])
    assert all(judges[judge]["employer"] != entries[entry]["school"] for judge, entry in plan)
    away = {(judge, entry) for judge, entry in plan if entries[entry]["panel"] not in judges[judge]["panels"]}
    assert away == pairs(found["links"])
    assert Counter(entries[entry]["panel"] for _, entry in away) == {"组0": 6, "组1": 6, "组2": 6}  # the default, 30 %
    expert = sum(entries[entry]["discipline"] in judges[judge]["expertise"] for judge, entry in plan)
    assert found["expertise_share"] == pytest.approx(expert / len(plan))
    assert (found["components"], found["seed"]) == (1, 7)
    assert 0 < found["lambda2"] <= 1
    assert 0 < found["lambda2_random"] <= 1


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_plan(tmp_path: Path) -> None:
    problem = drawn()
    one, again, other = (called(tmp_path, problem, "--seed", seed, "--json").stdout for seed in ("3", "3", "4"))
    assert one == again
    assert json.loads(one)["plan"] != json.loads(other)["plan"]


def test_all_but_ids_and_reads_may_be_left_out(tmp_path: Path) -> None:
    problem = {"reads": 2, "entries": [{"id": "a"}, {"id": "b"}], "judges": [{"id": 1}, {"id": 2}]}
    found = answered(tmp_path, problem)
    assert len(found["plan"]) == 4
    assert found["loads"] == {"1": 2, "2": 2}
    assert answered(tmp_path, {"reads": 3})["plan"] == []


def test_a_limit_beyond_all_measure_is_none(tmp_path: Path) -> None:
    found = answered(tmp_path, {"reads": 1, "entries": [{"id": 1}], "judges": [{"id": 1, "limit": 10**30}]})
    assert found["loads"] == {"1": 1}
    assert called(tmp_path, {**GOOD, "reads": 10**30}).exit_code == 3


def test_sheets_already_in_stay_even_against_a_conflict_and_it_is_said(tmp_path: Path) -> None:
    problem = drawn()
    read = [{"judge": "评0", "entry": entry} for entry in (0, 3, 6)]
    found = answered(tmp_path, {**problem, "read": read, "conflicts": [{"judge": "评0", "entry": 0}]})
    assert pairs(read) <= pairs(found["plan"])
    assert any("评委 评0 与作品 0 有回避关系，但评分已交" in note for note in found["notes"])
    assert Counter(entry for _, entry in pairs(found["plan"])) == dict.fromkeys(range(60), 3)


def test_who_has_sheets_and_is_no_judge_any_more_has_left(tmp_path: Path) -> None:
    problem = {
        "reads": 2,
        "entries": [{"id": f"E{i}"} for i in range(4)],
        "judges": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
        "conflicts": [{"judge": "走了", "entry": "E3"}],
        "read": [{"judge": "走了", "entry": "E0"}, {"judge": "走了", "entry": "E1"}, {"judge": "A", "entry": "E0"}],
    }
    found = answered(tmp_path, problem)
    assert {("走了", "E0"), ("走了", "E1"), ("A", "E0")} <= pairs(found["plan"])
    assert Counter(one["entry"] for one in found["plan"]) == {f"E{i}": 2 for i in range(4)}
    assert found["loads"] == {"A": 2, "B": 2, "C": 2}
    assert found["left"] == {"走了": 2}
    assert found["notes"] == ["评委 走了 不在 judges 中，视为已离开：已交的 2 份评分保留，不再分配任务。"]
    assert "走了（已离开）\t2" in called(tmp_path, problem).output


def test_a_mistyped_field_of_an_entry_or_a_judge_is_told(tmp_path: Path) -> None:
    problem = {
        "reads": 1,
        "entries": [{"id": "E", "school": "西关小学"}, {"id": "F", "schol": "南关小学"}],
        "judges": [{"id": "A", "emploer": "西关小学"}],
    }
    assert answered(tmp_path, problem)["notes"] == ["文件中的 entries.schol、judges.emploer 没有用到。"]


def test_what_a_judge_who_left_has_read_ties_works_together_too(tmp_path: Path) -> None:
    """E0 and E1 hang together by the one who left; so one task of E1 against one of E2 makes the whole one part."""
    read = [("走了", "E0"), ("A", "E0"), ("走了", "E1")]
    problem = {
        "reads": 2,
        "entries": [{"id": f"E{i}"} for i in range(3)],
        "judges": [{"id": name} for name in "ABC"],
        "read": [{"judge": judge, "entry": entry} for judge, entry in read],
    }
    for seed in range(8):
        found = answered(tmp_path, problem, "--seed", str(seed))
        assert found["components"] == 1, seed
        assert sorted(found["loads"].values()) == [1, 1, 2], seed


def test_the_unread_tasks_of_who_has_left_the_plan_go_to_the_others(tmp_path: Path) -> None:
    problem = {"reads": 1, "entries": [{"id": i} for i in range(4)], "judges": [{"id": "A"}, {"id": "B"}]}
    before = [{"judge": "A", "entry": 0}, *({"judge": "走了", "entry": i} for i in (1, 2)), {"judge": "B", "entry": 3}]
    found = answered(tmp_path, {**problem, "plan": before, "read": [{"judge": "走了", "entry": 1}]})
    assert found["left"] == {"走了": 1}
    assert [(one["entry"], one["from"]) for one in found["moved"]] == [(2, "走了")]


def test_more_sheets_than_a_limit_or_an_entry_asks_for_stay_and_it_is_said(tmp_path: Path) -> None:
    problem = {
        "reads": 1,
        "entries": [{"id": "甲"}, {"id": "乙"}],
        "judges": [{"id": "张", "limit": 1}, {"id": "李"}],
        "read": [{"judge": "张", "entry": "甲"}, {"judge": "张", "entry": "乙"}, {"judge": "李", "entry": "乙"}],
    }
    found = answered(tmp_path, problem)
    assert found["loads"] == {"张": 2, "李": 1}
    assert "评委 张 已交 2 份评分，超过任务上限 1：评分保留，不再分配任务。" in found["notes"]
    assert "作品 乙 已有 2 份评分，多于应评的 1 次：评分全部保留。" in found["notes"]


def test_a_seed_below_zero_is_refused(tmp_path: Path) -> None:
    result = called(tmp_path, GOOD, "--seed", "-1")
    assert result.exit_code == 2
    assert "--seed" in result.output


def test_a_plan_so_far_is_mended_and_the_difference_shown(tmp_path: Path) -> None:
    problem = drawn()
    before = answered(tmp_path, problem)["plan"]
    read = before[::2]
    problem["judges"][0]["limit"] = 0
    found = answered(tmp_path, {**problem, "plan": before, "read": read}, "--few")
    lost = pairs(before) - pairs(found["plan"])
    assert {judge for judge, _ in lost} == {"评0"}
    assert {(one["from"], one["entry"]) for one in found["moved"]} == lost
    assert pairs(before) - lost | {(one["to"], one["entry"]) for one in found["moved"]} == pairs(found["plan"])
    assert found["added"] == found["removed"] == []
    shown = called(tmp_path, {**problem, "plan": before, "read": read}, "--few").output
    assert f"改动 {len(lost)} 处" in shown


def test_what_cannot_be_is_said_with_exit_code_3(tmp_path: Path) -> None:
    problem = {
        "reads": 3,
        "entries": [{"id": f"化{i}", "panel": "化学组"} for i in range(4)],
        "judges": [{"id": name, "panels": ["化学组"]} for name in ("张一", "李二", "王三")],
        "conflicts": [{"judge": name, "entry": f"化{i}"} for name in ("张一", "李二") for i in range(4)],
    }
    result = called(tmp_path, problem, "--json")
    assert result.exit_code == 3
    (found,) = json.loads(result.stdout)["infeasible"]
    assert (found["what"], found["missing"]) == ("entry", 2)
    assert found["message"] == "化学组缺 2 名评委：每件还需 3 名，只有王三可评；张一、李二须回避。"
    words = called(tmp_path, problem)
    assert words.exit_code == 3
    assert "无法分配：\n  化学组缺 2 名评委" in words.output
    more = called(tmp_path, {"reads": 4, "entries": [{"id": 1}], "judges": [{"id": 1}, {"id": 2}]}, "--json")
    assert more.exit_code == 3
    assert json.loads(more.stdout)["infeasible"][0]["missing"] == 2


def test_without_json_a_table(tmp_path: Path) -> None:
    shown = called(tmp_path, {"reads": 1, "entries": [{"id": "甲"}], "judges": [{"id": "张"}]}).output
    assert "甲\t张" in shown
    assert "张\t1" in shown
    assert "种子 1" in shown


GOOD: dict[str, Any] = {"reads": 1, "entries": [{"id": "甲"}], "judges": [{"id": "张"}]}


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("{", "第 1 行第 2 个字符处有误"),
        ("[]", "应是一个 JSON 对象"),
        ("[" * 100_000, "层数太多"),
        ('{"reads": 1, "reads": 2}', "字段 reads 写了两次"),
        ({**GOOD, "reads": None}, "reads：应是不小于 1 的整数，现为 null"),
        ({**GOOD, "reads": 0}, "reads：应是不小于 1 的整数，现为 0"),
        ({**GOOD, "reads": "3"}, 'reads：应是不小于 1 的整数，现为 "3"'),
        ({**GOOD, "reads": 1.5}, "reads：应是不小于 1 的整数，现为 1.5"),
        ({**GOOD, "entries": {}}, "entries：应是数组"),
        ({**GOOD, "entries": ["甲"]}, "entries[0]：应是对象"),
        ({**GOOD, "entries": [{"id": None}]}, "entries[0].id：缺少编号"),
        ({**GOOD, "entries": [{"id": "甲"}, {"id": True}]}, "entries[1].id：编号应是文字或整数，现为 true"),
        ({**GOOD, "entries": [{"id": 1}, {"id": "1"}]}, "entries[1].id：编号 1 出现了两次"),
        ({**GOOD, "entries": [{"id": 1, "school": ["a"]}]}, "entries[0].school：应是文字或整数"),
        ({**GOOD, "judges": [{"id": "张"}, {"id": "张"}]}, "judges[1].id：编号 张 出现了两次"),
        ({**GOOD, "judges": [{"id": "张", "limit": -1}]}, "judges[0].limit：应是不小于 0 的整数，现为 -1"),
        ({**GOOD, "judges": [{"id": "张", "panels": "A"}]}, "judges[0].panels：应是数组"),
        ({**GOOD, "conflicts": [{"judge": "李", "entry": "甲"}]}, "conflicts[0].judge：judges 中没有评委 李"),
        ({**GOOD, "conflicts": [{"judge": "张", "entry": "乙"}]}, "conflicts[0].entry：entries 中没有作品 乙"),
        ({**GOOD, "read": [{"judge": "张"}]}, "read[0].entry：缺少编号"),
        ({**GOOD, "read": [{"judge": "张", "entry": "甲"}] * 2}, "评委 张 对作品 甲 出现了两次"),
        ({**GOOD, "entries": [{"id": 1, "panel": "A"}], "link_share": 2}, "link_share：应是 0 到 1 之间的数，现为 2"),
        ({**GOOD, "link_share": "30%"}, 'link_share：应是 0 到 1 之间的数，现为 "30%"'),
        ({**GOOD, "link_share": -1}, "link_share：应是 0 到 1 之间的数，现为 -1"),
        ({**GOOD, "read": [{"judge": "走了", "entry": "乙"}]}, "read[0].entry：entries 中没有作品 乙"),
        ({**GOOD, "calibration": ["乙"]}, "calibration[0]：entries 中没有作品 乙"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_place(tmp_path: Path, problem: Any, words: str) -> None:
    result = called(tmp_path, problem, "--json")
    assert result.exit_code != 0
    assert words in str(result.exception)


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes('{"reads": 1, "entries": [{"id": "甲"}]}'.encode("gb18030"))
    result = CliRunner().invoke(cli, ["judging", "assign", str(path)])
    assert "不是 UTF-8 编码：第 34 个字节" in str(result.exception)


def test_a_field_that_means_nothing_is_named(tmp_path: Path) -> None:
    found = answered(tmp_path, {**GOOD, "link_shares": 0.5})
    assert found["notes"] == ["文件中的 link_shares 没有用到。"]
