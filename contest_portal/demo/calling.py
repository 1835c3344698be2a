"""The demo's March: contests of three levels, call and attachments, opening; guardians' consent."""

from __future__ import annotations

import io

from contest_portal.contests import services
from contest_portal.contests.models import Contest
from contest_portal.core.clock import today
from contest_portal.core.database import db
from contest_portal.demo import calendar, call_papers
from contest_portal.demo.chance import chance
from contest_portal.demo.documents import blank_integrity
from contest_portal.demo.files import FilePlan, consent_scan
from contest_portal.demo.names import adult_name
from contest_portal.demo.people import Pupil
from contest_portal.demo.plan import MAIN, MAKER
from contest_portal.demo.world import World, category_ids, contest_version
from contest_portal.people.consent_rules import ConsentInput
from contest_portal.people.services.consents import record_consents

UPPER = (
    ("province", "甘肃省第33届青少年科技创新大赛", ""),
    ("city", "张掖市第九届青少年科技创新大赛", "全省第33届青少年科技创新大赛"),
)
CONSENT_AGE_BORN = (2004, 3)
SCANS = 12


def plan_contests(world: World) -> None:
    """The contests above as records, the district's two from their templates, each feeding the next."""
    above = None
    for level, name, title in UPPER:
        contest = services.create_contest_from_template(
            world.console, "castic-district-2018", 2018, name=name, office_id=world.offices[level]
        )
        if above is not None:
            _feed(world, contest.id, above, title)
        above = contest.id
    world.go_to(calendar.CALL)
    staff = world.staff[0]
    main = services.create_contest_from_template(staff, "castic-district-2018", 2018)
    maker = services.create_contest_from_template(staff, "maker-2018", 2018)
    world.contests = {MAIN: main.id, MAKER: maker.id}
    _feed(world, main.id, above, "全市第九届青少年科技创新大赛")
    _feed(world, maker.id, None, "全省第二届青少年创客创意大赛")


def _feed(world: World, contest_id: int, above: int | None, title: str) -> None:
    contest = db.session.get_one(Contest, contest_id)
    services.change_settings(
        world.console,
        contest_id,
        contest.version,
        name=contest.name,
        number_prefix=contest.number_prefix,
        number_pattern=contest.number_pattern,
        return_reasons=contest.return_reasons,
        feeds_into_id=above,
        feeds_into_name="" if above else title,
        feeds_into_title=title,
    )


def publish_calls(world: World) -> str:
    """Call, timetable, attachments, opening."""
    staff, files = world.staff[0], 0
    for contest, title, text, who in (
        (MAIN, call_papers.CALL_TITLE, call_papers.CALL_TEXT, call_papers.WHO_MAY_ENTER),
        (MAKER, call_papers.MAKER_TITLE, call_papers.MAKER_TEXT, call_papers.MAKER_WHO),
    ):
        contest_id = world.contests[contest]
        services.change_call(staff, contest_id, contest_version(contest_id), title=title, text=text, who_may_enter=who)
        opens, closes = calendar.WINDOWS[contest]
        dates = services.ContestDates(
            called_on=calendar.CALL.date(),
            opens_at=opens,
            closes_at=closes,
            screening_until=calendar.SCREENING_ENDS.date(),
            judging_from=calendar.JUDGING.date(),
            judging_until=calendar.JUDGING_ENDS.date(),
            publication_on=calendar.PUBLICATION.date(),
        )
        services.change_timetable(staff, contest_id, contest_version(contest_id), dates)
        for kind, name, content in _papers(contest, title, text):
            services.add_attachment(staff, contest_id, kind=kind, title="", file_name=name, stream=io.BytesIO(content))
            files += 1
        world.clock.advance(hours=1)
        services.change_state(staff, contest_id, "open", contest_version(contest_id))
    world.categories = {
        code: one for contest_id in world.contests.values() for code, one in category_ids(contest_id).items()
    }
    return f"{len(world.contests)} 项赛事，附件 {files} 个"


def _papers(contest: str, title: str, text: str) -> list[tuple[str, str, bytes]]:
    number = "甘区科协发〔2018〕12号" if contest == MAIN else "甘区科协发〔2018〕13号"
    papers = [("attachment", f"{title}.pdf", call_papers.notice(title, text, number, calendar.CALL.date()))]
    if contest == MAKER:
        return papers
    common = [("作品名称", True), ("第一作者", False), ("性别", False), ("学校", False), ("年级", False)]
    for name, labels, parts in (
        ("学生科技创新成果竞赛项目申报书", [("学科", False), ("个人/集体", False)], [("项目简介", 6.0)]),
        ("科幻画作品登记表", [("画种", False), ("辅导教师", False)], [("作品说明（200 字以内）", 5.0)]),
    ):
        papers.append(("blank_form", f"{name}（空白）.pdf", call_papers.blank_form(name, [*common, *labels], parts)))
    consent = [("学生姓名", False), ("年级班级", False), ("监护人姓名", False), ("与学生的关系", False)]
    form = call_papers.blank_form("监护人同意书", consent, [("同意事项", 3.0)])
    papers.append(("blank_form", "监护人同意书（空白）.pdf", form))
    papers.append(("blank_form", "诚信自查书（空白）.pdf", blank_integrity()))
    return papers


def consents_needed(world: World) -> list[Pupil]:
    """The pupils under fourteen who take part, in the schools' order."""
    born = CONSENT_AGE_BORN
    pupils = {pupil.number: pupil for work in world.every_work for pupil in work.pupils}
    return [pupils[n] for n in sorted(pupils) if (pupils[n].birth_on.year, pupils[n].birth_on.month) >= born]


def scans_ordered(world: World) -> dict[int, FilePlan]:
    """Of some pupils the signed sheet itself is kept; these are ordered from the workshop."""
    found = {}
    for pupil in consents_needed(world)[:: max(1, len(consents_needed(world)) // SCANS)][:SCANS]:
        guardian, relation = guardian_of(world, pupil)
        found[pupil.number] = consent_scan(900_000 + pupil.number, pupil.name, guardian, relation)
    return found


def guardian_of(world: World, pupil: Pupil) -> tuple[str, str]:
    """A guardian's name and relation: mostly a parent, of the same surname where it is the father."""
    rng = chance(world.plan.seed, "guardian", pupil.number)
    relation = rng.choices(("父亲", "母亲", "祖父", "外祖母"), (45, 40, 10, 5))[0]
    name = adult_name(rng, "男" if relation in {"父亲", "祖父"} else "女")
    return (pupil.name[0] + name[1:] if relation in {"父亲", "祖父"} else name), relation


def record_all_consents(world: World, scans: dict[int, FilePlan]) -> str:
    """Each school's manager records what the guardians have signed."""
    world.go_to(calendar.CONSENTS)
    by_school: dict[int, list[ConsentInput]] = {}
    for pupil in consents_needed(world):
        guardian, relation = guardian_of(world, pupil)
        scan = scans.get(pupil.number)
        by_school.setdefault(pupil.school, []).append(
            ConsentInput(
                student_id=world.pupil_ids[pupil.number],
                guardian_name=guardian,
                relation=relation,
                signed_on=today(),
                scan=world.workshop.fetch(scan) if scan else b"",
                scan_name=scan.name if scan else "",
            )
        )
    for index, inputs in sorted(by_school.items()):
        world.clock.advance(minutes=9)
        record_consents(world.managers[index], world.school_ids[index], inputs)
    return f"{sum(map(len, by_school.values()))} 份，其中扫描件 {len(scans)} 份"
