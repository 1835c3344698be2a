"""Rounds from plan to ranking, on the database."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale, TooLate
from contest_portal.core.models import Notice
from contest_portal.core.notices import notices_of, unread_count
from contest_portal.entries.models import Entry
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.judging.models import Assignment, ConflictOfInterest, Round, ScoreSheet
from contest_portal.judging.queries.plan_preview import preview_plan
from contest_portal.judging.queries.rounds import progress_of_round, round_by_id
from contest_portal.judging.services import opening, progress, rankings, reassigning, relations, rounds, sheets
from contest_portal.judging.services.rounds import Seat
from contest_portal.people.models import Student
from tests import factories
from tests.judging.making import (  # fmt: skip
    make_entry,
    make_judge,
    make_scene,
    marks,
    open_round,
    plan_round,
    score,
    tasks_of,
)


def pairs(row: Round) -> set[tuple[int, int]]:
    return {(task.judge_id, task.entry_id) for task in tasks_of(row)}


class TestOpening:
    def test_every_work_gets_its_reads_and_loads_differ_by_one_at_most(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=7)
        row = open_round(scene, reads=3)
        by_entry = Counter(entry for _judge, entry in pairs(row))
        by_judge = Counter(judge for judge, _entry in pairs(row))
        assert set(by_entry.values()) == {3}
        assert len(by_entry) == 7
        assert max(by_judge.values()) - min(by_judge.values()) <= 1
        assert row.state == "open"
        assert row.plan_facts["loads"] == {str(judge): count for judge, count in by_judge.items()}

    def test_conflicts_are_never_assigned(self, app: Flask) -> None:
        scene = make_scene(schools=3, judges=4, entries=9)
        teacher = factories.make_teacher(scene.schools[2], "马老师")
        by_employer = make_judge(scene, employer="甘州区 南街小学")  # spaces do not hide a school
        by_school = make_judge(scene, school_id=scene.schools[1].id)
        at_school = factories.make_account(Role.JUDGE, office=scene.office)
        account = factories.make_account(Role.TEACHER, school=scene.schools[0], teacher=teacher)
        tutor = make_judge(scene, account=account)
        tutored = make_entry(scene, scene.schools[1], tutor=teacher)
        co_author = factories.make_student(scene.schools[1], "李同学")
        team = make_entry(scene, scene.schools[2])
        team.authors.append(type(team.authors[0])(student_id=co_author.id, position=2))
        db.session.commit()
        pupil = db.session.scalars(select(Student).join(Entry.authors.property.mapper.class_)).first()
        assert pupil is not None
        assert at_school.account_id
        declared = scene.judges[0]
        relations.add_relation(scene.staff, declared.id, why="亲属", student_id=pupil.id)
        relations.add_relation(scene.staff, declared.id, why="校外辅导", entry_id=tutored.id)
        row = open_round(scene, reads=3)
        given = pairs(row)
        of_school = lambda school: {e.id for e in scene.entries if e.school_id == school.id}  # noqa: E731
        reads_of = lambda judge: {entry for one, entry in given if one == judge.id}  # noqa: E731
        assert not reads_of(by_employer) & of_school(scene.schools[0])
        assert not reads_of(by_school) & (of_school(scene.schools[1]) | {team.id})
        assert not reads_of(tutor) & (of_school(scene.schools[0]) | {tutored.id})
        assert not reads_of(declared) & {tutored.id, scene.entries[0].id}

    def test_what_is_short_is_said_and_nothing_changes(self, app: Flask) -> None:
        scene = make_scene(judges=2, entries=4)
        row = plan_round(scene, reads=3)
        with pytest.raises(Invalid) as refused:
            opening.open_round(scene.staff, row.id, row.version)
        assert "评委" in str(refused.value.message)
        assert db.session.get_one(Round, row.id).state == "planned"
        assert not tasks_of(row)

    def test_a_category_without_accepted_works_is_named(self, app: Flask) -> None:
        scene = make_scene()
        row = plan_round(scene, codes=("KH", "DV"))
        preview = preview_plan(round_by_id(row.id), 1)
        assert preview.plan is None
        assert "科学DV" in str(preview.shortages[0])

    def test_the_same_seed_gives_the_same_plan_and_fingerprint(self, app: Flask) -> None:
        scene = make_scene(judges=5, entries=8)
        row = round_by_id(plan_round(scene).id)
        first, second, other = preview_plan(row, 7), preview_plan(row, 7), preview_plan(row, 8)
        assert first.plan is not None
        assert second.plan is not None
        assert first.plan.pairs == second.plan.pairs
        assert first.inputs.sha256(7) == second.inputs.sha256(7) != other.inputs.sha256(8)

    def test_judges_stay_in_their_categories_and_below_their_limit(self, app: Flask) -> None:
        scene = make_scene(judges=6, entries=6)
        for i in range(4):
            make_entry(scene, scene.schools[i % 3], category="DV", title="沙枣花开的时候")
        film, painting = scene.category("DV").id, scene.category("KH").id
        seats = [
            Seat(judge.id, [film] if i < 3 else [painting], 4 if i == 3 else None)
            for i, judge in enumerate(scene.judges)
        ]
        row = open_round(scene, reads=2, codes=("KH", "DV"), seats=seats)
        category = {entry.id: entry.category_id for entry in scene.entries}
        for i, judge in enumerate(scene.judges):
            own = [category[task.entry_id] for task in tasks_of(row, judge)]
            assert set(own) <= {film if i < 3 else painting}
        assert len(tasks_of(row, scene.judges[3])) <= 4

    def test_the_rubric_is_frozen_and_judges_are_told(self, app: Flask) -> None:
        scene = make_scene()
        row = open_round(scene)
        assert [one["name"] for one in row.categories[0].rubric] == ["想象力", "科学性", "绘画水平"]
        told = db.session.scalars(select(Notice.account_id)).all()
        assert {judge.account_id for judge in scene.judges} <= set(told)

    def test_a_stale_page_opens_nothing(self, app: Flask) -> None:
        scene = make_scene()
        row = plan_round(scene)
        with pytest.raises(Stale):
            opening.open_round(scene.staff, row.id, row.version - 1)

    def test_an_open_round_cannot_be_edited_or_opened_again(self, app: Flask) -> None:
        scene = make_scene()
        row = open_round(scene)
        with pytest.raises(Conflict):
            opening.open_round(scene.staff, row.id, row.version)
        with pytest.raises(Conflict):
            rounds.discard_round(scene.staff, row.id)


class TestSheets:
    def test_another_judges_task_does_not_exist(self, app: Flask) -> None:
        scene = make_scene()
        row = open_round(scene)
        mine, theirs = scene.judges[0], scene.judges[1]
        task = tasks_of(row, theirs)[0]
        with pytest.raises(NotFound):
            sheets.submit_sheet(scene.actor(mine), task.id, 1, marks(80))
        with pytest.raises(NotFound):
            sheets.save_draft(scene.actor(mine), task.id, 1, {}, "")

    def test_every_criterion_is_checked(self, app: Flask) -> None:
        scene = make_scene()
        row = open_round(scene)
        task = tasks_of(row)[0]
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        with pytest.raises(Invalid) as refused:
            sheets.submit_sheet(scene.actor(judge), task.id, 1, {"imagination": "51", "science": "12.25"})
        assert [(p.field, str(p.message)) for p in refused.value.problems] == [
            ("mark_imagination", "「想象力」应为 0–50 分，现为 51。"),
            ("mark_science", "「科学性」最多一位小数，现为 12.25。"),
            ("mark_painting", "请为「绘画水平」评分。"),
        ]
        sheet = sheets.submit_sheet(
            scene.actor(judge), task.id, 1, {"imagination": "４３．５", "science": "20", "painting": "19"}
        )
        assert (sheet.total, sheet.marks) == (82.5, {"imagination": 43.5, "science": 20, "painting": 19})

    def test_a_submitted_sheet_stays_and_the_same_again_changes_nothing(self, app: Flask) -> None:
        scene = make_scene()
        task = tasks_of(open_round(scene))[0]
        first = score(scene, task, 80)
        again = score(scene, task, 80)
        assert again.id == first.id
        task = db.session.get_one(Assignment, task.id)
        with pytest.raises(Conflict, match="申请修改"):
            score(scene, task, 85)
        kept = db.session.scalars(select(ScoreSheet)).all()
        assert [(one.version, one.is_current, one.total) for one in kept] == [(1, True, 80)]

    def test_drafts_are_kept_as_typed_and_a_second_device_is_told(self, app: Flask) -> None:
        scene = make_scene()
        task = tasks_of(open_round(scene))[0]
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        actor = scene.actor(judge)
        version = sheets.save_draft(actor, task.id, 1, {"imagination": "4x", "science": "", "other": "9"}, "构图好")
        kept = db.session.get_one(Assignment, task.id)
        assert (kept.draft_marks, kept.draft_comment, version) == ({"imagination": "4x"}, "构图好", 2)
        with pytest.raises(Stale):
            sheets.save_draft(actor, task.id, 1, {"imagination": "30"}, "")
        with pytest.raises(Stale):
            sheets.submit_sheet(actor, task.id, 1, marks(60))
        # The draft that was on its way while the button was pressed says the same: no reason to complain.
        sheets.save_draft(actor, task.id, 2, marks(60), "")
        assert sheets.submit_sheet(actor, task.id, 2, marks(60)).total == 60

    def test_the_window_is_inclusive_to_its_last_second(self, app: Flask, clock: MovingClock) -> None:
        scene = make_scene()
        row = open_round(scene)
        first, second = tasks_of(row)[:2]
        clock.move_to(row.closes_at + timedelta(milliseconds=900))
        score(scene, first, 70)
        clock.move_to(row.closes_at + timedelta(seconds=1))
        with pytest.raises(TooLate):
            score(scene, second, 70)
        progress.move_deadline(scene.staff, row.id, now() + timedelta(days=1), row.version)
        score(scene, second, 70)

    def test_nothing_is_marked_before_the_window_opens(self, app: Flask) -> None:
        scene = make_scene()
        row = open_round(scene, opens_at=now() + timedelta(hours=1))
        with pytest.raises(Conflict):
            score(scene, tasks_of(row)[0], 70)


class TestKeepingAway:
    def test_a_declared_conflict_moves_the_task_at_once(self, app: Flask) -> None:
        scene = make_scene(judges=5, entries=6)
        row = open_round(scene, reads=3)
        task = tasks_of(row)[0]
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        readers = {t.judge_id for t in tasks_of(row) if t.entry_id == task.entry_id}
        taker = sheets.declare_conflict(scene.actor(judge), task.id, "学生家长是同事")
        assert taker is not None
        assert taker.id not in readers
        after = {t.judge_id for t in tasks_of(row) if t.entry_id == task.entry_id}
        assert after == (readers - {judge.id}) | {taker.id}
        declared = db.session.scalars(select(ConflictOfInterest)).one()
        assert (declared.kind, declared.entry_id, declared.why) == ("declared", task.entry_id, "学生家长是同事")
        with pytest.raises(NotFound):
            sheets.submit_sheet(scene.actor(judge), task.id, 2, marks(50))

    def test_when_nobody_is_left_the_office_is_told(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=3)
        row = open_round(scene, reads=3)
        task = tasks_of(row)[0]
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        assert sheets.declare_conflict(scene.actor(judge), task.id, "亲属") is None
        notice = db.session.scalars(select(Notice).where(Notice.account_id == scene.staff.account_id)).one()
        assert "无人可以接替" in notice.title

    def test_a_relation_entered_late_moves_unfinished_tasks_and_names_finished_ones(self, app: Flask) -> None:
        scene = make_scene(schools=2, judges=5, entries=6)
        row = open_round(scene, reads=2)
        school = scene.schools[0]
        of_school = {entry.id for entry in scene.entries if entry.school_id == school.id}
        judge = max(scene.judges, key=lambda one: sum(t.entry_id in of_school for t in tasks_of(row, one)))
        own = [task for task in tasks_of(row, judge) if task.entry_id in of_school]
        assert len(own) >= 2
        score(scene, own[0], 70)
        moved = relations.add_relation(scene.staff, judge.id, why="曾在该校任教", school_id=school.id)
        assert (moved.moved, moved.stranded, moved.submitted) == (len(own) - 1, 0, 1)
        left = {t.entry_id for t in tasks_of(row, judge)}
        assert left & of_school == {own[0].entry_id}

    def test_reassigning_by_hand_refuses_a_conflict_with_its_reason(self, app: Flask) -> None:
        scene = make_scene(schools=2, judges=4, entries=4)
        row = open_round(scene, reads=2)
        task = tasks_of(row)[0]
        entry = db.session.get_one(Entry, task.entry_id)
        readers = {t.judge_id for t in tasks_of(row) if t.entry_id == task.entry_id}
        free = [one for one in scene.judges if one.id not in readers]
        relations.add_relation(scene.staff, free[0].id, why="亲属", school_id=entry.school_id)
        with pytest.raises(Invalid) as refused:
            reassigning.reassign_task(scene.staff, task.id, free[0].id, "")
        assert "亲属" in str(refused.value.message)
        new = reassigning.reassign_task(scene.staff, task.id, free[1].id, "请假")
        assert (new.judge_id, new.state) == (free[1].id, "todo")
        assert db.session.get_one(Assignment, task.id).state == "void"
        # And back again: the old row is taken up afresh.
        back = reassigning.reassign_task(scene.staff, new.id, task.judge_id, "")
        assert (back.id, back.state) == (task.id, "todo")


class TestWithdrawal:
    def test_a_school_cannot_withdraw_what_is_being_judged_yet_the_office_can(self, app: Flask) -> None:
        scene = make_scene()
        entry = scene.entries[0]
        manager = factories.make_account(Role.SCHOOL_MANAGER, school=scene.schools[0])
        row = open_round(scene)
        with pytest.raises(Conflict, match="已进入评审"):
            withdraw_entry(manager, entry.id, "作者转学")
        withdraw_entry(scene.staff, entry.id, "抄袭")
        states = db.session.scalars(
            select(Assignment.state).where(Assignment.round_id == row.id, Assignment.entry_id == entry.id)
        ).all()
        assert set(states) == {"void"}


class TestClosing:
    def test_unfinished_tasks_must_be_voided_knowingly(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=3)
        row = open_round(scene, reads=2)
        for task in tasks_of(row)[1:]:
            score(scene, task, 70)
        with pytest.raises(Conflict) as refused:
            progress.close_round(scene.staff, row.id, row.version)
        assert "1 项" in str(refused.value.message)
        closed = progress.close_round(scene.staff, row.id, row.version, void_unfinished=True)
        assert closed.state == "closed"
        assert len(tasks_of(closed)) == 5
        with pytest.raises(Conflict):
            score(scene, tasks_of(closed)[0], 71)

    def test_reminders_reach_judges_with_unfinished_tasks_only(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=2)
        row = open_round(scene, reads=3)
        for task in tasks_of(row, scene.judges[0]):
            score(scene, task, 70)
        before = len(db.session.scalars(select(Notice)).all())
        assert progress.remind_judges(scene.staff, row.id) == 2
        assert len(db.session.scalars(select(Notice)).all()) == before + 2

    def test_what_a_closed_round_had_asked_for_is_no_longer_unread(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=2)
        row, other = open_round(scene, reads=2), open_round(scene, reads=2)
        account = scene.judges[0].account_id or 0
        before = unread_count(account)
        progress.close_round(scene.staff, row.id, row.version, void_unfinished=True)
        assert unread_count(account) == before - 1
        page = [notice.url for notice, _title, _body in notices_of(account) if notice.read_at is None]
        assert f"/judge#round-{other.id}" in page

    def test_progress_counts_by_judge_and_category(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=3)
        row = open_round(scene, reads=2)
        score(scene, tasks_of(row)[0], 70)
        progress = progress_of_round(round_by_id(row.id))
        assert (progress.live, progress.done) == (6, 1)
        assert sum(one.done for one in progress.judges) == 1
        assert [(one.entries, one.live, one.done, one.finished) for one in progress.categories] == [(3, 6, 1, 0)]


class TestRanking:
    def closed(self, totals: dict[tuple[int, int], float], *, method: str = "raw", reads: int = 3) -> tuple:
        """A closed round of three judges and as many works as the totals name: (judge, work) → total."""
        works = 1 + max(work for _judge, work in totals)
        scene = make_scene(judges=3, entries=works)
        row = open_round(scene, reads=reads, method=method)
        for task in tasks_of(row):
            judge = next(i for i, one in enumerate(scene.judges) if one.id == task.judge_id)
            work = next(i for i, one in enumerate(scene.entries) if one.id == task.entry_id)
            score(scene, task, totals[judge, work])
        return scene, progress.close_round(scene.staff, row.id, db.session.get_one(Round, row.id).version)

    def test_lines_carry_the_mean_computed_by_hand_and_ties_as_ties(self, app: Flask) -> None:
        totals = {(0, 0): 90, (1, 0): 80, (2, 0): 85, (0, 1): 70, (1, 1): 75, (2, 1): 71.5,
                  (0, 2): 84, (1, 2): 86, (2, 2): 85, (0, 3): 60, (1, 3): 90, (2, 3): 66}  # fmt: skip
        scene, row = self.closed(totals)
        made = rankings.rank_round(scene.staff, row.id)
        (ranking,) = [one for one in made if one.stage_code == ""]
        lines = {line["entry_id"]: line for line in ranking.lines}
        first, second, third, fourth = (lines[entry.id] for entry in scene.entries)
        assert [line["raw"] for line in (first, second, third, fourth)] == [85, pytest.approx(72.166667), 85, 72]
        assert [line["rank"] for line in (first, second, third, fourth)] == [1, 3, 1, 4]
        assert [line["tied"] for line in (first, second, third, fourth)] == [True, False, True, False]
        assert [line["spread"] for line in (first, second, third, fourth)] == [10, 5, 2, 30]
        assert first["criteria"]["imagination"] == 50
        assert db.session.get_one(Round, row.id).state == "ranked"
        assert len(ranking.inputs_sha256) == 64

    def test_severity_is_removed_beside_the_raw_mean(self, app: Flask) -> None:
        # A balanced table: every judge reads every work, the third gives ten points less than the first two.
        totals = {(judge, work): 80 - 5 * work - (10 if judge == 2 else 0) + (1 if (judge + work) % 2 else 0)
                  for judge in range(3) for work in range(4)}  # fmt: skip
        scene, row = self.closed(totals, method="additive")
        (ranking,) = [one for one in rankings.rank_round(scene.staff, row.id) if not one.stage_code]
        assert ranking.method == "additive"
        for line in ranking.lines:
            assert line["additive"] == pytest.approx(line["raw"])  # balanced: the means are right already
            assert line["score"] == line["additive"]
            assert line["mixed"] is not None
        severities = {one["judge_id"]: one["additive"] for one in ranking.facts["judges"]}
        assert severities[scene.judges[2].id] == pytest.approx(-20 / 3, abs=0.5)

    def test_every_stage_group_is_ranked_within_itself_from_one_fit(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=2)
        for i in range(2):
            make_entry(scene, scene.schools[i], stage="C")
        row = open_round(scene, reads=3)
        for task in tasks_of(row):
            place = next(i for i, one in enumerate(scene.entries) if one.id == task.entry_id)
            score(scene, task, 90 - place * 5)
        row = progress.close_round(scene.staff, row.id, row.version)
        made = {one.stage_code: one for one in rankings.rank_round(scene.staff, row.id, method="mixed")}
        assert set(made) == {"", "X", "C"}
        assert [line["rank"] for line in made[""].lines] == [1, 2, 3, 4]
        assert [line["rank"] for line in made["C"].lines] == [1, 2]
        overall = {line["entry_id"]: line["score"] for line in made[""].lines}
        assert all(overall[line["entry_id"]] == line["score"] for line in made["C"].lines)
        assert made[""].facts["judges"] == made["C"].facts["judges"]

    def test_a_work_that_nobody_read_stands_last_without_a_rank(self, app: Flask) -> None:
        scene = make_scene(judges=2, entries=2)
        row = open_round(scene, reads=1)
        score(scene, tasks_of(row)[0], 70)
        row = progress.close_round(scene.staff, row.id, row.version, void_unfinished=True)
        (ranking,) = [one for one in rankings.rank_round(scene.staff, row.id) if not one.stage_code]
        assert [(line["reads"], line["rank"]) for line in ranking.lines] == [(1, 1), (0, None)]

    def test_a_round_is_ranked_once_and_only_after_closing(self, app: Flask) -> None:
        scene = make_scene(judges=2, entries=2)
        row = open_round(scene, reads=1)
        for task in tasks_of(row):
            score(scene, task, 70)
        with pytest.raises(Conflict):
            rankings.rank_round(scene.staff, row.id)
        progress.close_round(scene.staff, row.id, row.version)
        rankings.rank_round(scene.staff, row.id)
        with pytest.raises(Conflict):
            rankings.rank_round(scene.staff, row.id)
