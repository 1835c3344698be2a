"""One town with a row of everything that a route can be asked about, and the people who stand around it.

`Scene` holds what belongs to the district office and its school 西关小学. The columns of the matrix say who asks:
people of that very school, of another school of the same district, of another district, of the city above.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from contest_portal.contests.models import Contest, ContestAttachment
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import Job
from contest_portal.core.outbox.models import NoticeAddress, OutboxMessage
from contest_portal.core.sealed_files import keep_sealed
from contest_portal.core.sealing import digest
from contest_portal.core.staging import staging
from contest_portal.core.storage import storage
from contest_portal.entries.blind_models import FileMask, NameTrace
from contest_portal.entries.models import Entry
from contest_portal.entries.services.batches import open_batch, take_file
from contest_portal.entries.services.screening import Seen, accept_entry
from contest_portal.entries.services.submission import submit_entry
from contest_portal.events.records.models import ActivityRecord
from contest_portal.judging.models import ConflictOfInterest, Ranking, Round
from contest_portal.judging.services import paper, progress, rankings
from contest_portal.judging.services.rounds import Seat
from contest_portal.judging.sheet_models import FraudReport
from contest_portal.media.models import Derivative, Upload
from contest_portal.media.services.receiving import receive_file
from contest_portal.people.models import (
    Account,
    CalendarDay,
    Consent,
    LoginSession,
    Office,
    Passkey,
    RollOver,
    School,
    Student,
    Teacher,
    Transfer,
    TrustedDevice,
)
from contest_portal.people.services import invitations
from contest_portal.people.services.rosters import preview_roster
from contest_portal.people.sessions import actor_of, begin_session, visitor
from contest_portal.results.awards.services import prizes, special
from contest_portal.results.certificates.layout import default_layout
from contest_portal.results.certificates.models import (  # fmt: skip
    Certificate,
    CertificatePrint,
    CertificateSettings,
    CertificateTemplate,
)
from contest_portal.results.certificates.services.keys import signing_key
from contest_portal.results.evidence import GivenFile
from contest_portal.results.handoff.models import Handoff, HandoffPartner
from contest_portal.results.lists.services import shortlists
from contest_portal.results.objections.services import cases, statements
from contest_portal.results.objections.services.lodging import Objecting, listed_numbers, lodge_objection
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.services import publications, taking_down
from contest_portal.results.records.models import ExternalResult, Honour
from tests import factories
from tests.entries import entry_factories as entries
from tests.entries.likeness_factories import made_pair
from tests.events.factories import make_event
from tests.factories import made, make_account
from tests.judging import making
from tests.people.roster_files import csv_file, pupil
from tests.permissions.contest_day_scene import contest_day_values, plan_values
from tests.permissions.event_scene import event_values

Values = dict[str, Any]
PUBLISHED, SUBMITTED, UNFINISHED = "已公示的航天站", "待审核的火星医院", "没写完的月球车"
PUPIL, JUDGE = "钱不公", "评委孙某"

PARTS: dict[str, Values] = {
    "/slots/<code>": {"code": "painting"},
    "/uploads/<token>": {"token": "u" * 43},
    "/signed-files/<token>": {"token": "nobody-signed-this"},
    "/fields/<code>": {"code": "technique"},
    "/versions/<int:number>": {"number": 1},
    "/c/<code>": {"code": "CERT23456789X"},
    "/certificates/templates/<kind>": {"kind": "author"},
    "/objections/<code>": {"code": "0000-0000-0000-0001"},
    "/reconciliation/<int:category_id>/<code>": {"code": "collected"},
    "/objections/<int:objection_id>/files": {"file_id": 1},
    "/event-files/<int:file_id>": {"file_id": 1},
    "/events/<int:event_id>/files": {"file_id": 1},
    "/office/events/new/<kind>": {"kind": "museum"},
    "/events/<int:event_id>/state/<act>": {"act": "cancel"},
    "/summary/<int:year>/export/<kind>": {"kind": "pdf"},
    "/statistics/<kind>": {"kind": "school"},
    "/summary/<int:year>/parts/<code>": {"code": "contests"},
    "/open-data/<name>.csv": {"name": "contests"},
}
"""Values of names that mean something else in these parts of an address."""

CONTEST_DAY = tuple(f"/events/<int:event_id>/{page}" for page in ("groups", "starts", "results"))
"""Beginnings of addresses that are asked about a contest day."""

SECRETS = (PUPIL, JUDGE, SUBMITTED, UNFINISHED)
"""Words that only the district's own people may meet: a pupil on no public list, a judge, works on no public list."""


