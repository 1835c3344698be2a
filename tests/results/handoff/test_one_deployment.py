"""District and city in one deployment: one action up, return for correction, results back; all by their pages."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid
from contest_portal.core.jobs import PACKAGES, SLOW, enqueue, run_all, run_next
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.core.storage import storage
from contest_portal.entries.models import Entry, ScreeningDecision
from contest_portal.people.models import Office, Student
from contest_portal.results.awards.models import AwardLine, AwardList, SpecialAward
from contest_portal.results.handoff.models import Handoff, HandoffPartner, HandoffPlaces
from contest_portal.results.handoff.package.keys import PrivateKeys, key_file, spoken
from contest_portal.results.handoff.services import answers, deciding, handing_over, sending
from contest_portal.results.objections.models import Objection
from contest_portal.results.publishing.models import Publication
from contest_portal.results.records.models import ExternalResult
from tests.factories import made, make_account, make_contest, make_office, make_school, sign_in
from tests.results.handoff.deployments import approve, category_of, painting


class World:
    """甘州区 with two approved paintings; its contest feeds the city's."""

    def __init__(self) -> None:
        self.city: Office = make_office("张掖市科学技术协会", level="city", number_prefix="ZY")
        self.district: Office = make_office(parent=self.city)
        self.above: Contest = make_contest(self.city, name="市赛")
        self.contest: Contest = make_contest(self.district, name="区赛", feeds_into_id=self.above.id)
        self.school = make_school(self.district)
        self.entries = [painting(self.contest, self.school, number) for number in (1, 2)]
        approve(self.contest, self.entries)
        self.staff: Actor = make_account(Role.OFFICE, office=self.district, name="王干事")
        self.leader: Actor = make_account(Role.LEADER, office=self.district)
        self.upper: Actor = make_account(Role.OFFICE, office=self.city, name="市科协干事")
        self.upper_leader: Actor = make_account(Role.LEADER, office=self.city)
        self.contest_id, self.above_id = self.contest.id, self.above.id


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def page(client: FlaskClient, actor: Actor, address: str) -> str:
    answer = sign_in(client, actor).get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


