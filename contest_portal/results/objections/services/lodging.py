"""What the public does: object to a line of a public list, add to it, take it back, all without an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import undefer_group

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import Work, db, found, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, TooLate
from contest_portal.core.sealing import digest
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.people.id_number import IdNumberProblem, check_id_number
from contest_portal.people.invitation_codes import new_code
from contest_portal.people.models import Office
from contest_portal.people.services.checked import Problems
from contest_portal.results.evidence import GivenFile, file_problems, keep_files, require_good
from contest_portal.results.objections.models import Objection, ObjectionFile
from contest_portal.results.objections.queries.cases import setting_of
from contest_portal.results.objections.queries.ties import conflicts_of, people_of_office
from contest_portal.results.objections.queries.works import LONGEST_TITLE, work_named
from contest_portal.results.objections.services.record import (
    MOST_WORDS,
    keep_with,
    locked_case,
    note,
    office_of,
    plain_words,
    step,
    tell,
    term_end,
)
from contest_portal.results.objections.states import OPEN, objection_after
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import is_down, shown_content

SHORTEST_GROUNDS = 10
LONGEST_UNIT = 100
NOT_LISTED = "not-listed"
"""In place of a number: who lost objects too, and that work stands on no list."""

on_breach(
    "uq_objection_number", lambda: Conflict("results.objection_again", N_("提交的人较多，没有记下来。请再按一次提交。"))
)


@dataclass(frozen=True)
class Objecting:
    """What somebody writes who objects. `entry_number` names the line of the list, or is `NOT_LISTED`: then `title` and
    `author` name the work."""

    name: str
    phone: str
    entry_number: str
    grounds: str
    unit: str = ""
    id_number: str = ""
    files: Sequence[GivenFile] = field(default_factory=tuple)
    title: str = ""
    author: str = ""


def is_open_for_objections(publication: Publication) -> bool:
    """Whether the list stands open: it is public, was not taken down, and its last day is not over."""
    if publication.state != "public" or is_down(publication):
        return False
    return publication.open_until is not None and today() <= publication.open_until


def listed_numbers(publication: Publication) -> dict[str, str]:
    """The works that stand on the list: entry number → the line as the form names it; of a work with a special award too,
    the line of its category, which comes first."""
    found: dict[str, str] = {}
    for section in shown_content(publication)["sections"]:
        for line in section["lines"]:
            if line.get("entry_number"):
                words = "　".join(filter(None, (section["category"], line["title"], line["names"])))
                found.setdefault(line["entry_number"], words)
    return found


def lodge_objection(actor: Actor, publication_id: int, given: Objecting) -> tuple[Objection, str]:
    """Take an objection; gives the case and the code of its secret link, which is kept nowhere.

    Raises TooLate when the list does not stand open, Invalid with a problem for each field, Conflict when the same person
    has sent the same before.
    """
    publication = found(Publication, publication_id)
    _require_open_list(publication)
    checked = _checked(publication, given)
    kept = keep_files(given.files)
    code = new_code()
    with unit_of_work(actor, "results.lodge_objection") as work:
        publication = locked(Publication, publication_id)
        _require_open_list(publication)
        contest = found(Contest, publication.contest_id)
        entry = _work_meant(contest.id, checked)
        if entry is None:
            raise Invalid("results.not_on_list", N_("请在名单中选择有异议的作品。"), field="entry_number")
        _refuse_repeated(work, entry.id, checked)
        row = Objection(
            contest_id=contest.id,
            publication_id=publication.id,
            entry_id=entry.id,
            number=_next_number(work, contest),
            secret_digest=digest(code),
            objector_name=checked.name,
            objector_id_number=checked.id_number or None,
            objector_unit=checked.unit,
            objector_phone=checked.phone,
            grounds=checked.grounds,
            received_at=now(),
            due_on=term_end(contest.id, "received"),
        )
        work.session.add(row)
        work.session.flush()
        keep_with(work, row, kept)
        note(work, row, "lodge")
        work.record(row, after={"number": row.number, "state": "received"}, office_id=contest.office_id)
        _tell_office(work, row, contest.office_id)
    return row, code


def add_to_objection(actor: Actor, objection_id: int, text: str, files: Sequence[GivenFile]) -> Objection:
    """The objector adds words or files while the case is open. Raises Conflict when it is closed, Invalid for nothing."""
    words = text.strip()
    if not words and not files:
        raise Invalid("results.nothing_added", N_("请写下要补充的内容，或选择文件。"), field="text")
    if words:
        words = plain_words(words, "text", "")
    already = db.session.scalar(
        select(func.count()).where(ObjectionFile.objection_id == objection_id, ObjectionFile.statement_id.is_(None))
    )
    require_good(files, already or 0)
    kept = keep_files(files)
    with unit_of_work(actor, "results.add_to_objection") as work:
        row = locked_case(objection_id)
        if row.state not in {"received", "inquiry"}:
            raise Conflict("results.case_closed", N_("案件已经作出处理，不能再补充材料。"))
        keep_with(work, row, kept)
        note(work, row, "add", words)
        work.record(row, after={"number": row.number, "files": len(kept)}, office_id=office_of(row))
        tell(work, row, [row.handler_id], N_("异议 %(number)s 的异议人补充了材料"))
    return row


def withdraw_objection(actor: Actor, objection_id: int) -> Objection:
    """The objector takes it back; the record stays. Raises Conflict once it is decided or closed."""
    with unit_of_work(actor, "results.withdraw_objection") as work:
        row = locked_case(objection_id)
        if objection_after("withdraw", row.state) is None:
            raise Conflict("results.case_closed", N_("案件已经作出决定或已办结，不能撤回。"))
        step(work, row, "withdraw")
        note(work, row, "withdraw")
        tell(work, row, [row.handler_id, row.second_id], N_("异议 %(number)s 已由异议人撤回"))
    return row


def _require_open_list(publication: Publication) -> None:
    if publication.state == "pulled":
        words = N_("这份名单已提前下线，不再在网上受理异议。请直接与主办单位联系。")
        raise TooLate("results.objections_pulled", words)
    if not is_open_for_objections(publication):
        raise TooLate(
            "results.objections_closed", N_("这份名单的公示期已过，不再在网上受理异议。请直接与主办单位联系。")
        )


def _checked(publication: Publication, given: Objecting) -> Objecting:
    """What was written, mended. Raises Invalid with every problem."""
    problems = Problems()
    name = problems.name(given.name, "name")
    phone = problems.contact_phone(given.phone, "phone")
    if not given.phone.strip():
        problems.add("phone", N_("请填写联系电话，以便核实情况。"))
    unit = problems.text(given.unit, "unit", LONGEST_UNIT, label=N_("单位"))
    id_number = _id_number(problems, given.id_number, is_asked=setting_of(publication.contest_id).asks_id_number)
    title = author = ""
    if given.entry_number == NOT_LISTED:
        title, author = _named_work(problems, publication.contest_id, given)
    elif given.entry_number not in listed_numbers(publication):
        problems.add("entry_number", N_("请在名单中选择有异议的作品。"))
    grounds = given.grounds.replace("\r\n", "\n").strip()
    if len(grounds) < SHORTEST_GROUNDS:
        problems.add("grounds", Message.of(N_("请写明事实和理由，至少 %(least)s 个字。"), least=SHORTEST_GROUNDS))
    if len(grounds) > MOST_WORDS:
        words = N_("最多 %(most)s 个字，现在有 %(count)s 个，请精简，其余放进附件。")
        problems.add("grounds", Message.of(words, most=MOST_WORDS, count=len(grounds)))
    problems.found += file_problems(given.files)
    if problems.found:
        raise Invalid("results.objection", problems.found[0].message, problems=problems.found)
    return Objecting(name, phone, given.entry_number, grounds, unit, id_number, title=title, author=author)


def _named_work(problems: Problems, contest_id: int, given: Objecting) -> tuple[str, str]:
    """Title and author as they were written, mended; a problem where they name no work of the contest."""
    before = len(problems.found)
    title = problems.text(given.title, "title", LONGEST_TITLE, label=N_("作品名称"), required=True)
    author = problems.name(given.author, "author")
    if len(problems.found) == before and work_named(contest_id, title, author) is None:
        words = N_("本赛事没有找到这位作者的这件作品。请核对作品名称和作者姓名；仍找不到的，请直接与主办单位联系。")
        problems.add("title", words)
    return title, author


def _work_meant(contest_id: int, given: Objecting) -> Entry | None:
    if given.entry_number == NOT_LISTED:
        return work_named(contest_id, given.title, given.author)
    return db.session.scalar(select(Entry).where(Entry.contest_id == contest_id, Entry.number == given.entry_number))


def _id_number(problems: Problems, text: str, *, is_asked: bool) -> str:
    if not text.strip():
        if is_asked:
            problems.add("id_number", N_("请填写身份证号。异议须实名提出，号码加密保存，只用于核实身份。"))
        return ""
    checked = check_id_number(text, today=today())
    if isinstance(checked, IdNumberProblem):
        problems.found.append(FieldProblem("id_number", checked.message))
        return ""
    return checked.number


def _refuse_repeated(work: Work, entry_id: int, given: Objecting) -> None:
    rows = work.session.scalars(
        select(Objection)
        .where(Objection.entry_id == entry_id, Objection.state.in_(OPEN))
        .options(undefer_group("objector"))
    )
    for row in rows:
        if (row.objector_phone, row.grounds) == (given.phone, given.grounds):
            words = N_("您已经提交过同样的异议，编号 %(number)s，不必重复提交。请用当时给您的查询链接查看进展。")
            raise Conflict("results.objection_repeated", Message.of(words, number=row.number))


def _next_number(work: Work, contest: Contest) -> str:
    """`GZ2018-YY-0001`: district, year, 异议, running number; never used again."""
    locked(Office, contest.office_id)
    stem = f"{contest.number_prefix}{contest.year}-YY-"
    taken = work.session.scalars(select(Objection.number).where(Objection.number.startswith(stem, autoescape=True)))
    return f"{stem}{max((int(one.removeprefix(stem)) for one in taken), default=0) + 1:04d}"


def _tell_office(work: Work, row: Objection, office_id: int) -> None:
    people = people_of_office(office_id)
    away = conflicts_of([row], people)[row.id]
    leaders = [one.account_id for one in people if one.is_leader and one.account_id not in away]
    staff = [one.account_id for one in people if one.acts and one.account_id not in away]
    words = N_("收到异议 %(number)s，请指定经办人和签署人")
    tell(work, row, leaders or staff, words)