@dataclass
class Scene:
    """Who asks, by the matrix's column; and the values that stand in addresses, by name, by variant, by part of the address."""

    people: dict[str, Actor | None] = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    variants: dict[str, Values] = field(default_factory=dict)
    parts: dict[str, Values] = field(default_factory=dict)

    def values_for(self, address: str, variant: str) -> Values:
        """What to put into the address as it stands in the URL map."""
        parts = [values for part, values in (PARTS | self.parts).items() if part in address]
        return {
            key: value for one in (self.values, *parts, self.variants.get(variant, {})) for key, value in one.items()
        }


def build_scene() -> Scene:
    """Make the town; everything is committed."""
    scene = Scene()
    city = factories.make_office("张掖市科学技术协会", level="city")
    office = factories.make_office(parent=city)
    abroad = factories.make_office("临泽县科学技术协会", parent=city)
    school, other = factories.make_school(office), factories.make_school(office, "东街小学")
    contest = factories.make_contest(office)
    _people(scene, city, office, abroad, school, other)
    place = _place(scene, office, contest, school)
    _contests(scene, office, contest)
    scene.values |= event_values(office, school, _actor(scene, "管理员本校"))
    own, of_event = contest_day_values(office, school, _actor(scene, "工作人员本级"), PUPIL)
    planned = plan_values(office, school, _actor(scene, "管理员本校"))
    scene.values |= own | {"plan_id": planned["plan_id"]}
    scene.parts |= dict.fromkeys(CONTEST_DAY, of_event) | {"/plans/<int:plan_id>": planned}
    scene.variants["活动草稿"] = {"event_id": make_event(office, state="draft").id}
    _entries(scene, place)
    _batch(scene, place)
    _judging(scene, place)
    _results(scene, place)
    _certificates(scene, place)
    _objection(scene, place)
    _school_people(scene, place, factories.make_school(office, "第三小学"), other)
    _access(scene, place)
    _upload(scene)
    _second_factor(scene)
    return scene


def _people(scene: Scene, city: Office, office: Office, abroad: Office, school: School, other: School) -> None:
    far = factories.make_school(abroad, "临泽小学")
    nobody = made(Account(login_name="nobody", name="无身份", created_at=now()))
    scene.people = {"访客": None, "无身份": actor_of(nobody)}
    for column, where in {"教师本人": school, "教师同校": school, "教师他校": other, "教师外区": far}.items():
        row = factories.make_teacher(where, f"{column[2:]}老师")
        scene.people[column] = make_account(Role.TEACHER, school=where, teacher=row)
    for column, where in {"管理员本校": school, "管理员他校": other, "管理员外区": far}.items():
        scene.people[column] = make_account(Role.SCHOOL_MANAGER, school=where)
    for column, of in {"评委本人": office, "评委同区": office, "评委外区": abroad}.items():
        scene.people[column] = make_account(Role.JUDGE, office=of)
    for name, role in {"工作人员": Role.OFFICE, "领导": Role.LEADER, "监督员": Role.SUPERVISOR}.items():
        for whose, of in {"本级": office, "上级": city, "外区": abroad}.items():
            scene.people[name + whose] = make_account(role, office=of)


def _actor(scene: Scene, column: str) -> Actor:
    actor = scene.people[column]
    assert actor is not None
    return actor


def _place(scene: Scene, office: Office, contest: Contest, school: School) -> entries.Place:
    teacher = _actor(scene, "教师本人")
    child = factories.make_student(school, "张晓明", class_name="3班")
    factories.make_consent(child)
    row = db.session.get_one(Teacher, teacher.teacher_id)
    manager, staff = _actor(scene, "管理员本校"), _actor(scene, "工作人员本级")
    scene.values |= {"school_id": school.id, "student_id": child.id, "teacher_id": row.id}
    return entries.Place(office, contest, school, manager, row, teacher, staff, child)


