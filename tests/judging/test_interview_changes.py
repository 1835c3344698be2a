"""An interview moved after the lot: who comes is told what it was and what it is, nobody is in two places at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notices_of
from contest_portal.entries.models import Entry, EntryVersion
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.judging.interview_models import InterviewSlot
from contest_portal.judging.models import Round
from contest_portal.judging.queries.interviews import places_for, schedule_of
from contest_portal.judging.services import interview_changes, interviews, opening, progress, rounds
from contest_portal.judging.services.interviews import SessionData
from tests import factories
from tests.judging.making import Scene, make_entry, make_judge, make_scene, open_round, plan_round, tasks_of

pytestmark = pytest.mark.database
WHY = "学生当天上午有考试"


class Final:
    """Three works in a drawn final: a session of six times of ten minutes, and an empty one of three in another room."""

    def __init__(self, *, told: bool = True) -> None:
        self.scene: Scene = make_scene(judges=2, entries=3)
        self.teachers: dict[int, Actor] = {}
        for entry in self.scene.entries:
            teacher = factories.make_account(Role.TEACHER, school=self.scene.schools[0])
            entry.created_by = teacher.account_id
            self.teachers[entry.id] = teacher
        db.session.commit()
        self.round_id = open_round(self.scene, mode="interview", reads=1, is_blind=False).id
        self.start = now().replace(second=0, microsecond=0) + timedelta(days=1)
        self.add("301 室", 0, 60)
        self.add("302 室", 120, 150)
        interviews.draw_order(self.scene.staff, self.round_id, self.row.version, seed=5)
        if told:
            interviews.tell_order(self.scene.staff, self.round_id, self.row.version)

    @property
    def row(self) -> Round:
        return db.session.get_one(Round, self.round_id, populate_existing=True)

    def add(self, place: str, after: int, until: int) -> None:
        data = SessionData(place, self.at(after), self.at(until), 10)
        interviews.add_session(self.scene.staff, self.round_id, data)

    def at(self, minutes: int) -> datetime:
        return self.start + timedelta(minutes=minutes)

    def slots(self) -> list[InterviewSlot]:
        return [slot for session in schedule_of(self.round_id).sessions for slot in session.slots]

    def order(self) -> list[tuple[int, str, int, datetime]]:
        """(entry, place, position, start) in time order."""
        return [(one.round_entry.entry_id, one.session.place, one.position, one.starts_at) for one in self.slots()]

    def session(self, place: str) -> int:
        return next(one.id for one in schedule_of(self.round_id).sessions if one.place == place)

    def move(self, slot: InterviewSlot, place: str, position: int, why: str = WHY) -> None:
        key = f"{self.session(place)}-{position}"
        interview_changes.move_slot(self.scene.staff, self.round_id, slot.id, key, self.row.version, why)

    def change(self, place: str, data: SessionData, why: str = "301 室停电") -> None:
        interview_changes.change_session(
            self.scene.staff, self.round_id, self.session(place), data, self.row.version, why
        )

    def told(self, account_id: int | None) -> list[tuple[str, str]]:
        """Titles and bodies of the account's notices about changes."""
        assert account_id is not None
        found = [(str(title), str(body)) for _row, title, body in notices_of(account_id)]
        return [(title, body) for title, body in found if "改期" in title]


