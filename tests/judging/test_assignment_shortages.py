"""Why there is no plan: each collision in words, none of them larger than it must be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contest_portal.judging.assignment import Entry, Infeasible, Judge, Plan, Problem, Shortage, assign
from contest_portal.judging.assignment.shortage_words import told
from tests.judging.assignment_cases import may_read, problems, refused


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
    first, *others = refused(replace(problem, judges=limited)).shortages
    assert first.what == "entry"
    assert first.missing == 2
    assert [(one.what, one.judges, one.missing) for one in others] == [("group", (f"物{i}评",), 1) for i in range(3)]
    assert str(others[0].message).startswith("物理组缺 1 次评阅：需要物0评评阅 3 次，按任务上限只能再评 2 次；")


def test_judges_who_are_busy_elsewhere_without_need_are_not_blamed() -> None:
    """甲 may read both panels, but the plan finds room for him: only 乙's limit collides."""
    works = [Entry("a", panel="A"), Entry("b1", panel="B"), Entry("b2", panel="B")]
    judges = [Judge("甲", panels=frozenset("A")), Judge("乙", panels=frozenset("B"), limit=1)]
    (shortage,) = refused(Problem(works, judges, 1)).shortages
    assert (shortage.what, shortage.entries, shortage.judges, shortage.missing) == ("group", ("b1", "b2"), ("乙",), 1)


@settings(max_examples=80, deadline=None)
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


@settings(max_examples=120, deadline=None)
@given(problem=problems())
def test_each_collision_stands_by_itself_and_nothing_in_it_can_be_left_out(problem: Problem) -> None:
    """By trying all ways to place reads: with its own entries and no limits but the named ones, as many reads are
    missing as it says, and fewer once any limit or any named reason to keep away is lifted."""
    answer = assign(problem, 1)
    assume(isinstance(answer, Infeasible))
    assert isinstance(answer, Infeasible)
    given = Counter(judge for judge, _ in problem.kept)
    for one in answer.shortages:
        part = _Part(problem, one)
        limited = [judge for judge in problem.judges if judge.id in part.judges and one.what != "entry"]
        room = {judge.id: max((judge.limit or 0) - given[judge.id], 0) for judge in limited}
        assert part.missing(room) == one.reads_missing
        for judge in room:
            assert part.missing({other: most for other, most in room.items() if other != judge}) < one.reads_missing
        for judge in one.kept_away:
            assert part.missing(room, welcome=judge) < one.reads_missing
        for entry in one.entries:
            assert part.missing(room, without=entry) < one.reads_missing


@settings(max_examples=80, deadline=None)
@given(problem=problems())
def test_what_collides_for_separate_reasons_is_told_in_separate_lines(problem: Problem) -> None:
    """However the judges of a line are parted, the two parts by themselves explain less than the line."""
    answer = assign(problem, 1)
    assume(isinstance(answer, Infeasible))
    assert isinstance(answer, Infeasible)
    given = Counter(judge for judge, _ in problem.kept)
    limits = {one.id: one.limit for one in problem.judges}
    for one in answer.shortages:
        if one.what == "entry":
            continue
        part = _Part(problem, one)
        room = {judge: max((limits[judge] or 0) - given[judge], 0) for judge in part.judges}
        for count in range(1, len(room)):
            for some in combinations(room, count):
                here = {judge: room[judge] for judge in some}
                there = {judge: most for judge, most in room.items() if judge not in here}
                assert part.missing(here) + part.missing(there) < one.reads_missing


class _Part:
    """One line's entries alone. A line about limits asks of each entry no more reads than judges may read it."""

    def __init__(self, problem: Problem, shortage: Shortage) -> None:
        everything = shortage.what == "capacity"
        self.judges = [one.id for one in problem.judges] if everything else list(shortage.judges)
        self.entries = [one for one in problem.entries if everything or one.id in shortage.entries]
        read = set(problem.kept)
        self.able = {
            entry.id: frozenset(
                one.id for one in problem.judges if may_read(problem, one, entry) and (one.id, entry.id) not in read
            )
            for entry in self.entries
        }
        kept = Counter(entry for _, entry in read)
        self.need = {one.id: max((one.reads or problem.reads) - kept[one.id], 0) for one in self.entries}
        self.lacked = {entry: max(need - len(self.able[entry]), 0) for entry, need in self.need.items()}
        if shortage.what != "entry":
            self.need = {entry: need - self.lacked[entry] for entry, need in self.need.items()}

    def missing(self, room: dict[Any, int], welcome: Any = None, without: Any = None) -> int:
        """The fewest reads that cannot be placed, by trying all. `welcome`: a judge who may read every entry that has
        enough judges, or lacks some in a line that says so."""
        need = {entry: count for entry, count in self.need.items() if entry != without}
        best = {tuple(sorted(room.items(), key=str)): 0}
        for entry, count in need.items():
            able = set(self.able[entry])
            if welcome is not None and (not self.lacked[entry] or not room):
                able.add(welcome)
            after: dict[tuple[Any, ...], int] = {}
            for left, placed in best.items():
                for taken in range(count + 1):
                    for some in combinations(sorted(able), min(taken, len(able))):
                        rest = {judge: most - (judge in some) for judge, most in left}
                        if all(most >= 0 for most in rest.values()):
                            key = tuple(rest.items())
                            after[key] = max(after.get(key, 0), placed + len(some))
            best = after
        return sum(need.values()) - max(best.values())