def _contests(scene: Scene, office: Office, contest: Contest) -> None:
    """The open contest; a draft that only the office's people know of; one that was given up before it was public."""

    def numbers(of: Contest) -> Values:
        file = storage().put_bytes(b"%PDF-1.4 form")
        paper = ContestAttachment(
            contest_id=of.id, kind="attachment", title="附件1", file_name="附件1.pdf",
            file_sha256=file.sha256, size_bytes=file.size, added_at=now(),
        )  # fmt: skip
        category = next(one for one in of.categories if one.code == "KH")
        return {"contest_id": of.id, "category_id": category.id, "attachment_id": made(paper).id}

    scene.values |= {**numbers(contest), "act": "close", "year": 2018}
    scene.variants["草稿赛事"] = numbers(factories.make_contest(office, name="尚未公布的赛事", state="draft"))
    scene.variants["作废赛事"] = numbers(factories.make_contest(office, name="作废的赛事", state="archived"))


def _entries(scene: Scene, place: entries.Place) -> None:
    first = _submitted(place, PUBLISHED, place.pupil)
    accept_entry(place.staff, first.id, Seen(1))
    waiting = _submitted(place, SUBMITTED, _secret_pupil(place, PUPIL))
    draft = entries.make_painting(place, pupil=_secret_pupil(place, "李不公"), title=UNFINISHED)
    blob = first.files[0].blob_id
    _looks(blob)
    scene.values |= {
        "entry_id": first.id, "number": first.number, "blob_id": blob, "derivative": "thumb", "kind": "thumb",
        "person": f"student-{place.pupil.id}", "what": "id_number", "level": 1, "column": 0, "row": 0, "page": 1,
    }  # fmt: skip
    asked = {"kind": "media.derive", "payload": {"blob_id": blob, "kind": "thumb"}, "run_at": now()}
    job = made(Job(**asked, key="failed", state="failed", office_id=place.office.id))
    scene.values["job_id"] = job.id
    scene.values |= _outbox(place)
    scene.values["pair_id"] = made_pair(place, waiting, first).id
    scene.values["trace_id"] = made(_trace(first.id, blob)).id
    made(_mask(first.id, blob))
    scene.variants["待审核"] = {"entry_id": waiting.id}
    scene.variants["草稿"] = {"entry_id": draft.id, "blob_id": draft.files[0].blob_id}


def _outbox(place: entries.Place) -> dict[str, object]:
    """A held mail of the office to its teacher, whose address waits for its link."""
    to = {"account_id": place.teacher.account_id, "channel": "mail", "address": "laoshi@example.org"}
    made(NoticeAddress(**to, token_digest=digest("link"), asked_at=now()))
    message = OutboxMessage(
        **to, key="mail", office_id=place.office.id, kind="entries", subject="您有新的消息", body="请登录后查看。",
        state="held", created_at=now(), next_at=now(),
    )  # fmt: skip
    return {"message_id": made(message).id, "link": "link", "letter": "notice"}


def _trace(entry_id: int, blob_id: int) -> NameTrace:
    values = {"place": "painting", "page": 1, "letter": 0, "length": len(PUPIL), "name": PUPIL}
    values |= {"role": "author", "words": PUPIL}
    return NameTrace(entry_id=entry_id, blob_id=blob_id, is_certain=True, boxes=[], **values)


def _mask(entry_id: int, blob_id: int) -> FileMask:
    """Its copy is the file itself: what is asked is who gets it."""
    boxes = {"1": [[0.0, 0.0, 0.1, 0.1]]}
    values = {"entry_version": 1, "state": "ready", "masked_blob_id": blob_id, "saved_at": now()}
    return FileMask(entry_id=entry_id, blob_id=blob_id, boxes=boxes, **values)


def _looks(blob_id: int) -> None:
    """A tile and a page of the file, as jobs make them."""
    part = storage().put_bytes(b"a picture").sha256
    tiles = {"first": 1, "levels": [{"columns": 1, "rows": 1, "places": [[0, 9]]}]}
    for kind, detail in (("tiles", tiles), ("pages", {"of": 1, "pages": [{"place": [0, 9]}]})):
        db.session.execute(delete(Derivative).where(Derivative.blob_id == blob_id, Derivative.kind == kind))
        made(Derivative(blob_id=blob_id, kind=kind, state="ready", sha256=part, detail=detail))