class TestMovingAWork:
    def test_it_goes_to_a_free_time_and_its_teacher_and_judges_are_told_the_old_and_the_new(self, app: Flask) -> None:
        final = Final()
        slot = final.slots()[0]
        entry_id, old = slot.round_entry.entry_id, minute(slot.starts_at)
        final.move(slot, "302 室", 2)
        moved = next(one for one in final.order() if one[0] == entry_id)
        assert moved[1:] == ("302 室", 2, final.at(130))
        for account in (final.teachers[entry_id].account_id, *(judge.account_id for judge in final.scene.judges)):
            [(title, body)] = final.told(account)
            assert f"改为 {minute(final.at(130))}，302 室" in title
            assert body == (
                f"原定 {old}，301 室，第 1 个；现改为 {minute(final.at(130))}，302 室，第 2 个。"
                f"原因：{WHY}。请提前 10 分钟到场。"
            )
        others = [one for key, one in final.teachers.items() if key != entry_id]
        assert [final.told(one.account_id) for one in others] == [[], []]

    def test_judges_meet_the_works_in_the_new_order(self, app: Flask) -> None:
        final = Final()
        first = final.order()[0][0]
        final.move(final.slots()[0], "302 室", 1)
        own = sorted(tasks_of(final.row, final.scene.judges[0]), key=lambda task: task.position)
        assert [task.entry_id for task in own] == [one[0] for one in final.order()]
        assert own[-1].entry_id == first

    def test_where_another_stands_both_change_places_and_both_are_told(self, app: Flask) -> None:
        final = Final()
        before = final.order()
        final.move(final.slots()[0], "301 室", 3)
        after = final.order()
        assert [one[0] for one in after] == [before[2][0], before[1][0], before[0][0]]
        assert [one[1:] for one in after] == [one[1:] for one in before]
        counts = {entry_id: len(final.told(one.account_id)) for entry_id, one in final.teachers.items()}
        assert counts == {before[0][0]: 1, before[1][0]: 0, before[2][0]: 1}

    def test_before_schools_know_nobody_is_told(self, app: Flask) -> None:
        final = Final(told=False)
        final.move(final.slots()[0], "302 室", 1)
        assert all(not final.told(one.account_id) for one in final.teachers.values())

    def test_it_needs_a_reason_a_time_that_is_offered_and_the_newest_page(self, app: Flask) -> None:
        final = Final()
        slot, staff = final.slots()[0], final.scene.staff
        with pytest.raises(Invalid, match="原因"):
            final.move(slot, "302 室", 1, why=" ")
        for position in (1, 7):  # its own, and one that the session has no time for
            with pytest.raises(Invalid, match="改到什么时间"):
                final.move(slot, "301 室", position)
        with pytest.raises(Stale):
            interview_changes.move_slot(
                staff, final.round_id, slot.id, f"{final.session('302 室')}-1", final.row.version - 1, WHY
            )
        with pytest.raises(NotFound):
            interview_changes.move_slot(staff, final.round_id, 9999, "1-1", final.row.version, WHY)
        assert all(not final.told(one.account_id) for one in final.teachers.values())

    def test_a_tutor_is_never_in_two_places_at_once(self, app: Flask) -> None:
        """Two panels at the same hour; the tutor of one work of each has its works apart until one is moved."""
        scene = make_scene(judges=4, entries=0)
        tutor = factories.make_teacher(scene.schools[0], "李老师")
        for number in range(8):
            make_entry(scene, scene.schools[0], stage="XC"[number % 2], tutor=tutor if number < 2 else None)
        row = plan_round(scene, mode="interview", reads=1, panels_by="stage")
        by_stage = {panel.rule["stages"][0]: panel.id for panel in row.panels}
        seats = [
            rounds.Seat(judge.id, panel_ids=[by_stage["X" if place < 2 else "C"]])
            for place, judge in enumerate(scene.judges)
        ]
        row = rounds.choose_judges(scene.staff, row.id, seats)
        row = opening.open_round(scene.staff, row.id, row.version)
        start = now() + timedelta(days=1)
        for place, stage in (("301", "X"), ("302", "C")):
            data = SessionData(place, start, start + timedelta(minutes=60), 10, by_stage[stage])
            interviews.add_session(scene.staff, row.id, data)
        order = interviews.draw_order(scene.staff, row.id, db.session.get_one(Round, row.id).version, seed=1)
        own = [scene.entries[0].id, scene.entries[1].id]
        assert not order[own[0]].collides(order[own[1]])
        schedule = schedule_of(row.id)
        slots = {slot.round_entry.entry_id: slot for one in schedule.sessions for slot in one.slots}
        fixed, moving = slots[own[0]], slots[own[1]]
        offered = places_for(schedule, moving)
        assert {one.session.place for one in offered} == {"302"}  # the panel's judges sit there
        target = next(one for one in offered if abs(one.slot.starts_at - fixed.starts_at) < timedelta(minutes=20))
        with pytest.raises(Invalid, match="共同的作者或辅导教师"):
            interview_changes.move_slot(
                scene.staff, row.id, moving.id, target.key, db.session.get_one(Round, row.id).version, WHY
            )


