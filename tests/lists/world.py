"""A deployment in which every list has the same number of rows, written in bulk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from contest_portal.contests.models import Category, Contest, ContestAttachment
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import Job, Notice
from contest_portal.core.outbox.models import OutboxMessage
from contest_portal.entries.allowance_models import SchoolAllowance
from contest_portal.entries.likeness_models import EntryContent, LikenessPair
from contest_portal.entries.models import Author, Entry, EntryFile, EntryVersion, ScreeningDecision, Tutor
from contest_portal.entries.models_batch import BatchItem, PaintingBatch
from contest_portal.events.records.models import ActivityRecord
from contest_portal.judging import standings
from contest_portal.judging.interview_models import InterviewSession, InterviewSlot
from contest_portal.judging.models import (  # fmt: skip
    Assignment,
    ConflictOfInterest,
    Judge,
    Ranking,
    Round,
    RoundCategory,
    RoundEntry,
    RoundJudge,
    ScoreSheet,
)
from contest_portal.judging.ranking import Method
from contest_portal.media.facts import FileFacts, Kind
from contest_portal.media.models import Blob, Fingerprint
from contest_portal.people.models import (
    Account,
    CalendarDay,
    Consent,
    Enrolment,
    Invitation,
    LoginSession,
    Membership,
    RollOver,
    RosterImport,
    Student,
    Teacher,
    Transfer,
)
from contest_portal.people.models import School as SchoolRow
from contest_portal.people.services.rosters import preview_roster
from contest_portal.reports.models import SummaryNote
from contest_portal.results.awards.models import (
    AwardDecision,
    AwardLine,
    AwardList,
    MeritAward,
    ResultRelease,
    SpecialAward,
)
from contest_portal.results.certificates.models import Certificate, CertificateSettings
from contest_portal.results.handoff.models import Handoff, HandoffLine, HandoffPartner
from contest_portal.results.lists.models import Shortlist, ShortlistLine  # fmt: skip
from contest_portal.results.objections.models import Objection
from contest_portal.results.public_list.content import PublicLine, Section, content_digest, to_content
from contest_portal.results.publishing.models import Publication  # fmt: skip
from contest_portal.results.quotas.models import CategoryQuotas, CommitteeDecision
from contest_portal.results.records.models import ExternalResult, Honour, Participation  # fmt: skip
from tests import factories
from tests.lists.contest_day_rows import fill_contest_day, fill_plan
from tests.lists.event_rows import fill_events
from tests.people.roster_files import csv_file, many_pupils

YEAR = 2018
SCREENED, JUDGED = "KH", "CG"
"""Categories of the contest: one whose entries await screening, one whose entries are judged and listed."""


FACTS = FileFacts(Kind.JPEG, size_bytes=1, width=1, height=1).to_json()


@dataclass
class World:
    """What `filled` made: who looks at the pages, and the ids that addresses are made of."""

    size: int
    people: dict[str, Actor] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)


def filled(size: int) -> World:
    """Fill an empty database: each list of the program gets `size` rows."""
    world = World(size)
    maker = _Maker(world)
    for part in (maker.people, maker.rosters, maker.contests, maker.entries, maker.judging, maker.results, maker.year):
        part()
        db.session.commit()
    return world


class _Maker:
    def __init__(self, world: World) -> None:
        self.world, self.size, self.moment = world, world.size, now()
        self.invitations = min(self.size, 300)  # a link is used or withdrawn; each is a form on its page
        self.office = factories.make_office()
        self.school = factories.make_school(self.office, "南关学校", kind="nine_year")
        self.contest = factories.make_contest(self.office)
        self.categories: Mapping[str, Category] = {one.code: one for one in self.contest.categories}

    def many(self, model: Any, row: Callable[[int], dict[str, Any]], count: int | None = None) -> list[int]:
        """Insert `row(0)`, `row(1)`, … and give their ids in this order."""
        statement = insert(model).returning(model.id, sort_by_parameter_order=True)
        rows = [row(number) for number in range(self.size if count is None else count)]
        return list(db.session.scalars(statement, rows))

    def people(self) -> None:
        """Schools, accounts of all roles, their sessions and notices, invitations."""
        self.schools = self.many(SchoolRow, lambda n: self._school(f"第{n:04d}小学", "approved"))
        self.many(SchoolRow, lambda n: self._school(f"申请{n:04d}小学", "applied"))
        self.teacher = factories.make_teacher(self.school)
        make, office, school = factories.make_account, self.office, self.school
        self.world.people = {
            "office": make(Role.OFFICE, office=office),
            "leader": make(Role.LEADER, office=office),
            "manager": make(Role.SCHOOL_MANAGER, school=school),
            "teacher": make(Role.TEACHER, school=school, teacher=self.teacher),
            "judge": make(Role.JUDGE, office=office),
        }
        place = {"office_id": office.id, "created_at": self.moment}
        accounts = self.many(Account, lambda n: {"login_name": f"many{n}", "name": f"人{n}", "created_at": self.moment})
        self.many(Membership, lambda n: {**place, "account_id": accounts[n], "role": "office"})
        self.many(Membership, lambda n: {**place, "account_id": accounts[n], "role": "teacher", "school_id": school.id})
        managed = {**place, "role": "school_manager", "school_id": self.schools[0]}
        self.many(Membership, lambda n: {**managed, "account_id": accounts[n]})
        for role, of_school in (("office", None), ("teacher", school.id), ("school_manager", self.schools[0])):
            self.many(Invitation, lambda n, role=role, of=of_school: self._invitation(n, role, of), self.invitations)
        for name, actor in self.world.people.items():
            self.many(Notice, lambda n, id_=actor.account_id: self._notice(n, id_))
            self.many(LoginSession, lambda n, name=name, id_=actor.account_id: self._session(f"{name}{n}", id_))
        self.many(Job, lambda n: self._job(n, office.id))
        self.many(OutboxMessage, lambda n: self._mail(n, accounts[n]))
        self.world.ids |= {"school": school.id, "other_school": self.schools[0]}

    def _school(self, name: str, state: str) -> dict[str, Any]:
        return {"office_id": self.office.id, "name": name, "kind": "primary", "state": state, "applied_at": self.moment}

    def _invitation(self, number: int, role: str, school_id: int | None) -> dict[str, Any]:
        return {
            "token_digest": f"{role}{number}",
            "purpose": "join",
            "role": role,
            "office_id": self.office.id,
            "school_id": school_id,
            "name": f"受邀{number}",
            "created_at": self.moment,
            "expires_at": self.moment + timedelta(days=30),
        }

    def _notice(self, number: int, account_id: int | None) -> dict[str, Any]:
        return {"account_id": account_id, "title": f"通知{number}", "params": {}, "created_at": self.moment}

    def _mail(self, number: int, account_id: int) -> dict[str, Any]:
        to = {"account_id": account_id, "channel": "mail", "address": f"ren{number}@example.org"}
        times = {"created_at": self.moment, "next_at": self.moment}
        row = {**to, **times, "office_id": self.office.id, "key": f"mail-{number}", "kind": "entries"}
        reason = {"source": "已过时，没有发出。", "params": {}}
        failed = {"state": "failed", "problem": reason}
        return {
            **row,
            "subject": f"通知{number}",
            "body": "正文",
            "state": "held",
            "problem": None,
            **(failed if number % 2 else {}),
        }

    def _job(self, number: int, office_id: int) -> dict[str, Any]:
        failed = {"state": "failed", "problem": {"source": "文件已损坏。", "params": {}}}
        return {
            "kind": "media.derive",
            "key": f"many-{number}",
            "payload": {"blob_id": number + 1, "kind": "thumb"},
            "office_id": office_id,
            "run_at": self.moment,
            "state": "waiting",
            "problem": None,
            **(failed if number % 2 else {}),
        }

    def _session(self, token: str, account_id: int | None) -> dict[str, Any]:
        return {
            "token_digest": token,
            "account_id": account_id,
            "created_at": self.moment,
            "seen_at": self.moment,
            "expires_at": self.moment + timedelta(days=1),
        }

    def rosters(self) -> None:
        """Pupils, teachers, consents, enrolments, transfers, uploaded rosters, steps into school years."""
        own = {"office_id": self.office.id, "school_id": self.school.id, "updated_at": self.moment}
        pupil = {**own, "sex": "女", "birth_on": date(2008, 5, 12), "school_year": 2017, "grade": 4}
        self.pupils = self.many(Student, lambda n: {**pupil, "name": f"学生{n:04d}", "class_name": f"{n % 9}班"})
        self.second_authors = self.many(Student, lambda n: {**pupil, "name": f"同学{n:04d}", "state": "left"})
        self.teachers = self.many(Teacher, lambda n: {**own, "name": f"教师{n:04d}", "person_key": f"many-{n}"})
        consent = {"guardian_name": "张某", "relation": "父亲", "signed_on": date(2018, 3, 1), "form": "paper"}
        consent |= {"recorded_at": self.moment, "withdrawn_at": self.moment}
        self.many(Consent, lambda _: {**consent, "student_id": self.pupils[0]})
        enrolment = {"student_id": self.pupils[0], "school_year": 2017, "grade": 4}
        self.many(Enrolment, lambda n: {**enrolment, "school_id": self.schools[n]})
        move = {"from_school_id": self.school.id, "to_school_id": self.schools[0], "asked_at": self.moment, "grade": 5}
        self.many(Transfer, lambda n: {**move, "student_id": self.pupils[n]})
        upload = {"school_id": self.school.id, "kind": "students", "file_sha256": "0" * 64, "summary": {}}
        upload |= {"created_at": self.moment, "state": "discarded"}
        self.many(RosterImport, lambda n: {**upload, "file_name": f"名册{n}.csv"})
        step = {"school_id": self.school.id, "state": "undone", "before": {}, "applied_at": self.moment}
        self.many(RollOver, lambda n: {**step, "to_year": 2017, "undo_until": self.moment + timedelta(days=n)})
        db.session.commit()
        roster = csv_file(many_pupils(self.size))
        preview = preview_roster(self.world.people["manager"], self.school.id, "students", roster, "名册.csv")
        self.world.ids |= {"pupil": self.pupils[0], "teacher": self.teacher.id, "import": preview.id}

    def contests(self) -> None:
        """More contests, each with a category; files of the main one's call."""
        states = ("open", "closed", "archived")
        plain = {"office_id": self.office.id, "number_pattern": "{prefix}", "number_prefix": "GZ"}
        plain |= {"return_reasons": [], "created_at": self.moment, "opened_at": self.moment, "year": YEAR}
        self.others = self.many(Contest, lambda n: {**plain, "name": f"竞赛{n:04d}", "state": states[n % 3]})
        one = self.categories[SCREENED]
        category = {"code": one.code, "name": one.name, "measure": one.measure, "rules_document": one.rules_document}
        self.many(Category, lambda n: {**category, "contest_id": self.others[n], "position": 1})
        file = {"contest_id": self.contest.id, "kind": "attachment", "file_name": "附件.pdf", "file_sha256": "0" * 64}
        file |= {"size_bytes": 1, "added_at": self.moment}
        self.many(ContestAttachment, lambda n: {**file, "title": f"附件{n:04d}"})
        self.world.ids["contest"] = self.contest.id
        self.world.ids |= {"screened": one.id, "judged": self.categories[JUDGED].id}

    def entries(self) -> None:
        """Entries that await screening and entries that were accepted, with people, files, versions, decisions."""
        creator = self.world.people["teacher"].account_id
        self.waiting = self._entries(SCREENED, "submitted", creator)
        self.accepted = self._entries(JUDGED, "accepted", creator)
        self.many(EntryVersion, lambda n: self._version(self.waiting[0], n + 2))
        self.world.ids["entry"] = self.waiting[0]
        self._batches(creator)
        self._pairs()

    def _pairs(self) -> None:
        """Each waiting entry is like the accepted one of the same number."""
        for_all = {"office_id": self.office.id, "kind": "picture"}
        prints = self.many(Fingerprint, lambda n: {"kind": "picture", "sha256": f"{n}", "made_at": self.moment})
        content = {**for_all, "slot_code": "painting", "file_name": "画.jpg", "entry_version": 1}
        blobs = {row.entry_id: row.blob_id for row in db.session.execute(select(EntryFile.entry_id, EntryFile.blob_id))}

        def of(entry_id: int, n: int) -> dict[str, Any]:
            return {**content, "entry_id": entry_id, "blob_id": blobs[entry_id], "fingerprint_id": prints[n]}

        ours = self.many(EntryContent, lambda n: of(self.waiting[n], n))
        theirs = self.many(EntryContent, lambda n: of(self.accepted[n], n))
        pair = {**for_all, "score": 0.9, "estimate": "same", "details": {}, "found_at": self.moment}
        sides = {"entry_a_id": self.waiting, "entry_b_id": self.accepted, "content_a_id": ours, "content_b_id": theirs}
        pairs = self.many(LikenessPair, lambda n: {**pair, **{name: ids[n] for name, ids in sides.items()}})
        self.world.ids["pair"] = pairs[0]

    def _batches(self, creator: int | None) -> None:
        """Batches of pictures, one of them with a row for each pupil."""
        batch = {"category_id": self.categories[SCREENED].id, "school_id": self.school.id}
        batch |= {"created_by": creator, "created_at": self.moment}
        self.world.ids["batch"] = self.many(PaintingBatch, lambda _: batch)[0]
        blob = {"size_bytes": 1, "kind": "jpeg", "facts": FACTS, "created_at": self.moment}
        blobs = self.many(Blob, lambda n: {**blob, "sha256": f"batch{n}"})
        item = {
            "batch_id": self.world.ids["batch"],
            "candidates": [],
            "why": [],
            "by_hand": [],
            "added_at": self.moment,
        }
        self.many(
            BatchItem,
            lambda n: {
                **item, "blob_id": blobs[n], "path": f"{n}.jpg", "student_id": self.pupils[n], "title": f"图{n:04d}"
            },
        )  # fmt: skip

    def _entries(self, code: str, state: str, creator: int | None) -> list[int]:
        place = {"contest_id": self.contest.id, "category_id": self.categories[code].id, "school_id": self.school.id}
        facts = {"state": state, "stage_code": "X", "answers": {}, "submission_count": 1, "created_by": creator}
        times = dict.fromkeys(("created_at", "updated_at", "submitted_at", "exception_until"), self.moment)
        approval = {"has_unsubmitted_changes": True, "approval_asked_at": self.moment}
        ids = self.many(
            Entry,
            lambda n: {
                **place, **facts, **times, **approval, "title": f"作品{n:04d}", "number": f"GZ2018-{code}-{n:05d}"
            },
        )  # fmt: skip
        self.many(Author, lambda n: {"entry_id": ids[n], "student_id": self.pupils[n], "position": 1, "is_first": True})
        self.many(Author, lambda n: {"entry_id": ids[n], "student_id": self.second_authors[n], "position": 2})
        self.many(Tutor, lambda n: {"entry_id": ids[n], "teacher_id": self.teacher.id, "position": 1})
        self.many(Tutor, lambda n: {"entry_id": ids[n], "teacher_id": self.teachers[n], "position": 2})
        blob = {"size_bytes": 1, "kind": "jpeg", "facts": FACTS, "created_at": self.moment}
        blobs = self.many(Blob, lambda n: {**blob, "sha256": f"{code}{n}"})
        file = {"slot_code": "painting", "file_name": "画.jpg", "added_at": self.moment}
        self.many(EntryFile, lambda n: {**file, "entry_id": ids[n], "blob_id": blobs[n]})
        self.many(EntryVersion, lambda n: self._version(ids[n], 1))
        decision = {"entry_version": 1, "decision": "return", "reasons": ["缺件"], "decided_at": self.moment}
        self.many(ScreeningDecision, lambda n: {**decision, "entry_id": ids[n]})
        return ids

    def _version(self, entry_id: int, number: int) -> dict[str, Any]:
        author = {"key": "student-1", "name": "张晓明", "school_name": "南关学校", "grade": 4, "class_name": "1班"}
        author |= {"is_first": True, "share_percent": None, "duty": "", "sex": "女", "ethnic_group": "汉族"}
        author |= {"birth_month": "2008-05", "position": "", "job_title": "", "school_id": self.school.id}
        tutor = {"key": "teacher-1", "name": "李老师", "school_name": "南关学校", "position": "", "job_title": ""}
        snapshot = {
            "number": "",
            "title": "作品",
            "summary": "",
            "group_name": "",
            "discipline": "",
            "completed_on": None,
            "stage": {"code": "X", "name": "小学"},
            "answers": {},
            "authors": [author],
            "tutors": [tutor],
            "category": {"name": "科幻画"},
            "school": {"name": "南关学校"},
            "files": [],
        }
        row = {"entry_id": entry_id, "number": number, "snapshot": snapshot}
        return {**row, "digest": "0" * 64, "submitted_at": self.moment}

    def judging(self) -> None:
        """Judges and their relations, rounds, seats, tasks with sheets, a frozen ranking."""
        account = self.world.people["judge"].account_id
        judge = {"office_id": self.office.id, "expertise": [JUDGED], "state": "active", "created_at": self.moment}
        own = self.many(Judge, lambda _: {**judge, "name": "王评委", "account_id": account}, 1)[0]
        self.judges = self.many(Judge, lambda n: {**judge, "name": f"评委{n:04d}"})
        relation = {"judge_id": own, "kind": "declared", "recorded_at": self.moment}
        self.many(ConflictOfInterest, lambda n: {**relation, "school_id": self.schools[n]})
        running, planned, *_ = self._rounds()
        self.many(RoundJudge, lambda n: {"round_id": running, "judge_id": self.judges[n], "category_ids": []})
        self.many(RoundJudge, lambda _: {"round_id": running, "judge_id": own, "category_ids": []}, 1)
        self.many(RoundJudge, lambda _: {"round_id": planned, "judge_id": self.judges[0], "category_ids": []}, 1)
        task = {"round_id": running, "assigned_at": self.moment, "draft_marks": {}}
        done = {**task, "judge_id": own, "state": "submitted"}
        tasks = self.many(Assignment, lambda n: {**done, "entry_id": self.accepted[n], "position": n})
        sheet = {"version": 1, "marks": {}, "submitted_at": self.moment}
        self.many(ScoreSheet, lambda n: {**sheet, "assignment_id": tasks[n], "total": 60 + n % 40})
        todo = {**task, "entry_id": self.accepted[0], "position": 1}
        open_tasks = self.many(Assignment, lambda n: {**todo, "judge_id": self.judges[n]})
        self.world.ids |= {"round": running, "planned": planned, "judge": own, "task": open_tasks[0]}
        self.world.ids |= {"own_task": tasks[0], "ranking": self._ranking(running)}
        self._interviews(running)

    def _interviews(self, round_id: int) -> None:
        """Every work of the round has its time in one long session."""
        session = {"round_id": round_id, "place": "科技馆", "minutes_each": 5, "starts_at": self.moment}
        (one,) = self.many(InterviewSession, lambda _: {**session, "ends_at": self.moment + timedelta(days=30)}, 1)
        places = self.many(RoundEntry, lambda n: {"round_id": round_id, "entry_id": self.accepted[n]})
        slot = {"session_id": one, "starts_at": self.moment}
        self.many(InterviewSlot, lambda n: {**slot, "round_entry_id": places[n], "position": n + 1})

    def _rounds(self) -> list[int]:
        row = {"contest_id": self.contest.id, "reads_per_entry": 1, "plan_facts": {}, "created_at": self.moment}
        row |= {"opens_at": self.moment, "closes_at": self.moment + timedelta(days=9)}
        facts = {"inputs_sha256": "0" * 64, "notes": []}
        running = self.many(Round, lambda _: {**row, "name": "初评", "state": "open", "plan_facts": facts}, 1)
        rounds = [*running, *self.many(Round, lambda n: {**row, "name": f"轮次{n:04d}", "state": "planned"})]
        rubric = self.categories[JUDGED].rules_document["criteria"]
        category = {"category_id": self.categories[JUDGED].id, "rubric": rubric}
        self.many(RoundCategory, lambda n: {**category, "round_id": rounds[n]}, len(rounds))
        return rounds

    def _ranking(self, round_id: int) -> int:
        score = standings.Score(self.accepted[0], self.judges[0], 80, {})
        fitted = standings.fit([score], Method.RAW)
        line = standings.standings(fitted, [standings.Work(score.entry_id, "", "X")])[0]
        facts = fitted.facts()
        facts["judges"] = [{**facts["judges"][0], "judge_id": judge} for judge in self.judges]
        lines = [
            replace(line, entry_id=entry_id, number=f"{n}", rank=n + 1).to_dict()
            for n, entry_id in enumerate(self.accepted)
        ]
        row = {"round_id": round_id, "category_id": self.categories[JUDGED].id, "method": "raw", "facts": facts}
        row |= {"lines": lines, "inputs_sha256": "0" * 64, "created_at": self.moment}
        return self.many(Ranking, lambda _: row, 1)[0]

    def results(self) -> None:
        """Lists in many versions, one with many lines; decisions; public lists; head-counts."""
        category = self.categories[JUDGED].id
        allowed = {"category_id": category, "count": 3, "why": "承办科技节", "set_at": self.moment}
        self.many(SchoolAllowance, lambda n: {**allowed, "school_id": self.schools[n]})
        document = {"total": self.size, "rows": [{"kind": "cap", "count": 1}]}
        self.many(CategoryQuotas, lambda _: {"category_id": category, "document": document}, 1)
        row = {"contest_id": self.contest.id, "category_id": category, "quotas": {}, "ranking_ids": []}
        row |= {"made_at": self.moment}
        self.many(Shortlist, lambda n: {**row, "version": n + 1, "state": "superseded"})
        newest = self.many(Shortlist, lambda _: {**row, "version": self.size + 1, "state": "approved"}, 1)[0]
        line = {"shortlist_id": newest, "decision": "in", "reason_code": "rank", "reason": "名次", "reason_params": {}}
        self.many(ShortlistLine, lambda n: {**line, "entry_id": self.accepted[n], "position": n, "rank": n + 1})
        decision = {"category_id": category, "decision": "in", "why": "优先", "decided_by_name": "赵主席"}
        decision |= {"recorded_at": self.moment}
        self.many(CommitteeDecision, lambda n: {**decision, "entry_id": self.accepted[n]})
        self._awards(category)
        count = {"contest_id": self.contest.id, "students": 100, "teachers": 9, "reported_at": self.moment}
        self.many(Participation, lambda n: {**count, "school_id": self.schools[n]})
        own = {**count, "school_id": self.school.id}
        self.many(Participation, lambda n: {**own, "contest_id": self.others[n]})
        self._certificates()
        self.world.ids |= {"shortlist": newest, "publication": self._publications(), "handoff": self._handoffs()}

    def _awards(self, category: int) -> None:
        """An approved list of awards with many lines, decisions about them, special awards, honoured tutors; released."""
        listed = {"contest_id": self.contest.id, "category_id": category, "made_at": self.moment, "state": "approved"}
        newest = self.many(AwardList, lambda _: {**listed, "version": 1, "places": {"一等奖": self.size}}, 1)[0]
        line = {"award_list_id": newest, "award": "一等奖", "reason": "名次", "rank": 1}
        self.many(AwardLine, lambda n: {**line, "entry_id": self.accepted[n], "position": n})
        decided = {"category_id": category, "decision": "none", "why": "优先", "decided_by_name": "赵主席"}
        decided |= {"recorded_at": self.moment}
        self.many(AwardDecision, lambda n: {**decided, "entry_id": self.accepted[n]})
        special = {"contest_id": self.contest.id, "name": "专项奖", "reason": "新颖", "recorded_at": self.moment}
        self.many(SpecialAward, lambda n: {**special, "entry_id": self.accepted[n]})
        merit = {"contest_id": self.contest.id, "award": "优秀组织奖", "points": "1", "terms": []}
        self.many(MeritAward, lambda n: {**merit, "school_id": self.schools[n], "confirmed_at": self.moment})
        release = {"contest_id": self.contest.id, "released_at": self.moment, "saved_at": self.moment}
        release |= {"shows_rank": True, "shows_score": True, "shows_comments": True}
        self.many(ResultRelease, lambda _: release, 1)

    def _handoffs(self) -> int:
        """What came in to the contest many times, the last time with many entries; offices that hand up."""
        row = {"office_id": self.office.id, "contest_id": self.contest.id, "direction": "in", "revision": 1}
        row |= {"state": "taken", "counterpart": "下级单位", "document": {}, "options": {}, "made_at": self.moment}
        self.many(Handoff, lambda n: {**row, "uid": f"{n:032x}", "receipt_number": f"JS-{n:05d}"})
        last = self.many(Handoff, lambda _: {**row, "uid": "f" * 32, "receipt_number": "JS"}, 1)[0]
        line = {"handoff_id": last, "category_code": "KH", "digest": "", "outcome": "new", "answer": {}}
        self.many(
            HandoffLine,
            lambda n: {**line, "source_number": f"N{n:05d}", "title": f"作品{n:05d}", "entry_id": self.accepted[n]},
        )
        partner = {"office_id": self.office.id, "signing_key": "", "encryption_key": "", "added_at": self.moment}
        self.many(HandoffPartner, lambda n: {**partner, "name": f"下级单位{n:05d}", "fingerprint": f"{n:064x}"})
        return last

    def _certificates(self) -> None:
        """Certificates of one school, which may download them."""
        fields = {"赛事": "大赛", "颁发单位": "科协", "日期": "2018年5月20日"}
        row = {"contest_id": self.contest.id, "kind": "author", "award": "一等奖", "fields": fields}
        row |= {"issued_at": self.moment, "school_id": self.school.id, "work_title": "作品"}

        def certificate(n: int) -> dict[str, Any]:
            own = {"serial": n + 1, "number": f"科〔2018〕第{n + 1:04d}号", "number_key": f"科2018第{n + 1}号"}
            own |= {"code": f"C{n:012d}", "subject_key": f"entry-{n}", "live_key": f"entry-{n}"}
            return {**row, **own, "entry_id": self.accepted[n], "recipient": f"学生{n:04d}"}

        self.world.ids["certificate"] = self.many(Certificate, certificate)[0]
        chosen = {"contest_id": self.contest.id, "number_pattern": "科〔{年}〕第{序号}号", "issuer": "科协"}
        self.many(CertificateSettings, lambda _: {**chosen, "opened_at": self.moment}, 1)

    def _publications(self) -> int:
        """One public list a contest, and of the main contest many earlier versions. Gives the newest, which is long."""
        short = to_content([self._section(1)])
        long = to_content([self._section(self.size)])
        row = {"title": "名单", "shortlist_ids": [], "made_at": self.moment, "published_at": self.moment}
        few = {**row, "content": short, "content_sha256": content_digest(short)}
        self.many(Publication, lambda n: {**few, "contest_id": self.others[n], "version": 1, "state": "public"})
        past = {**few, "kind": "award", "version": 1, "state": "final", "down_on": self.moment.date()}
        self.many(Publication, lambda n: {**past, "contest_id": self.others[n]})
        own = {"office_id": self.office.id, "is_working": False, "note": "", "set_at": self.moment}
        self.many(CalendarDay, lambda n: {**own, "day": date(2018, 1, 1) + timedelta(days=n)})
        amended = {**few, "contest_id": self.contest.id, "state": "amended"}
        self.many(Publication, lambda n: {**amended, "version": n + 1})
        newest = {**row, "content": long, "content_sha256": content_digest(long), "contest_id": self.contest.id}
        last = self.many(Publication, lambda _: {**newest, "version": self.size + 1, "state": "public"}, 1)[0]
        draft = {**newest, "version": self.size + 2, "state": "draft"}
        self.world.ids["draft"] = self.many(Publication, lambda _: draft, 1)[0]
        self._objections(last)
        return last

    def _objections(self, publication_id: int) -> None:
        """Cases of other people, none of whom is of the office."""
        row = {"contest_id": self.contest.id, "publication_id": publication_id, "received_at": self.moment}
        who = {
            "objector_unit": "",
            "grounds": "这件作品不是本人所作。",
            "due_on": date(2018, 1, 2),
            "state": "inquiry",
        }
        self.many(
            Objection,
            lambda n: {
                **row, **who, "entry_id": self.accepted[n], "number": f"YY{n:04d}", "secret_digest": f"secret{n}",
                "objector_name": f"异议人{n:04d}", "objector_phone": f"139{n:08d}",
            },
        )  # fmt: skip

    def _section(self, lines: int) -> Section:
        named = (
            PublicLine(n, f"学生{n:04d}", "南关学校", f"作品{n:04d}", "推荐", entry_number=f"{n}") for n in range(lines)
        )
        return Section("科幻画", "幅", tuple(named))

    def year(self) -> None:
        """What the year brought: awards, honours, activities."""
        plain = {"office_id": self.office.id, "year": YEAR, "recorded_at": self.moment}
        award = {**plain, "award": "一等奖", "count": 1}
        self.many(ExternalResult, lambda n: {**award, "contest_name": f"大赛{n:04d}", "entry_id": self.accepted[n]})
        honour = {**plain, "honour": "优秀组织单位", "given_by": "市科协"}
        self.many(Honour, lambda n: {**honour, "school_id": self.schools[n]})
        note = {"office_id": self.office.id, "year": YEAR, "school_ids": self.schools, "updated_at": self.moment}
        self.many(SummaryNote, lambda _: note, 1)
        self.many(ActivityRecord, lambda n: {**plain, "name": f"活动{n:04d}", "figures": []})
        self.world.ids |= fill_events(self)
        self.world.ids |= fill_plan(self, self.world.ids["event"]) | fill_contest_day(self)