def posted(client: FlaskClient, actor: Actor, address: str, **data: object) -> str:
    answer = sign_in(client, actor).post(address, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def above_entries(world: World) -> list[Entry]:
    statement = select(Entry).where(Entry.contest_id == world.above_id).order_by(Entry.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def rows(direction: str) -> list[Handoff]:
    statement = select(Handoff).where(Handoff.direction == direction).order_by(Handoff.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def test_one_press_hands_up_exactly_what_was_approved(world: World, client: FlaskClient) -> None:
    told = posted(client, world.staff, f"/office/contests/{world.contest_id}/handoff")
    assert "已上报" in told
    entries = above_entries(world)
    assert [(one.state, one.number) for one in entries] == [
        ("submitted", "ZY2018-KH-X-0001"),
        ("submitted", "ZY2018-KH-X-0002"),
    ]
    pupil = entries[0].authors[0].student
    assert pupil is not None
    assert (pupil.id_number, pupil.guardian_phone, pupil.office_id == world.district.id) == (None, None, False)
    own = db.session.get_one(Student, world.entries[0].authors[0].student_id)
    own.name = "后来改名"
    db.session.commit()
    seen = page(client, world.upper, f"/office/entries/{entries[0].id}")
    assert pupil.name in seen
    assert "后来改名" not in seen
    (out,), (came,) = rows("out"), rows("in")
    assert (out.uid, out.digest, out.receipt_number, came.receipt_number) == (
        came.uid,
        came.digest,
        f"GZ{now().year}-SB-0001",
        f"ZY{now().year}-JS-0001",
    )
    assert out.options["their_receipt"] == came.receipt_number
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.account_id == world.upper.account_id)) == 1
    assert "甘州区科学技术协会" in page(client, world.upper, f"/office/contests/{world.above_id}/handoff")


def objected(world: World, place: int, **values: object) -> Objection:
    """A case about one of the works, as its steps leave it."""
    entry = world.entries[place]
    publication = Publication(
        contest_id=world.contest_id, version=place + 1, state="amended", title="公示", content={"sections": []},
        content_sha256="", shortlist_ids=[], made_at=now(),
    )  # fmt: skip
    made(publication)
    given = {"objector_name": "高某某", "objector_unit": "", "objector_phone": "13912340000", "grounds": "不是本人所画"}
    case = {
        "contest_id": world.contest_id,
        "publication_id": publication.id,
        "entry_id": entry.id,
        "received_at": now(),
    }
    return made(Objection(number=f"YY-{place}", secret_digest=f"{place}", **case, **given, **values))


def test_a_work_of_an_upheld_objection_is_not_handed_up_and_this_is_said(world: World, client: FlaskClient) -> None:
    first, second = (one.number for one in world.entries)
    objected(world, 0, state="decided", outcome="upheld", decided_at=now())
    objected(world, 1, state="inquiry", outcome="")
    shown = page(client, world.staff, f"/office/contests/{world.contest_id}/handoff")
    assert "名单中有 1 件作品异议成立，不上报" in shown
    assert "有 1 件作品的异议还没有办结，现在上报会包含它们" in shown
    assert "已审定的名单中有 1 件作品可以上报" in shown
    row = handing_over.hand_over(world.staff, world.contest_id)
    assert [one.source_number for one in row.lines] == [second]
    assert [one.title for one in above_entries(world)] == [world.entries[1].title]
    assert f"因异议成立没有上报：{first}" in page(client, world.staff, f"/office/handoffs/{row.id}")


def test_what_is_upheld_after_the_hand_off_is_withdrawn_above_by_the_next_version(world: World) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    objected(world, 0, state="answered", outcome="upheld", decided_at=now())
    objected(world, 1, state="signing", outcome="upheld")  # proposed, not signed: it holds nothing yet
    handing_over.hand_over(world.staff, world.contest_id)
    assert [one.state for one in above_entries(world)] == ["withdrawn", "submitted"]


def test_a_list_of_upheld_objections_alone_says_why_nothing_goes_up(world: World) -> None:
    for place in (0, 1):
        objected(world, place, state="decided", outcome="upheld", decided_at=now())
    with pytest.raises(Conflict, match="异议成立"):
        sending.begin_package(world.staff, world.contest_id)
    assert rows("out") == []


def test_an_upper_office_sees_its_own_side_only(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    (out,), (came,) = rows("out"), rows("in")
    assert sign_in(client, world.upper).get(f"/office/handoffs/{out.id}").status_code == 404
    assert sign_in(client, world.staff).get(f"/office/handoffs/{came.id}").status_code == 404
    assert sign_in(client, world.upper).get(f"/office/entries/{world.entries[0].id}").status_code == 404


def test_one_entry_and_the_whole_return_with_their_reason_and_come_again(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    (came,) = rows("in")
    until = (now() + timedelta(days=5)).date().isoformat()
    address = f"/office/handoffs/{came.id}/return"
    posted(client, world.upper, address, why="学校全称有误", fix_until=until, line=came.lines[0].id)
    assert [one.state for one in above_entries(world)] == ["returned", "submitted"]
    assert "学校全称有误" in page(client, world.staff, f"/office/handoffs/{rows('out')[0].id}")
    posted(client, world.upper, address, why="汇总表没有盖章", fix_until=until)
    assert [one.state for one in above_entries(world)] == ["returned", "returned"]
    assert rows("out")[0].state == "returned"
    assert "汇总表没有盖章" in page(client, world.staff, f"/office/contests/{world.contest_id}/handoff")

    world.school.name = "甘州区西关小学"
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    entries = above_entries(world)
    assert [(one.state, one.submission_count, one.school.name) for one in entries] == [
        ("submitted", 2, "甘州区西关小学"),
        ("submitted", 2, "甘州区西关小学"),
    ]
    assert [one.state for one in rows("in")] == ["superseded", "taken"]
    assert [one.state for one in rows("out")] == ["superseded", "handed"]


def test_what_was_accepted_above_is_not_changed_by_a_next_version(world: World) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    first = above_entries(world)[0]
    first.state = "accepted"
    world.entries[0].title = "改了的题目"
    db.session.commit()
    approve(world.contest, world.entries[:1])
    handing_over.hand_over(world.staff, world.contest_id)
    assert [(one.state, one.title) for one in above_entries(world)] == [
        ("accepted", "火星医院/1"),
        ("withdrawn", "火星医院/2"),
    ]
    assert {line.source_number[-1]: line.outcome for line in rows("in")[-1].lines} == {"1": "kept", "2": "withdrawn"}


def test_more_than_the_places_changes_nothing_on_either_side(world: World) -> None:
    made(HandoffPlaces(category_id=category_of(world.above, "KH").id, sender="", places=1))
    with pytest.raises(Invalid, match="超出 1 件"):
        handing_over.hand_over(world.staff, world.contest_id)
    assert (rows("out"), rows("in"), above_entries(world)) == ([], [], [])


def test_places_are_not_got_round_by_a_next_version(world: World, client: FlaskClient) -> None:
    made(HandoffPlaces(category_id=category_of(world.above, "KH").id, sender="", places=2))
    handing_over.hand_over(world.staff, world.contest_id)
    for entry in above_entries(world):
        entry.state = "accepted"  # a next version cannot withdraw them any more
    db.session.commit()
    others = [painting(world.contest, world.school, number) for number in (3, 4)]
    approve(world.contest, others)
    handing_over.hand_over(world.staff, world.contest_id)  # waits: the office above may take the others out
    waiting = rows("in")[-1]
    with pytest.raises(Invalid, match="上报 2 件，连同此前收下、仍然有效的 2 件，名额 2 件，超出 2 件"):
        deciding.ask_to_take(world.upper, waiting.id, waiting.version)
    assert [one.state for one in above_entries(world)] == ["accepted", "accepted"]
    rejected = above_entries(world)[0]
    rejected.state = "rejected"  # takes no place
    db.session.commit()
    approve(world.contest, others[:1])
    handing_over.hand_over(world.staff, world.contest_id)
    assert [one.state for one in above_entries(world)] == ["rejected", "accepted", "submitted"]
    assert [one.state for one in rows("in")] == ["superseded", "superseded", "taken"]
    approve(world.contest, [*world.entries, *others])
    with pytest.raises(Invalid, match="超出 1 件"):
        handing_over.hand_over(world.staff, world.contest_id)


def test_places_are_those_of_all_contests_of_the_sender(world: World) -> None:
    made(HandoffPlaces(category_id=category_of(world.above, "KH").id, sender="", places=2))
    handing_over.hand_over(world.staff, world.contest_id)
    second = make_contest(world.district, name="区赛第二场", feeds_into_id=world.above.id)
    approve(second, [painting(second, world.school, 7)])
    with pytest.raises(Invalid, match="连同此前收下、仍然有效的 2 件"):
        handing_over.hand_over(world.staff, second.id)


def test_a_contest_above_that_is_over_takes_nothing(world: World) -> None:
    world.above.state = "closed"
    db.session.commit()
    with pytest.raises(Conflict):
        handing_over.hand_over(world.staff, world.contest_id)
    assert rows("out") == []


def test_a_category_that_is_lacking_above_is_chosen_on_the_page(world: World, client: FlaskClient) -> None:
    category = category_of(world.above, "KH")
    category.code = "ART"
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    (came,) = rows("in")
    assert (came.state, above_entries(world)) == ("received", [])
    address = f"/office/handoffs/{came.id}"
    assert "在本赛事是" in page(client, world.upper, address)
    posted(client, world.upper, f"{address}/categories", version=came.version, **{"category-0": category.id})
    posted(client, world.upper, f"{address}/take", version=rows("in")[0].version)
    run_all()
    assert [one.category_id for one in above_entries(world)] == [category.id, category.id]
    assert rows("in")[0].state == "taken"


def test_what_waits_can_be_refused_with_a_reason(world: World, client: FlaskClient) -> None:
    category_of(world.above, "KH").code = "ART"
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    (came,) = rows("in")
    posted(client, world.upper, f"/office/handoffs/{came.id}/refuse", version=came.version, why="不收这个类别")
    assert (rows("in")[0].state, rows("out")[0].state) == ("refused", "returned")
    assert "不收这个类别" in page(client, world.staff, f"/office/contests/{world.contest_id}/handoff")


def test_results_go_back_to_the_entries_that_were_handed_up(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    first, second = above_entries(world)
    award = {"office_id": world.city.id, "year": 2018, "count": 1, "recorded_at": now()}
    made(ExternalResult(**award, contest_name="省大赛", award="一等奖", entry_id=first.id))
    second.state = "rejected"
    decision = {"entry_id": second.id, "entry_version": 1, "reasons": ["选题雷同"], "decided_at": now()}
    made(ScreeningDecision(**decision, decision="reject", words="与往届相同"))
    (came,) = rows("in")
    for _twice in range(2):
        posted(client, world.upper, f"/office/handoffs/{came.id}/results")
    own = db.session.scalars(select(ExternalResult).where(ExternalResult.office_id == world.district.id)).all()
    assert [(one.contest_name, one.award, one.entry_id) for one in own] == [("省大赛", "一等奖", world.entries[0].id)]
    shown = page(client, world.staff, f"/office/handoffs/{rows('out')[0].id}")
    assert "选题雷同；与往届相同" in shown
    assert "一等奖" in shown
    # Corrected above: the award goes.
    db.session.delete(db.session.scalars(select(ExternalResult).where(ExternalResult.entry_id == first.id)).one())
    db.session.commit()
    answers.send_results_back(world.upper, came.id)
    own = db.session.scalars(select(ExternalResult).where(ExternalResult.office_id == world.district.id)).all()
    assert list(own) == []


def test_awards_of_the_contest_above_go_back_once_they_are_approved(world: World) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    (came,) = rows("in")
    first, second = above_entries(world)
    values = {"contest_id": world.above_id, "category_id": first.category_id, "version": 1, "made_at": now()}
    given = AwardList(**values, state="draft")
    given.lines = [
        AwardLine(entry_id=first.id, award="一等奖", position=1),
        AwardLine(entry_id=second.id, award="", position=2, state="none"),
    ]
    made(given)
    special = {"name": "科技馆专项奖", "reason": "构思新颖", "recorded_at": now()}
    made(SpecialAward(contest_id=world.above_id, entry_id=second.id, **special))
    assert answers.send_results_back(world.upper, came.id) == 1
    db.session.get_one(AwardList, given.id).state = "approved"
    db.session.commit()
    assert answers.send_results_back(world.upper, came.id) == 2
    own = db.session.scalars(select(ExternalResult).where(ExternalResult.office_id == world.district.id))
    assert {(one.contest_name, one.level, one.award, one.entry_id) for one in own} == {
        ("市赛", "市", "一等奖", world.entries[0].id),
        ("市赛", "市", "科技馆专项奖", world.entries[1].id),
    }


def test_both_sides_have_a_receipt_on_page_paper_and_workbook(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    for actor, row in ((world.staff, rows("out")[0]), (world.upper, rows("in")[0])):
        shown = page(client, actor, f"/office/handoffs/{row.id}/receipt")
        assert row.receipt_number is not None
        assert row.receipt_number in shown
        assert row.digest in shown
        paper = sign_in(client, actor).get(f"/office/handoffs/{row.id}/receipt.pdf")
        text = "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(paper.data))
        assert row.receipt_number in text
        assert "GZ2018-KH-X-0002" in text
        assert sign_in(client, actor).get(f"/office/handoffs/{row.id}/receipt.xlsx").data.startswith(b"PK")


def test_a_package_is_made_by_a_job_and_taken_by_pages(world: World, client: FlaskClient, clock: MovingClock) -> None:
    """An office that is not in this deployment as the contest above: here the city's own second contest."""
    world.contest.feeds_into_id = None
    db.session.commit()
    told = posted(
        client, world.staff, f"/office/contests/{world.contest_id}/handoff/package", phones="y", partner_id=""
    )
    assert "正在生成" in told
    run_all()
    (out,) = rows("out")
    assert out.state == "handed"
    answer = sign_in(client, world.staff).get(f"/office/handoffs/{out.id}/package")
    content = answer.get_data()
    assert content.startswith(b"PK")

    key = sign_in(client, world.staff).post("/office/handoff/keys/file").data
    assert "请领导电话核对指纹" in posted(
        client, world.upper, "/office/handoff/partners", file=(io.BytesIO(key), "k.json")
    )
    partner = db.session.scalars(select(HandoffPartner)).one()
    heard = "".join(spoken(partner.fingerprint).split(" ")[-2:])
    confirm = f"/office/handoff/partners/{partner.id}/confirm"
    assert sign_in(client, world.upper).post(confirm, data={"heard": heard}).status_code == 403
    posted(client, world.upper_leader, confirm, heard=heard)

    receive = f"/office/contests/{world.above_id}/handoff/receive"
    posted(client, world.upper, receive, **{"package-file": (io.BytesIO(content), "up.zip")})
    run_all()
    (came,) = rows("in")
    assert came.state == "received", came.problem
    shown = page(client, world.upper, f"/office/handoffs/{came.id}")
    assert "看过之后收下" in shown
    posted(client, world.upper, f"/office/handoffs/{came.id}/take", version=came.version)
    run_all()
    assert [one.state for one in above_entries(world)] == ["submitted", "submitted"]
    # The same once more: told with its receipt, nothing twice.
    posted(client, world.upper, receive, **{"package-file": (io.BytesIO(content), "up.zip")})
    run_all()
    assert rows("in")[0].receipt_number or "" in page(client, world.upper, f"/office/contests/{world.above_id}/handoff")
    assert len(above_entries(world)) == 2
    posted(client, world.staff, f"/office/handoffs/{out.id}/discard")
    assert sign_in(client, world.staff).get(f"/office/handoffs/{out.id}/package").status_code == 404

    # Results as a file, back through the page.
    made(
        ExternalResult(
            office_id=world.city.id, year=2018, contest_name="省大赛", award="二等奖", count=1,
            entry_id=above_entries(world)[1].id, recorded_at=now(),
        )
    )  # fmt: skip
    back = sign_in(client, world.upper).post(f"/office/handoffs/{came.id}/results").data
    upper_key = sign_in(client, world.upper).post("/office/handoff/keys/file").data
    posted(client, world.staff, "/office/handoff/partners", file=(io.BytesIO(upper_key), "k.json"))
    results = f"/office/contests/{world.contest_id}/handoff/results"
    told = posted(client, world.staff, results, **{"results-file": (io.BytesIO(back), "r.zip")})
    assert "不在已确认的往来单位中" in told
    upper = db.session.scalars(select(HandoffPartner).where(HandoffPartner.office_id == world.district.id)).one()
    posted(
        client,
        world.leader,
        f"/office/handoff/partners/{upper.id}/confirm",
        heard="".join(spoken(upper.fingerprint).split(" ")[-2:]),
    )
    assert "二等奖" in posted(client, world.staff, results, **{"results-file": (io.BytesIO(back), "r.zip")})


def test_versions_follow_one_another(world: World) -> None:
    sending.begin_package(world.staff, world.contest_id)
    for act in (sending.begin_package, handing_over.hand_over):
        with pytest.raises(Conflict, match="还在生成"):
            act(world.staff, world.contest_id)
    run_all()
    handing_over.hand_over(world.staff, world.contest_id)
    assert [(one.revision, one.state) for one in rows("out")] == [(1, "superseded"), (2, "handed")]


def test_a_bad_package_is_told_on_the_list(world: World, client: FlaskClient) -> None:
    receive = f"/office/contests/{world.above_id}/handoff/receive"
    posted(client, world.upper, receive, **{"package-file": (io.BytesIO(b"PK\x03\x04 cut off"), "up.zip")})
    run_all()
    assert "上报包不完整" in page(client, world.upper, f"/office/contests/{world.above_id}/handoff")
    assert above_entries(world) == []
    assert "请先选择文件" in posted(client, world.upper, receive)


def test_places_are_set_on_a_page(world: World, client: FlaskClient) -> None:
    address = f"/office/contests/{world.above_id}/handoff/places"
    shown = page(client, world.upper, address)
    assert "甘州区科学技术协会" in shown
    category = category_of(world.above, "KH")
    posted(client, world.upper, address, **{f"places-{category.id}-0": "30", f"places-{category.id}-1": "12"})
    table = {(one.sender, one.places) for one in db.session.scalars(select(HandoffPlaces))}
    assert table == {("", 30), ("甘州区科学技术协会", 12)}
    posted(client, world.upper, address, **{f"places-{category.id}-0": "", f"places-{category.id}-1": "9"})
    last = select(AuditRecord).where(AuditRecord.action == "results.set_handoff_places").order_by(AuditRecord.id.desc())
    record = db.session.scalars(last.limit(1)).one()
    assert record.before == {f"*|{category.id}": 30, f"甘州区科学技术协会|{category.id}": 12}, (
        "what was before is on record"
    )
    wrong = sign_in(client, world.upper).post(address, data={f"places-{category.id}-0": "many"})
    assert (wrong.status_code, "many" in wrong.text) == (422, True)


def test_what_of_people_went_up_is_on_record(world: World) -> None:
    handing_over.hand_over(world.staff, world.contest_id, id_numbers=True, phones=True)
    pupil = above_entries(world)[0].authors[0].student
    assert pupil is not None
    assert re.fullmatch(r"990000\d{11}[\dX]", pupil.id_number or "")
    assert pupil.guardian_phone == "13900002222"
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "results.hand_off")).one()
    assert (record.after["id_numbers"], record.after["phones"], record.after["entries"]) == (True, True, 2)


def test_own_keys_are_no_partner(world: World, client: FlaskClient) -> None:
    own = sign_in(client, world.staff).post("/office/handoff/keys/file").data
    answer = sign_in(client, world.staff).post("/office/handoff/partners", data={"file": (io.BytesIO(own), "k.json")})
    assert (answer.status_code, "本单位自己的公钥" in answer.text) == (422, True)
    other = key_file(PrivateKeys.fresh(), "别的单位")
    posted(client, world.staff, "/office/handoff/partners", file=(io.BytesIO(other), "k.json"))
    partner = db.session.scalars(select(HandoffPartner)).one()
    told = posted(client, world.leader, f"/office/handoff/partners/{partner.id}/confirm", heard="0000 0000")
    assert "不符" in told
    posted(client, world.leader, f"/office/handoff/partners/{partner.id}/remove")
    assert "别的单位" not in page(client, world.staff, "/office/handoff/keys")


def test_a_package_does_not_wait_behind_comparisons(world: World) -> None:
    with unit_of_work(world.staff, "tests.ask") as work:
        enqueue(work, "entries.likeness", {"entry_id": world.entries[0].id}, key="likeness-before", lane=SLOW)
        work.record(world.entries[0])
    sending.begin_package(world.staff, world.contest_id)
    assert run_next([PACKAGES])
    assert [one.state for one in rows("out")] == ["handed"]


def without_a_file(world: World) -> tuple[Handoff, bytes]:
    """A package that failed, since a file of a work is gone from the storage; and that file."""
    sha256 = world.entries[0].files[0].blob.sha256
    with storage().open(sha256) as stream:
        content = stream.read()
    storage().delete(sha256)
    row = sending.begin_package(world.staff, world.contest_id)
    with pytest.raises((DomainError, OSError)):
        sending.make_package(row.id)
    (failed,) = rows("out")
    assert failed.state == "failed"
    return failed, content


def test_a_package_that_failed_is_made_again_by_a_button(world: World, client: FlaskClient) -> None:
    failed, content = without_a_file(world)
    assert "重新生成" in page(client, world.staff, f"/office/handoffs/{failed.id}")
    storage().put_bytes(content)
    assert "正在重新生成上报包" in posted(client, world.staff, f"/office/handoffs/{failed.id}/again")
    run_all()
    (row,) = rows("out")
    assert (row.id, row.state, row.problem, row.receipt_number is None) == (failed.id, "handed", None, False)
    assert "重新生成" not in page(client, world.staff, f"/office/handoffs/{failed.id}")
    assert "不用重新生成" in posted(client, world.staff, f"/office/handoffs/{failed.id}/again")


def test_a_package_whose_job_is_retried_comes_out_of_its_failure(world: World) -> None:
    _failed, content = without_a_file(world)
    storage().put_bytes(content)
    run_all()
    assert [(one.state, one.problem) for one in rows("out")] == [("handed", None)]


def test_a_failed_version_is_not_made_after_a_newer_one(world: World, client: FlaskClient) -> None:
    failed, content = without_a_file(world)
    storage().put_bytes(content)
    handing_over.hand_over(world.staff, world.contest_id)
    assert "已经有更新的一版" in posted(client, world.staff, f"/office/handoffs/{failed.id}/again")
    assert [one.state for one in rows("out")] == ["failed", "handed"]