class TestChangingASession:
    def test_its_works_go_along_in_their_order_and_all_are_told(self, app: Flask) -> None:
        final = Final()
        before = final.order()
        final.change("301 室", SessionData("报告厅", final.at(300), final.at(400), 15))
        after = final.order()
        assert [one[0] for one in after] == [one[0] for one in before]
        assert [one[1:] for one in after] == [
            ("报告厅", position, final.at(300 + 15 * (position - 1))) for position in (1, 2, 3)
        ]
        for entry_id, place, position, starts_at in before:
            [(title, body)] = final.told(final.teachers[entry_id].account_id)
            assert "报告厅" in title
            assert f"原定 {minute(starts_at)}，{place}，第 {position} 个" in body
            assert "301 室停电" in body
        for judge in final.scene.judges:  # once, however many works
            [(title, body)] = final.told(judge.account_id)
            assert "您评的 3 件有变动" in title
            assert minute(final.at(300)) in title

    def test_only_works_that_come_at_another_time_are_told(self, app: Flask) -> None:
        """Ten minutes become fifteen: the first work comes when it came before."""
        final = Final()
        final.change("301 室", SessionData("301 室", final.at(0), final.at(60), 15))
        told = [len(final.told(final.teachers[entry_id].account_id)) for entry_id, *_rest in final.order()]
        assert told == [0, 1, 1]

    def test_a_session_that_is_too_short_or_meets_another_is_refused_and_nothing_changes(self, app: Flask) -> None:
        final = Final()
        before = final.order()
        for data, words in (
            (SessionData("301 室", final.at(0), final.at(20), 10), "已排了 3 件，改后只排得下 2 件"),
            (SessionData("302 室", final.at(125), final.at(185), 10), "两个场次时间重叠"),
            (SessionData("报告厅", final.at(125), final.at(185), 10), "2 名评委两边都要到场"),
            (SessionData("301 室", final.at(60), final.at(0), 10), "结束时间应晚于开始时间"),
        ):
            with pytest.raises(Invalid) as refused:
                final.change("301 室", data)
            assert words in str([str(one.message) for one in refused.value.problems] or refused.value.message)
            db.session.rollback()
        assert final.order() == before
        assert all(not final.told(one.account_id) for one in final.teachers.values())

    def test_an_empty_session_may_still_be_added_and_dropped(self, app: Flask) -> None:
        final = Final()
        final.add("303 室", 300, 330)
        interviews.drop_session(final.scene.staff, final.round_id, final.session("303 室"))
        with pytest.raises(Conflict, match="已经通知"):
            interviews.drop_session(final.scene.staff, final.round_id, final.session("301 室"))

    def test_nothing_moves_once_the_round_is_closed(self, app: Flask) -> None:
        final = Final()
        progress.close_round(final.scene.staff, final.round_id, final.row.version, void_unfinished=True)
        with pytest.raises(Conflict):
            final.move(final.slots()[0], "302 室", 1)
        with pytest.raises(Conflict):
            final.change("301 室", SessionData("报告厅", final.at(0), final.at(60), 10))