def _upload(scene: Scene) -> None:
    """A film of the teacher's on its way in; uploads know their account and nothing else."""
    token = PARTS["/uploads/<token>"]["token"]
    staging().create(token)
    made(
        Upload(
            token=token, account_id=_actor(scene, "教师本人").account_id, target="entry-file", place={},
            file_name="film.mp4", size_bytes=9, begun_at=now(), last_progress_at=now(),
        )
    )  # fmt: skip


def _second_factor(scene: Scene) -> None:
    """The teacher's passkey, a browser that is trusted, and one that is signed in."""
    account = db.session.get_one(Account, _actor(scene, "教师本人").account_id)
    own: Values = {"account_id": account.id}
    key = Passkey(**own, name="手机", credential_id=b"1", public_key=b"1", sign_count=0, transports=[], added_at=now())
    until = now() + timedelta(days=30)
    device = TrustedDevice(**own, token_digest="0" * 64, made_at=now(), seen_at=now(), expires_at=until)
    signed_in = digest(begin_session(account))
    db.session.commit()
    row = db.session.query(LoginSession).filter_by(token_digest=signed_in).one()
    scene.values |= {"passkey_id": made(key).id, "device_id": made(device).id, "login_id": row.id}


def _batch(scene: Scene, place: entries.Place) -> None:
    """A batch of the teacher's with one picture in it."""
    batch = open_batch(place.teacher, scene.values["category_id"], place.school.id)
    name = f"{PUPIL}-{UNFINISHED}.jpg"
    received = receive_file(io.BytesIO(entries.jpeg(81, 57)), name, ("jpeg",))
    item = take_file(place.teacher, batch.id, received, name)
    scene.values |= {"batch_id": batch.id, "item_id": item.id}


def _submitted(place: entries.Place, title: str, child: Student) -> Entry:
    draft = entries.make_painting(place, pupil=child, title=title)
    return submit_entry(place.teacher, draft.id, draft.version)


def _secret_pupil(place: entries.Place, name: str) -> Student:
    child = factories.make_student(place.school, name)
    factories.make_consent(child)
    return child


def _judging(scene: Scene, place: entries.Place) -> None:
    """A ranked round, a running one whose one task is the judge's own, a planned one; a judge with a relation."""
    office_scene = making.Scene(place.office, place.contest, place.staff, [place.school])
    judge = making.make_judge(office_scene, JUDGE, account=_actor(scene, "评委本人"))
    making.make_judge(office_scene, "评委同区", account=_actor(scene, "评委同区"))
    making.make_entry(office_scene, place.school, title="第二件作品")
    seats: Values = {"reads": 1, "seats": [Seat(judge.id)]}
    ranked = making.open_round(office_scene, **seats)
    for task in making.tasks_of(ranked):
        making.score(office_scene, task, 90 - task.position)
    ranked = db.session.get_one(Round, ranked.id)
    progress.close_round(place.staff, ranked.id, ranked.version)
    ranking: Ranking = rankings.rank_round(place.staff, ranked.id, method="raw")[0]
    running = making.open_round(office_scene, **seats)
    task = next(one for one in making.tasks_of(running) if one.entry_id == scene.values["entry_id"])
    relation = made(
        ConflictOfInterest(judge_id=judge.id, kind="office", school_id=place.school.id, why="亲属", recorded_at=now())
    )
    typed = paper.type_sheet(place.staff, task.id, making.marks(80))
    report = made(
        FraudReport(
            round_id=running.id, entry_id=task.entry_id, judge_id=judge.id, kind="fraud", evidence="与往届作品雷同",
            blob_id=task.entry.files[0].blob_id, reported_at=now(),
        )
    )  # fmt: skip
    scene.values |= {
        "report_id": report.id, "paper_id": typed.id, "judge_id": judge.id, "round_id": running.id, "task_id": task.id, "relation_id": relation.id,
        "ranking_id": ranking.id, "file_id": task.entry.files[0].id, "look": "thumb",
    }  # fmt: skip
    scene.variants["未开始"] = {"round_id": making.plan_round(office_scene, **seats).id}


