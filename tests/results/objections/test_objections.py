"""Objections through the services: from the public's form to the answer; who is kept away; terms; what stays sealed."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotAllowed, Stale, TooLate
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.core.sealed_files import open_sealed
from contest_portal.core.sealing import digest
from contest_portal.core.storage import storage
from contest_portal.judging.models import Assignment, ConflictOfInterest, Judge
from contest_portal.judging.services.rounds import Seat
from contest_portal.people.models import Account
from contest_portal.people.sessions import visitor
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.cases import open_entry_ids
from contest_portal.results.certificates.models import Certificate
from contest_portal.results.evidence import GivenFile
from contest_portal.results.objections.models import Objection, ObjectionEvent
from contest_portal.results.objections.queries.cases import by_secret, case_by_id, setting_of
from contest_portal.results.objections.services import cases, decisions, statements
from contest_portal.results.objections.services.lodging import add_to_objection, lodge_objection, withdraw_objection
from contest_portal.results.objections.states import CLOSED, OBJECTION_CHANGES, OBJECTION_STATES, TERMS
from tests.entries.entry_factories import jpeg, pdf
from tests.factories import add_membership, made, make_account, sign_in
from tests.judging import making
from tests.results.objections.scene import (
    GROUNDS,
    ID,
    NAME,
    PHONE,
    UNIT,
    Scene,
    assigned,
    inquired,
    lodge,
    make_scene,
    objecting,
    publish,
)

DECISION = "经查，该作品与网上图片雷同，属抄袭，取消推荐资格。"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def test_every_state_that_is_not_closed_has_a_term_and_a_way_on() -> None:
    assert set(TERMS) == set(OBJECTION_STATES) - CLOSED
    assert {one.source for one in OBJECTION_CHANGES} == set(TERMS)
    assert not CLOSED & {one.source for one in OBJECTION_CHANGES}


def test_an_objection_is_found_by_its_secret_alone(scene: Scene) -> None:
    row, code = lodge(scene)
    assert row.number == "GZ2018-YY-0001"
    assert row.due_on == date(2018, 3, 6)  # received on Thursday the first: Friday, Monday, Tuesday
    found = by_secret(code.lower().replace("-", " "))
    assert (found.id, found.objector_name, found.objector_id_number, found.grounds) == (row.id, NAME, ID, GROUNDS)
    kept = db.session.execute(text("select * from objection")).mappings().one()
    plain = "".join(str(value) for value in kept.values())
    assert [word for word in (NAME, PHONE, ID, UNIT, GROUNDS, code, code.replace("-", "")) if word in plain] == []
    trail = "".join(f"{one.before}{one.after}{one.why}" for one in db.session.scalars(select(AuditRecord)))
    assert [word for word in (NAME, PHONE, ID, GROUNDS) if word in trail] == []


def test_numbers_run_on_within_office_and_year(scene: Scene) -> None:
    assert [lodge(scene, place)[0].number for place in range(3)] == [f"GZ2018-YY-000{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"id_number": ""}, "id_number"),
        ({"id_number": ID[:-1] + ("1" if ID[-1] != "1" else "2")}, "id_number"),
        ({"grounds": "抄袭"}, "grounds"),
        ({"grounds": "抄" * 4001}, "grounds"),
        ({"files": [GivenFile("a.pdf", b"<html><script>alert(1)</script></html>")]}, "files"),
        ({"files": [GivenFile("empty.jpg", b"")]}, "files"),
    ],
)
def test_what_is_missing_or_wrong_is_told_beside_its_field(scene: Scene, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        lodge(scene, **values)
    assert [one.field for one in refused.value.problems] == [field]
    assert db.session.scalar(select(Objection)) is None


def test_a_work_that_is_not_on_the_list_cannot_be_objected_to(scene: Scene) -> None:
    scene.entries[0].number = "GZ2018-KH-X-0099"
    db.session.commit()
    with pytest.raises(Invalid):
        lodge(scene)


def test_objections_end_with_the_last_day(scene: Scene, clock: MovingClock) -> None:
    clock.move_to(datetime(2018, 3, 8, 15, 59, 59, tzinfo=UTC))  # the last second of the eighth in Shanghai
    lodge(scene)
    clock.move_to(datetime(2018, 3, 8, 16, 0, 0, tzinfo=UTC))
    with pytest.raises(TooLate):
        lodge(scene, 1)


def test_the_same_sent_twice_is_one_case(scene: Scene) -> None:
    lodge(scene)
    with pytest.raises(Conflict, match="GZ2018-YY-0001"):
        lodge(scene)
    lodge(scene, grounds=GROUNDS + "另有新的证据。")


def test_evidence_lies_sealed_and_is_given_out_whole(scene: Scene) -> None:
    picture, paper = jpeg(640, 480), pdf("证据")
    row, _code = lodge(scene, files=[GivenFile("C:\\我的\\对比.jpg", picture), GivenFile("说明.pdf", paper)])
    files = case_by_id(row.id).objection.files
    assert [(one.file_name, one.kind) for one in files] == [("对比.jpg", "jpeg"), ("说明.pdf", "pdf")]
    assert [open_sealed(one.file_sha256) for one in files] == [picture, paper]
    with storage().open(files[0].file_sha256) as stream:
        assert picture[:64] not in stream.read()


def test_the_leader_is_told_and_gives_the_case_to_two_people(scene: Scene) -> None:
    row, _code = lodge(scene)
    told = db.session.scalars(select(Notice)).all()
    assert [one.account_id for one in told] == [scene.leader.account_id]
    assert NAME not in f"{told[0].title}{told[0].params}"
    handler, second = scene.handler.account_id or 0, scene.second.account_id or 0
    with pytest.raises(Invalid, match="两个人"):
        cases.assign_case(scene.leader, row.id, row.row_version, handler, handler)
    with pytest.raises(NotAllowed):
        cases.assign_case(scene.handler, row.id, row.row_version, handler, second)
    row = cases.assign_case(scene.leader, row.id, row.row_version, handler, second)
    case = case_by_id(row.id)
    assert [case.has_task(one) for one in (scene.leader, scene.handler, scene.second)] == [False, True, True]


def conflict_by(scene: Scene, how: str, account: Account) -> None:
    """Give the account a tie to the first case of the list."""
    judge = Judge(office_id=scene.office.id, account_id=account.id, name=account.name, state="active", created_at=now(),
                  employer="", expertise=[])  # fmt: skip
    if how == "name":
        account.name = NAME
    elif how == "phone":
        account.phone, account.phone_digest = PHONE, digest(PHONE)
    elif how == "tutor":
        add_membership(account, Role.TEACHER, school=scene.school, teacher=scene.tutor)
    elif how == "school":
        add_membership(account, Role.SCHOOL_MANAGER, school=scene.school)
    elif how == "entered":
        scene.entries[0].created_by = account.id
    elif how == "relative":
        made(judge)
        made(ConflictOfInterest(judge_id=judge.id, kind="kin", student_id=scene.entries[0].authors[0].student_id,
                                why="侄子", recorded_at=now()))  # fmt: skip
    db.session.commit()


@pytest.mark.parametrize("how", ["name", "phone", "tutor", "school", "entered", "relative"])
def test_who_has_to_do_with_the_case_cannot_get_it(scene: Scene, how: str) -> None:
    conflict_by(scene, how, db.session.get_one(Account, scene.handler.account_id))
    row, _code = lodge(scene)
    assert set(case_by_id(row.id).kept_away) == {scene.handler.account_id}
    with pytest.raises(Invalid, match="回避") as refused:
        cases.assign_case(
            scene.leader, row.id, row.row_version, scene.handler.account_id or 0, scene.second.account_id or 0
        )
    assert [one.field for one in refused.value.problems] == ["handler"]


def test_who_declares_a_conflict_loses_the_task(scene: Scene) -> None:
    row, _code = inquired(scene)
    row = decisions.propose_decision(scene.handler, row.id, row.row_version, "upheld", DECISION)
    cases.declare_conflict(scene.handler, row.id, scene.handler.account_id or 0, "异议人是本人亲属。")
    case = case_by_id(row.id)
    assert (case.objection.state, case.objection.handler_id) == ("inquiry", None)
    assert not case.has_task(scene.handler)
    with pytest.raises(NotAllowed):
        cases.add_note(scene.handler, row.id, "再看一眼")


def test_where_the_only_leader_is_kept_away_the_staff_choose(scene: Scene) -> None:
    conflict_by(scene, "school", db.session.get_one(Account, scene.leader.account_id))
    row, _code = lodge(scene)
    told = set(db.session.scalars(select(Notice.account_id)))
    assert told == {scene.handler.account_id, scene.second.account_id}
    handler, second = scene.handler.account_id or 0, scene.second.account_id or 0
    with pytest.raises(NotAllowed):
        cases.assign_case(scene.leader, row.id, row.row_version, handler, second)
    cases.assign_case(scene.second, row.id, row.row_version, handler, second)


def test_a_case_goes_its_way_and_two_people_answer_for_it(scene: Scene, clock: MovingClock) -> None:
    row, code = inquired(scene)
    assert row.due_on == date(2018, 3, 15)  # ten working days from the first
    cases.add_note(scene.handler, row.id, "比对了两幅画的构图。")
    row = decisions.propose_decision(scene.handler, row.id, row.row_version, "upheld", DECISION)
    with pytest.raises(NotAllowed):
        decisions.sign_decision(scene.handler, row.id, row.row_version)
    row = decisions.disagree(scene.second, row.id, row.row_version, "请附上比对图。")
    assert (row.state, row.outcome) == ("inquiry", "")
    row = decisions.propose_decision(scene.handler, row.id, row.row_version, "upheld", DECISION)
    row = decisions.sign_decision(scene.second, row.id, row.row_version)
    assert (row.state, row.proposed_by, row.decided_by, row.decision) == (
        "decided", scene.handler.account_id, scene.second.account_id, DECISION,
    )  # fmt: skip
    row = decisions.answer_objector(scene.handler, row.id, row.row_version, "感谢您的监督，异议成立。")
    assert (row.state, row.due_on) == ("answered", None)
    assert by_secret(code).answer == "感谢您的监督，异议成立。"
    acts = [one.act for one in db.session.scalars(select(ObjectionEvent).order_by(ObjectionEvent.id))]
    assert acts == ["lodge", "assign", "accept", "note", "propose", "disagree", "propose", "sign", "remedy", "answer"]


def test_a_refusal_needs_its_reason_and_the_objector_reads_it(scene: Scene) -> None:
    row, code = assigned(scene)
    with pytest.raises(Invalid):
        cases.refuse_case(scene.handler, row.id, row.row_version, "  ")
    cases.refuse_case(scene.handler, row.id, row.row_version, "所述作品不在本次名单中。")
    assert (by_secret(code).state, by_secret(code).answer) == ("refused", "所述作品不在本次名单中。")


def test_words_that_others_read_do_not_name_the_objector(scene: Scene) -> None:
    row, _code = inquired(scene)
    whom = f"school-{scene.school.id}"
    for word in (NAME, PHONE, ID, UNIT):
        with pytest.raises(Invalid, match="保密"):
            statements.ask_statement(scene.handler, row.id, whom, f"据{word}反映，该作品属抄袭。")
        with pytest.raises(Invalid, match="保密"):
            decisions.propose_decision(scene.handler, row.id, row.row_version, "upheld", f"{word}所述属实。")


def test_a_school_answers_what_it_was_asked_once(scene: Scene) -> None:
    row, _code = inquired(scene)
    asked = statements.ask_statement(scene.handler, row.id, f"school-{scene.school.id}", "请说明该作品的创作过程。")
    assert asked.due_on == date(2018, 3, 6)
    notice = db.session.scalars(select(Notice).where(Notice.account_id == scene.manager.account_id)).one()
    assert NAME not in f"{notice.title}{notice.body}{notice.params}"
    statements.give_statement(
        scene.manager, asked.id, "该生在课堂上完成，有照片。", [GivenFile("课堂.jpg", jpeg(320, 240))]
    )
    with pytest.raises(Conflict, match="已经提交过"):
        statements.give_statement(scene.manager, asked.id, "再说一遍。", [])
    case = case_by_id(row.id).objection
    assert [(one.answer, len(one.files)) for one in case.statements] == [("该生在课堂上完成，有照片。", 1)]


def test_a_question_asked_again_before_it_was_answered_stays_visible(scene: Scene, client: FlaskClient) -> None:
    row, _code = inquired(scene)
    whom = f"school-{scene.school.id}"
    statements.ask_statement(scene.handler, row.id, whom, "请说明该作品的创作过程。")
    page = sign_in(client, scene.handler).get(f"/office/objections/{row.id}").text
    assert f"还有 1 份情况说明没有答复：{scene.school.name}" in page
    asked = statements.ask_statement(scene.handler, row.id, whom, "创作时有哪位老师在场？")
    page = sign_in(client, scene.manager).get(f"/statements/{asked.id}").text
    assert page.index("请说明该作品的创作过程。") < page.index("创作时有哪位老师在场？")
    statements.give_statement(scene.manager, asked.id, "在课堂上完成，李老师在场。", [])
    assert "情况说明没有答复" not in sign_in(client, scene.handler).get(f"/office/objections/{row.id}").text


def test_only_schools_and_judges_of_the_work_are_asked(scene: Scene) -> None:
    row, _code = inquired(scene)
    with pytest.raises(Invalid):
        statements.ask_statement(scene.handler, row.id, "school-999", "请说明情况。")


def test_the_objector_adds_and_takes_back_while_it_is_open(scene: Scene) -> None:
    row, _code = inquired(scene)
    add_to_objection(visitor(), row.id, "原图网址见附件。", [GivenFile("网页.pdf", pdf())])
    with pytest.raises(Invalid):
        add_to_objection(visitor(), row.id, " ", [])
    withdraw_objection(visitor(), row.id)
    assert open_entry_ids(scene.contest.id) == set()
    for again in (
        lambda: withdraw_objection(visitor(), row.id),
        lambda: add_to_objection(visitor(), row.id, "又及", []),
    ):
        with pytest.raises(Conflict):
            again()


def test_an_open_case_blocks_its_own_line_and_nothing_else(scene: Scene) -> None:
    assert open_entry_ids(scene.contest.id) == set()
    dismissed, upheld = inquired(scene, 0)[0], inquired(scene, 1)[0]
    assert open_entry_ids(scene.contest.id) == {scene.entries[0].id, scene.entries[1].id}
    for row, outcome in ((dismissed, "dismissed"), (upheld, "upheld")):
        proposed = decisions.propose_decision(scene.handler, row.id, row.row_version, outcome, DECISION)
        signed = decisions.sign_decision(scene.second, row.id, proposed.row_version)
        decisions.answer_objector(scene.handler, row.id, signed.row_version, "已作出决定，谢谢。")
    assert open_entry_ids(scene.contest.id) == {scene.entries[1].id}, "upheld, and still on the public list"
    scene.publication.state = "amended"
    publish(scene, [scene.entries[0], scene.entries[2]], date(2018, 3, 20), version=2)
    assert open_entry_ids(scene.contest.id) == set()


def test_terms_are_the_contests_own(scene: Scene) -> None:
    days = {"accept_days": 5, "inquire_days": 15, "sign_days": 2, "answer_days": 1, "statement_days": 4}
    cases.set_terms(scene.handler, scene.contest.id, 0, days, asks_id_number=False)
    row, _code = lodge(scene, id_number="")
    assert (row.due_on, row.objector_id_number) == (date(2018, 3, 8), None)
    with pytest.raises(Stale):
        cases.set_terms(scene.handler, scene.contest.id, 0, days, asks_id_number=False)
    with pytest.raises(Invalid) as refused:
        cases.set_terms(scene.handler, scene.contest.id, 1, {**days, "sign_days": 0}, asks_id_number=False)
    assert [one.field for one in refused.value.problems] == ["sign_days"]
    assert setting_of(scene.contest.id).sign_days == 2


def at_once(app: Flask, *acts: object) -> list[str]:
    """Do all at the same moment in threads; "done" or the error's words of each."""
    barrier, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: object) -> None:
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                act()  # type: ignore[operator]
                said[place] = "done"
            except DomainError as error:
                said[place] = str(error.message)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    return said