class TestPages:
    def test_the_office_moves_a_work_and_sees_what_was_changed(self, app: Flask, client: FlaskClient) -> None:
        final = Final()
        slot = final.slots()[0]
        factories.sign_in(client, final.scene.staff)
        base = f"/office/rounds/{final.round_id}/interviews"
        address = f"{base}/move?slot={slot.id}"
        shown = client.get(address).text
        assert "第 2 个（与 " in shown
        assert "302 室，第 1 个（空）" in shown
        version = final.row.version
        refused = client.post(address, data={"version": version, "place": "", "why": ""})
        assert refused.status_code == 422
        key = f"{final.session('302 室')}-1"
        moved = client.post(address, data={"version": version, "place": key, "why": WHY})
        assert moved.location == base
        page = client.get(base).text
        assert "调整记录" in page
        assert WHY in page
        assert "302 室，第 1 个" in page
        assert "请在最新的安排中选择" in client.get(f"{base}/move?slot=99999", follow_redirects=True).text

    def test_the_office_moves_a_session(self, app: Flask, client: FlaskClient) -> None:
        final = Final()
        factories.sign_in(client, final.scene.staff)
        address = f"/office/rounds/{final.round_id}/interviews/session?session={final.session('301 室')}"
        assert 'value="301 室"' in client.get(address).text
        data = {
            "version": final.row.version,
            "place": "302 室",
            "starts_at": local(final.at(125)).strftime("%Y-%m-%dT%H:%M"),
            "ends_at": local(final.at(185)).strftime("%Y-%m-%dT%H:%M"),
            "minutes_each": "10",
            "why": "换楼",
        }
        refused = client.post(address, data=data)
        assert refused.status_code == 422
        assert "两个场次时间重叠" in refused.text
        assert client.post(address, data=data | {"place": "301 室", "starts_at": data["starts_at"].replace("T", "T")} | {
            "starts_at": local(final.at(5)).strftime("%Y-%m-%dT%H:%M"),
            "ends_at": local(final.at(65)).strftime("%Y-%m-%dT%H:%M"),
        }).status_code == 302  # fmt: skip
        assert final.order()[0][3] == final.at(5)

    def test_the_entrys_own_page_shows_when_and_where_once_it_is_told(self, app: Flask, client: FlaskClient) -> None:
        final = Final(told=False)
        slot_entry = final.slots()[1].round_entry.entry_id
        factories.sign_in(client, final.teachers[slot_entry])
        address = f"/entries/{slot_entry}"
        assert "问辩安排" not in client.get(address).text
        interviews.tell_order(final.scene.staff, final.round_id, final.row.version)
        page = client.get(address).text
        for words in ("问辩安排", minute(final.at(10)), "301 室", "第 2 个"):
            assert words in page
        final.move(final.slots()[1], "302 室", 3)
        page = client.get(address).text
        assert minute(final.at(140)) in page
        assert "302 室" in page
        entry = db.session.get_one(Entry, slot_entry)
        entry.submission_count = 1
        document = snapshot_of(entry, entry.category.rules)
        factories.made(
            EntryVersion(entry_id=entry.id, number=1, snapshot=document, digest="0" * 64, submitted_at=now())
        )
        assert minute(final.at(140)) in factories.sign_in(client, final.scene.staff).get(f"/office{address}").text

    def test_a_judges_page_lists_the_day_in_order(self, app: Flask, client: FlaskClient) -> None:
        final = Final(told=False)
        judge = final.scene.actor(final.scene.judges[0])
        factories.sign_in(client, judge)
        assert "问辩日程" not in client.get("/judge").text
        interviews.tell_order(final.scene.staff, final.round_id, final.row.version)
        assert any(
            "问辩日程已排定" in str(title) and "301 室" in str(title)
            for _row, title, _body in notices_of(judge.account_id)
        )
        late = make_judge(final.scene)
        db.session.commit()
        page = client.get("/judge").text
        times = [page.index(minute(final.at(offset))[-5:]) for offset in (0, 10, 20)]
        assert times == sorted(times)
        assert "问辩日程" not in factories.sign_in(client, final.scene.actor(late)).get("/judge").text