def _results(scene: Scene, place: entries.Place) -> None:
    """An approved and published list, the draft of its amendment, the year's other records."""
    category_id, leader = scene.values["category_id"], _actor(scene, "领导本级")
    shortlists.set_quotas(place.staff, category_id, {"": 1})
    listed = shortlists.make_shortlist(place.staff, category_id)
    shortlists.approve_shortlist(leader, listed.id, listed.row_version)
    public = publications.draft_publication(place.staff, place.contest.id, "推荐名单公示")
    publications.publish_list(leader, public.id, public.content_sha256)
    again = shortlists.decide_place(place.staff, category_id, listed.lines[0].entry_id, "out", "不符合要求", "评委会")
    shortlists.approve_shortlist(leader, again.id, again.row_version)
    draft = publications.draft_publication(place.staff, place.contest.id, "推荐名单更正", amendment_note="取消一件。")
    year = {"office_id": place.office.id, "year": 2018, "recorded_at": now()}
    award = made(ExternalResult(**year, contest_name="市大赛", award="一等奖", count=1))
    honour = made(Honour(**year, school_id=place.school.id, honour="先进集体", given_by="市科协"))
    scene.values |= {
        "shortlist_id": again.id, "publication_id": public.id, "result_id": award.id, "honour_id": honour.id,
        "day_id": made(
            CalendarDay(office_id=place.office.id, day=date(2018, 8, 13), is_working=False, set_at=now())
        ).id,
        "activity_id": made(ActivityRecord(**year, name="科普日", figures=[])).id,
    }  # fmt: skip
    given = special.give_special(
        place.staff, place.contest.id, again.lines[0].entry.number or "", "科技馆专项奖", "", "构思新颖"
    )
    scene.values |= {
        "award_list_id": prizes.make_awards(place.staff, category_id).id,
        "special_award_id": given.id,
    }
    scene.variants["公示稿"] = {"publication_id": draft.id}
    proposed = taking_down.propose_take_down(leader, public.id, "名单误把身份证号写进了题目。", "名单有误，正在核对。")
    scene.values["take_down_id"] = proposed.id
    scene.values |= _handoff(place)


def _handoff(place: entries.Place) -> Values:
    """A package that went up, and an office whose keys wait for a leader."""
    went = {"direction": "out", "uid": "0" * 32, "revision": 1, "state": "handed", "counterpart": "市科协"}
    row = Handoff(
        **went, office_id=place.office.id, contest_id=place.contest.id, document={}, options={}, made_at=now(),
        receipt_number="GZ2018-SB-0001", receipt_at=now(), package_name="up.zip",
        package_file_sha256=storage().put_bytes(b"a package").sha256,
    )  # fmt: skip
    partner = HandoffPartner(
        office_id=place.office.id,
        name="市科协",
        signing_key="",
        encryption_key="",
        fingerprint="0" * 64,
        added_at=now(),
    )
    return {"handoff_id": made(row).id, "partner_id": made(partner).id}


def _objection(scene: Scene, place: entries.Place) -> None:
    """A case in inquiry that staff handles and the leader signs; the school and a judge were asked."""
    handler, leader = place.staff, _actor(scene, "领导本级")
    listed = db.session.get_one(Publication, scene.values["publication_id"])
    (number,) = listed_numbers(listed)
    given = Objecting(
        "高某某", "13912340000", number, "这幅画与网上一幅画完全一样。", id_number=factories.id_number(date(1980, 3, 4)),
        files=[GivenFile("对比.jpg", entries.jpeg(64, 64))],
    )  # fmt: skip
    row, _code = lodge_objection(visitor(), listed.id, given)
    row.secret_digest = digest(PARTS["/objections/<code>"]["code"])
    db.session.commit()
    row = cases.assign_case(leader, row.id, row.row_version, handler.account_id or 0, leader.account_id or 0)
    row = cases.accept_case(handler, row.id, row.row_version)
    asked = [
        statements.ask_statement(handler, row.id, whom, "请说明情况。").id
        for whom, _name in statements.whom_to_ask(row.entry_id)
    ]
    scene.values |= {"objection_id": row.id, "statement_id": asked[0]}
    scene.variants["评委的说明"] = {"statement_id": asked[-1]}