def test_a_judge_reads_a_work_once_so_two_causes_are_two_lines() -> None:
    """A's limit leaves three of five works without him; E0 lacks a judge whatever A's limit is."""
    problem = Problem(
        [Entry(f"E{i}") for i in range(5)], [Judge("A", limit=2), Judge("B"), Judge("C")], 3, {("C", "E0")}
    )
    one, other = refused(problem).shortages
    assert str(one.message) == "作品E0缺 1 名评委：每件还需 3 名，只有A、B可评；C须回避。"
    assert str(other.message) == "作品E0、E1、E2、E3、E4缺 3 次评阅：需要A评阅 5 次，按任务上限只能再评 2 次。"
    assert (one.what, one.missing, other.what, other.missing) == ("entry", 1, "group", 3)


def test_all_works_of_a_discipline_are_called_so_and_a_part_of_them_by_name() -> None:
    works = [Entry(f"技{i}", discipline="技术") for i in range(2)] + [Entry("化", discipline="化学")]
    judges = [Judge("A"), Judge("B")]
    (every,) = refused(Problem(works, judges, 2, {("A", "技0"), ("A", "技1")})).shortages
    assert str(every.message).startswith("「技术」的全部作品缺 1 名评委：")
    (some,) = refused(Problem(works, judges, 2, {("A", "技1")})).shortages
    assert str(some.message).startswith("技术的作品技1缺 1 名评委：")


def test_judges_whom_no_entry_may_choose_between_collide_apart() -> None:
    works = [Entry("两人都须评"), Entry("甲评", panel="A"), Entry("乙评", panel="B")]
    judges = [Judge("甲", limit=1, panels=frozenset("A")), Judge("乙", limit=1, panels=frozenset("B"))]
    both = Problem([replace(works[0], reads=2), *works[1:]], judges, 1)
    assert [(one.judges, set(one.entries), one.missing) for one in refused(both).shortages] == [
        (("乙",), {"两人都须评", "乙评"}, 1),
        (("甲",), {"两人都须评", "甲评"}, 1),
    ]
    (together,) = refused(Problem(works, judges, 1)).shortages
    assert (together.what, together.missing) == ("capacity", 1)


@pytest.mark.parametrize("count", [9, 200])
def test_long_lists_are_shortened(count: int) -> None:
    (shortage,) = refused(Problem([Entry(i) for i in range(count)], [Judge("独")], 2)).shortages
    assert f"等 {count} 件" in str(shortage.message)
    assert len(shortage.entries) == count


def test_judges_who_all_must_read_everything_and_are_alike_are_told_in_one_line() -> None:
    """Forty judges, each at the limit for itself; one of another limit has a line of its own."""
    judges = [Judge(i, limit=2, name=f"评委{i:02d}") for i in range(39)] + [Judge(39, limit=1, name="评委39")]
    answer = refused(Problem([Entry(f"E{i}") for i in range(3)], judges, 40))
    assert len(answer.shortages) == 40
    one, other = (str(message) for message in told(answer.shortages))
    assert "评委07等 39 人每人须评阅 3 次，按任务上限每人只能再评 2 次，每人缺 1 次" in one
    assert "需要评委39评阅 3 次，按任务上限只能再评 1 次" in other


def test_lines_that_differ_in_more_than_the_judge_stay_apart() -> None:
    works = [Entry("甲作", panel="A"), Entry("乙作", panel="B")]
    judges = [Judge("甲", limit=0, panels=frozenset("A")), Judge("乙", limit=0, panels=frozenset("B"))]
    answer = refused(Problem([*works, Entry("丙作", panel="C")], [*judges, Judge("丙", panels=frozenset("C"))], 1))
    assert [str(one) for one in told(answer.shortages)] == [str(one.message) for one in answer.shortages]
    assert len(answer.shortages) == 2


@pytest.mark.parametrize(
    ("why", "words"), [("time", "乙没有时间"), ("before", "乙前一轮已经评阅过"), (None, "乙须回避")]
)
def test_who_is_kept_away_is_told_by_the_true_reason(why: str | None, words: str) -> None:
    problem = Problem(
        [Entry("作")], [Judge("甲"), Judge("乙")], 2, {("乙", "作")}, reasons={("乙", "作"): why} if why else {}
    )
    (one,) = refused(problem).shortages
    assert str(one.message).endswith(f"；{words}。")
