"""Tasks that a judge may not have go to others: the fewest move, loads stay even, and every change is on record."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.judging.assignment import Entry, Judge, Plan, Problem, Repair, assign, hand_over, repair
from contest_portal.judging.bundles import read_bundle, replay, write_bundle
from contest_portal.judging.models import PlanChange, Round
from contest_portal.judging.queries.bundles import bundle_of_round
from contest_portal.judging.services import progress, rankings, reassigning, relations, sheets
from tests.judging.assignment_cases import drawn_problem
from tests.judging.making import Scene, make_scene, open_round, score, tasks_of
from tests.judging.test_relations import forbidden

FOUR = [Judge("A", name="张一"), Judge("B", name="李二"), Judge("C", name="王三"), Judge("E", limit=1, name="钱五")]
WORKS = [Entry(1, name="作品一"), Entry(2, name="作品二")]


class TestPlain:
    def test_the_least_loaded_takes_over(self) -> None:
        others = [("B", 1), ("C", 7), ("C", 8), ("E", 7), ("B", 8), ("B", 9)]
        done = hand_over(Problem(WORKS[:1], FOUR, 2), others, [("A", 1)], seed=1)
        assert done.takers == {("A", 1): "C"}

    def test_of_equal_loads_expertise_decides_then_the_same_lot_each_time(self) -> None:
        work = Entry(1, discipline="化学")
        judges = [Judge(name, expertise=frozenset({"化学"} if name == "C" else {"物理"})) for name in "ABCD"]
        assert hand_over(Problem([work], judges, 1), [], [("A", 1)], 5).takers == {("A", 1): "C"}
        plain = Problem([work], [replace(one, expertise=frozenset()) for one in judges], 1)
        drawn = [hand_over(plain, [], [("A", 1)], seed).takers["A", 1] for seed in range(20)]
        assert set(drawn) == {"B", "C", "D"}
        assert drawn == [hand_over(plain, [], [("A", 1)], seed).takers["A", 1] for seed in range(20)]

    def test_who_takes_one_leaves_room_for_the_work_that_only_that_judge_can_read(self) -> None:
        """One by one, the least loaded E would get work one and nobody could read work two."""
        problem = Problem(WORKS, FOUR, 2, conflicts={("B", 2), ("C", 2)})
        others = [("B", 7), ("C", 7), ("B", 8), ("C", 8)]
        done = hand_over(problem, others, [("A", 1), ("A", 2)], seed=1)
        assert done.takers["A", 2] == "E"
        assert done.takers["A", 1] in {"B", "C"}
        assert done.stranded == {}

    def test_what_nobody_can_take_is_said_and_the_rest_moves_all_the_same(self) -> None:
        problem = Problem(WORKS, FOUR, 2, conflicts={("B", 2), ("C", 2), ("E", 2)})
        done = hand_over(problem, [("E", 7)], [("A", 1), ("A", 2)], seed=1)
        assert done.takers.keys() == {("A", 1)}
        assert "须回避" in str(done.stranded["A", 2])
        full = hand_over(replace(problem, conflicts={("B", 2), ("C", 2)}), [("E", 7)], [("A", 2)], seed=1)
        assert "1 名评委都已达到任务上限" in str(full.stranded["A", 2])

    def test_a_guest_is_followed_by_a_guest_and_a_panel_is_not_left(self) -> None:
        judges = [Judge(f"{panel}{i}", panels=frozenset(panel)) for panel in "甲乙" for i in range(3)]
        problem = Problem([Entry(1, panel="甲")], judges, 3)
        guest = hand_over(problem, [("甲0", 1)], [("乙0", 1)], seed=3)
        assert guest.takers["乙0", 1] in {"乙1", "乙2"}
        own = hand_over(problem, [("乙0", 1), ("甲2", 9)], [("甲0", 1)], seed=3)
        assert own.takers["甲0", 1] == "甲1"

    @pytest.mark.parametrize("seed", range(25))
    def test_it_is_as_good_as_the_repair_of_the_whole_round_with_all_else_read(self, seed: int) -> None:
        """Against the whole problem: same conflicts, loads as even, as much expertise."""
        draw = random.Random(seed)
        problem = drawn_problem(24, 7, seed=seed)
        plan = assign(problem, seed)
        assert isinstance(plan, Plan)
        giver = draw.choice([one.id for one in problem.judges])
        own = [pair for pair in plan.pairs if pair[0] == giver]
        vacated = draw.sample(own, min(3, len(own)))
        others = set(plan.pairs) - set(vacated)
        hard = replace(problem, link_share=0.0, conflicts={*problem.conflicts, *vacated})
        concerned = [one for one in problem.entries if one.id in {entry for _judge, entry in vacated}]
        done = hand_over(replace(hard, entries=concerned), others, vacated, seed)
        counts = Counter(entry for _judge, entry in plan.pairs)
        whole = replace(hard, entries=[replace(one, reads=counts[one.id]) for one in problem.entries])
        best = repair(whole, plan.pairs, others, seed)
        if not isinstance(best, Repair):
            assert done.stranded
            return
        after = others | {(taker, entry) for (_giver, entry), taker in done.takers.items()}
        assert not done.stranded
        assert len(after) == len(plan.pairs)
        assert not {(taker, entry) for (_giver, entry), taker in done.takers.items()} & set(hard.conflicts)
        assert squares(after) == squares(best.plan.pairs)
        assert experts(whole, after) == experts(whole, best.plan.pairs)

    def test_few_tasks_of_a_large_round_make_a_small_problem(self) -> None:
        judges = [Judge(number) for number in range(300)]
        pairs = [(place % 300, place // 3) for place in range(30_000)]
        vacated = [pair for pair in pairs if pair[0] == 7][:4]
        works = [Entry(entry) for _judge, entry in vacated]
        done = hand_over(Problem(works, judges, 3), set(pairs) - set(vacated), vacated, seed=1)
        assert len(done.takers) == 4
        assert len(done.plan) < 400


def squares(pairs: object) -> int:
    return sum(load**2 for load in Counter(judge for judge, _entry in pairs).values())  # type: ignore[attr-defined]


def experts(problem: Problem, pairs: object) -> int:
    works, judges = {one.id: one for one in problem.entries}, {one.id: one for one in problem.judges}
    return sum(
        bool(judges[judge].expertise & {works[entry].discipline, works[entry].category, works[entry].panel})
        for judge, entry in pairs  # type: ignore[attr-defined]
    )


def changes(row: Round) -> list[PlanChange]:
    kept = select(PlanChange).where(PlanChange.round_id == row.id).order_by(PlanChange.number)
    return list(db.session.scalars(kept))


@pytest.mark.database
class TestRecord:
    @pytest.fixture
    def scene(self, app: Flask) -> Scene:
        return make_scene(judges=5, entries=8)

    @pytest.fixture
    def running(self, scene: Scene) -> Round:
        return open_round(scene, reads=2)

    def test_plan_and_changes_give_the_tasks_as_they_are_and_the_bundle_tells_them(
        self, scene: Scene, running: Round
    ) -> None:
        judge = scene.judges[0]
        sheets.declare_conflict(scene.actor(judge), tasks_of(running, judge)[0].id, "是我外甥的作品")
        school = scene.schools[0]
        moved = relations.add_relation(scene.staff, scene.judges[1].id, why="曾任教", school_id=school.id)
        task = tasks_of(running, scene.judges[2])[0]
        free = next(
            one for one in reassigning.candidates_for(task) if one.obstacle is None and one.judge.id != task.judge_id
        )
        reassigning.reassign_task(scene.staff, task.id, free.judge.id, f"{scene.judges[2].name}出差")
        listed = changes(running)
        assert [one.kind for one in listed] == ["opening", "conflict", *(["conflict"] if moved.moved else []), "hand"]
        pairs = {tuple(pair) for pair in listed[0].plan}
        for change in listed[1:]:
            for entry, giver, taker in change.moved:
                pairs.remove((giver, entry))
                pairs.add((taker, entry))
        assert pairs == {(one.judge_id, one.entry_id) for one in tasks_of(running)}
        assert forbidden(scene, running) == set()
        for number, one in enumerate(tasks_of(running)):
            score(scene, one, 60 + number)
        progress.close_round(scene.staff, running.id, db.session.get_one(Round, running.id).version)
        rankings.rank_round(scene.staff, running.id)
        content = write_bundle(bundle_of_round(db.session.get_one(Round, running.id)))
        findings = {str(one.what): one for one in replay(read_bundle(content))}
        assert all(one.same for one in findings.values())
        by_hand = next(one for what, one in findings.items() if "由人工改派" in what)
        assert f"账号 {scene.staff.account_id}" in str(by_hand.detail)
        assert "■" in str(by_hand.detail)
        assert scene.judges[2].name not in str(by_hand.detail)
        assert any("任务转交" in what for what in findings)
        assert "外甥" not in str(bundle_of_round(db.session.get_one(Round, running.id)))

    def test_a_task_by_hand_that_no_plan_gave_is_found(self, scene: Scene, running: Round) -> None:
        task = tasks_of(running)[0]
        free = next(one for one in reassigning.candidates_for(task) if one.obstacle is None)
        reassigning.reassign_task(scene.staff, task.id, free.judge.id, "")
        for one in tasks_of(running):
            score(scene, one, 70)
        progress.close_round(scene.staff, running.id, db.session.get_one(Round, running.id).version)
        rankings.rank_round(scene.staff, running.id)
        parts = bundle_of_round(db.session.get_one(Round, running.id))
        assert all(one.same for one in replay(read_bundle(write_bundle(parts))))
        parts["plan.json"][1]["moved"] = [[task.entry_id, 999_999, free.judge.id]]
        wrong = [str(one.what) for one in replay(read_bundle(write_bundle(parts))) if not one.same]
        assert wrong == ["第 2 次分配（由人工改派）"]

    def test_a_judges_own_limit_holds_when_tasks_are_handed_over(self, scene: Scene) -> None:
        for judge in scene.judges[1:4]:
            judge.most_tasks = 4
        db.session.commit()
        running = open_round(scene, reads=2)
        giver = scene.judges[0]
        for task in tasks_of(running, giver):
            sheets.declare_conflict(scene.actor(giver), task.id, "亲属")
        loads = Counter(task.judge_id for task in tasks_of(running))
        assert all(loads[judge.id] <= 4 for judge in scene.judges[1:4])
        assert sum(loads.values()) == 16

    def test_what_nobody_can_take_is_on_record_without_a_taker(self, app: Flask) -> None:
        scene = make_scene(judges=2, entries=2)
        running = open_round(scene, reads=2)
        judge = scene.judges[0]
        task = tasks_of(running, judge)[0]
        assert sheets.declare_conflict(scene.actor(judge), task.id, "亲属") is None
        [_opening, change] = changes(running)
        assert (change.kind, change.moved, change.made_by) == (
            "conflict",
            [[task.entry_id, judge.id, None]],
            scene.actor(judge).account_id,
        )