def _certificates(scene: Scene, place: entries.Place) -> None:
    """Given, printed, open to schools; one of another contest that is not open; the key they are signed with."""
    signing_key(place.staff, place.office.id)
    content, day = storage().put_bytes(b"%PDF-1.4 certificate").sha256, {"issued_at": now(), "recipient": "张晓明"}
    own = {"school_id": place.school.id, "entry_id": scene.values["entry_id"], "kind": "author", "award": "一等奖"}
    fields = {"赛事": "大赛", "颁发单位": "科协", "日期": "2018年5月20日"}

    def given(contest_id: int, code: str) -> int:
        number = f"甘区科青创〔{contest_id}〕第0001号"
        row = Certificate(
            contest_id=contest_id, serial=1, number=number, number_key=number, code=code, subject_key="entry-1",
            live_key=code, fields=fields, file_sha256=content, **own, **day,
        )  # fmt: skip
        return int(made(row).id)

    made(
        CertificateSettings(
            contest_id=place.contest.id, number_pattern="甘科〔{年}〕第{序号}号", issuer="科协", opened_at=now()
        )
    )
    layout = default_layout("author").to_dict()
    template = CertificateTemplate(contest_id=place.contest.id, kind="author", layout=layout, saved_at=now())
    files = {"zip_file_sha256": content, "print_file_sha256": content, "asked_at": now()}
    made(CertificatePrint(contest_id=place.contest.id, certificate_ids=[], left_out=[], address="", **files))
    scene.values |= {
        "certificate_id": given(place.contest.id, PARTS["/c/<code>"]["code"]), "template_id": made(template).id,
        "office_id": place.office.id,
    }  # fmt: skip
    scene.variants["未开放的证书"] = {
        "certificate_id": given(scene.variants["作废赛事"]["contest_id"], "NOTOPEN23456X")
    }


def _school_people(scene: Scene, place: entries.Place, third: School, other: School) -> None:
    """Rosters, consents, steps into a new year, and pupils who move."""
    sha256 = keep_sealed(b"%PDF-1.4 scan")
    values: Values = {"student_id": place.pupil.id, "guardian_name": "张某", "relation": "父亲"}
    consent = Consent(
        **values, signed_on=date(2018, 3, 1), form="scan", file_sha256=sha256, file_name="a.pdf", recorded_at=now()
    )
    step = RollOver(
        school_id=place.school.id,
        to_year=2018,
        before={"students": []},
        applied_at=now(),
        undo_until=now() + timedelta(days=7),
    )
    upload = preview_roster(place.manager, place.school.id, "students", csv_file([pupil("周新生", 31)]), "名册.csv")

    def move(old: School, new: School) -> int:
        child = factories.make_student(old, "吴转学")
        row = Transfer(student_id=child.id, from_school_id=old.id, to_school_id=new.id, grade=4, asked_at=now())
        return int(made(row).id)

    scene.values |= {
        "consent_id": made(consent).id, "roll_over_id": made(step).id, "import_id": upload.id,
        "transfer_id": move(place.school, third),
    }  # fmt: skip
    scene.variants["转入本校"] = {"transfer_id": move(other, place.school)}


def _access(scene: Scene, place: entries.Place) -> None:
    """Other people's memberships, and one-time links, of each kind that somebody else has charge of."""

    def membership(role: Role, **where: Any) -> Values:
        (info,) = make_account(role, **where).memberships
        return {"membership_id": info.id}

    by_manager = invitations.invite_teachers(place.manager, place.school.id, names=["冯老师"])[0]
    by_office = invitations.invite_manager(place.staff, place.school.id, "陈主任")
    colleague = invitations.invite_staff(place.staff, place.office.id, Role.OFFICE, "褚干事")
    scene.values |= {
        **membership(Role.TEACHER, school=place.school),
        "invitation_id": by_manager.invitation.id, "code": by_manager.code, "token": "no-form-was-kept",
        "name": "teacher",
    }  # fmt: skip
    scene.variants |= {
        "管理员": membership(Role.SCHOOL_MANAGER, school=place.school)
        | {"invitation_id": by_office.invitation.id, "code": by_office.code},
        "工作人员": membership(Role.OFFICE, office=place.office) | {"invitation_id": colleague.invitation.id},
        "评委": membership(Role.JUDGE, office=place.office),
    }
