"""Why there is no plan: each collision in words, none of them larger than it must be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contest_portal.judging.assignment import Entry, Infeasible, Judge, Plan, Problem, assign
from tests.judging.assignment_cases import problems, refused


def chemistry(entries: int = 3) -> Problem:
    """Two panels; of the judges of 化学组 one is kept away by a conflict, one by the own school."""
    works = [Entry(f"化{i}", school="一中", panel="化学组") for i in range(entries)]
    works += [Entry(f"物{i}", school="二中", panel="物理组") for i in range(3)]
    judges = [
        Judge("张", name="张一", panels=frozenset({"化学组"})),
        Judge("李", name="李二", panels=frozenset({"化学组"}), employer="一中"),
        Judge("王", name="王三", panels=frozenset({"化学组"})),
        *(Judge(f"物{i}评", panels=frozenset({"物理组"})) for i in range(3)),
    ]
    return Problem(works, judges, 3, {("张", work.id) for work in works if work.panel == "化学组"})


def test_a_panel_says_how_many_judges_it_lacks_and_who_is_kept_away_why() -> None:
    (shortage,) = refused(chemistry()).shortages
    assert (shortage.what, shortage.missing, shortage.reads_missing) == ("entry", 2, 6)
    assert shortage.entries == ("化0", "化1", "化2")
    assert shortage.judges == ("王",)
    assert set(shortage.kept_away) == {"张", "李", "物0评", "物1评", "物2评"}
    assert str(shortage.message) == (
        "化学组缺 2 名评委：每件还需 3 名，只有王三可评；张一须回避；李二与作者同单位，须回避；物0评、物1评、物2评不在该评审组。"
    )


def test_part_of_a_panel_is_named_by_its_entries() -> None:
    problem = chemistry()
    free = replace(problem, conflicts={("张", "化1")}, judges=[replace(one, employer=None) for one in problem.judges])
    (shortage,) = refused(free).shortages
    assert str(shortage.message).startswith("化学组的作品化1缺 1 名评委：")
    assert shortage.kept_away[0] == "张"


def test_independent_collisions_are_all_listed() -> None:
    problem = chemistry()
    limited = [replace(one, limit=2) if str(one.id).startswith("物") else one for one in problem.judges]
    first, second = refused(replace(problem, judges=limited)).shortages
    assert first.what == "entry"
    assert first.missing == 2
    assert (second.what, second.missing) == ("group", 3)
    assert str(second.message).startswith(
        "物理组缺 3 次评阅：需要物0评、物1评、物2评评阅 9 次，受任务上限所限他们还能承担 6 次"
    )
    assert set(second.judges) == {"物0评", "物1评", "物2评"}


def test_judges_who_are_busy_elsewhere_without_need_are_not_blamed() -> None:
    """甲 may read both panels, but the plan finds room for him: only 乙's limit collides."""
    works = [Entry("a", panel="A"), Entry("b1", panel="B"), Entry("b2", panel="B")]
    judges = [Judge("甲", panels=frozenset("A")), Judge("乙", panels=frozenset("B"), limit=1)]
    (shortage,) = refused(Problem(works, judges, 1)).shortages
    assert (shortage.what, shortage.entries, shortage.judges, shortage.missing) == ("group", ("b1", "b2"), ("乙",), 1)


@settings(max_examples=200, deadline=None)
@given(problem=problems(), seed=st.integers(0, 3))
def test_no_named_entry_and_no_named_judge_is_there_for_nothing(problem: Problem, seed: int) -> None:
    answer = assign(problem, seed)
    assume(isinstance(answer, Infeasible))
    assert isinstance(answer, Infeasible)

    def missing(changed: Problem) -> int:
        again = assign(changed, seed)
        return 0 if isinstance(again, Plan) else sum(one.reads_missing for one in again.shortages)

    before = missing(problem)
    for shortage in answer.shortages:
        for entry in shortage.entries:
            without = replace(problem, entries=[one for one in problem.entries if one.id != entry])
            assert missing(without) < before
        for judge in shortage.judges if shortage.what == "group" else ():
            freed = [replace(one, limit=None) if one.id == judge else one for one in problem.judges]
            assert missing(replace(problem, judges=freed)) < before
        for judge in shortage.kept_away:
            free = replace(
                problem,
                judges=[
                    replace(one, panels=frozenset(), employer=None) if one.id == judge else one
                    for one in problem.judges
                ],
                conflicts={pair for pair in problem.conflicts if pair[0] != judge},
            )
            assert missing(free) < before


@settings(max_examples=100, deadline=None)
@given(problem=problems(), seed=st.integers(0, 3))
def test_each_collision_stands_by_itself(problem: Problem, seed: int) -> None:
    """With its own entries and the same judges alone, just as many reads are missing."""
    problem = replace(problem, kept=frozenset())  # what was read elsewhere would no longer fill a judge's limit
    answer = assign(problem, seed)
    assume(isinstance(answer, Infeasible))
    assert isinstance(answer, Infeasible)
    for shortage in answer.shortages:
        if shortage.what == "capacity":
            continue
        alone = replace(problem, entries=[one for one in problem.entries if one.id in shortage.entries])
        again = assign(alone, seed)
        assert isinstance(again, Infeasible)
        assert sum(one.reads_missing for one in again.shortages) >= shortage.reads_missing


@pytest.mark.parametrize("count", [9, 200])
def test_long_lists_are_shortened(count: int) -> None:
    (shortage,) = refused(Problem([Entry(i) for i in range(count)], [Judge("独")], 2)).shortages
    assert f"等 {count} 件" in str(shortage.message)
    assert len(shortage.entries) == count