def test_two_who_decide_at_once_one_is_done_and_one_is_told(app: Flask, scene: Scene) -> None:
    row, _code = inquired(scene)
    row = decisions.propose_decision(scene.handler, row.id, row.row_version, "upheld", DECISION)
    case_id, version = row.id, row.row_version
    db.session.remove()
    said = at_once(
        app,
        lambda: decisions.sign_decision(scene.second, case_id, version),
        lambda: decisions.disagree(scene.second, case_id, version, "证据不足。"),
        lambda: decisions.sign_decision(scene.second, case_id, version),
    )
    assert said.count("done") == 1
    state = db.session.get_one(Objection, case_id).state
    word = OBJECTION_STATES[state]  # type: ignore[index]
    assert all(f"现在是「{word}」" in one for one in said if one != "done")
    signed = [one.act for one in db.session.scalars(select(ObjectionEvent)) if one.act in {"sign", "disagree"}]
    assert len(signed) == 1


def test_two_objections_at_once_get_two_numbers(app: Flask, scene: Scene) -> None:
    publication_id, entries = scene.publication.id, [objecting(one) for one in scene.entries]
    db.session.remove()
    said = at_once(app, *(lambda given=one: lodge_objection(visitor(), publication_id, given) for one in entries))
    assert said == ["done"] * 3
    numbers = db.session.scalars(select(Objection.number).order_by(Objection.number)).all()
    assert numbers == ["GZ2018-YY-0001", "GZ2018-YY-0002", "GZ2018-YY-0003"]


def test_a_judge_who_scored_the_work_is_asked_and_kept_from_handling(scene: Scene) -> None:
    judging = making.Scene(scene.office, scene.contest, scene.handler, [scene.school])
    both: Actor = make_account(Role.OFFICE, office=scene.office, name="周干事")
    add_membership(db.session.get_one(Account, both.account_id), Role.JUDGE, office=scene.office)
    judge = making.make_judge(judging, "周干事", account=both)
    running = making.open_round(judging, reads=1, seats=[Seat(judge.id)])
    for task in making.tasks_of(running):
        making.score(judging, task, 80)
    assert db.session.scalars(select(Assignment.state).distinct()).all() == ["submitted"]
    row, _code = inquired(scene)
    assert set(case_by_id(row.id).kept_away) == {both.account_id}
    asked = statements.ask_statement(scene.handler, row.id, f"judge-{judge.id}", "请说明评分理由。")
    told = db.session.scalars(select(Notice.url).where(Notice.account_id == both.account_id)).all()
    assert statements.statement_url(asked.id) in told


def test_with_the_second_signature_awards_and_certificates_go(scene: Scene) -> None:
    entry, other = scene.entries[0], scene.entries[1]
    award_list = made(
        AwardList(
            contest_id=scene.contest.id, category_id=scene.category.id, version=1, state="approved", made_at=now()
        )
    )
    for place, one in enumerate((entry, other), start=1):
        made(AwardLine(award_list_id=award_list.id, entry_id=one.id, award="一等奖", position=place))
        made(
            Certificate(
                contest_id=scene.contest.id, serial=place, number=f"甘区科青创〔2018〕第000{place}号", number_key=f"{place}",
                code=f"code{place}", kind="author", award="一等奖", entry_id=one.id, subject_key=f"entry-{one.id}",
                live_key=f"entry-{one.id}", recipient="张晓", fields={}, issued_at=now(),
            )
        )  # fmt: skip
    row, _code = inquired(scene)
    row = decisions.propose_decision(scene.handler, row.id, row.row_version, "upheld", DECISION)
    assert set(db.session.scalars(select(Certificate.state))) == {"valid"}, "nothing goes with the first signature"
    decisions.sign_decision(scene.second, row.id, row.row_version)
    lines = {one.entry_id: one for one in db.session.scalars(select(AwardLine))}
    certificates = {one.entry_id: one for one in db.session.scalars(select(Certificate))}
    assert (lines[entry.id].state, lines[other.id].state) == ("cancelled", "given")
    assert (certificates[entry.id].state, certificates[other.id].state) == ("revoked", "valid")
    assert row.number in lines[entry.id].cancelled_why
    assert DECISION not in lines[entry.id].cancelled_why, "the school reads this"
    assert row.number in certificates[entry.id].revoked_why
