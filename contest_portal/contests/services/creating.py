"""New contests: from a template that comes with the program, from an uploaded one, or after an earlier contest."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from contest_portal.contests.calendar import shifted
from contest_portal.contests.models import Category, Contest, ContestAttachment
from contest_portal.contests.rules import shift_years
from contest_portal.contests.template_file import (
    ContestTemplate,
    TemplateError,
    available_templates,
    load_template,
    parse_template,
)
from contest_portal.core.actor import Actor
from contest_portal.core.clock import end_of_day, local, now, start_of_day, today
from contest_portal.core.database import Work, db, found, on_breach, unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Office

on_breach(
    "uq_contest_office_id_year_name",
    lambda: Invalid("contests.same_name", N_("这一年已有同名的赛事，请换一个名称。"), field="name"),
)


def create_contest_from_template(
    actor: Actor,
    template_code: str,
    year: int,
    *,
    name: str = "",
    called_on: date | None = None,
    office_id: int | None = None,
) -> Contest:
    """A draft from a template that comes with the program, with days counted from the call (`called_on`, default today).

    `name` replaces the template's title; `office_id` is the actor's office unless the console names one.
    Raises NotFound for a template there is not, Invalid for a name there is already.
    """
    if template_code not in available_templates():
        raise NotFound("contests.no_template", N_("没有这个规则模板。"))
    return _create(actor, load_template(template_code), year, name, called_on, office_id)


def create_contest_from_text(
    actor: Actor,
    text: str,
    filename: str,
    year: int,
    *,
    name: str = "",
    called_on: date | None = None,
    office_id: int | None = None,
) -> Contest:
    """A draft from an uploaded template. Raises Invalid with one problem a mistake, each naming its line."""
    return _create(actor, parsed(text, filename), year, name, called_on, office_id)


def parsed(text: str, filename: str) -> ContestTemplate:
    """The template in a TOML text. Raises Invalid whose problems name the lines."""
    try:
        return parse_template(text, filename=filename)
    except TemplateError as error:
        problems = [FieldProblem("file", problem.sentence()) for problem in error.problems]
        message = Message.of(
            N_("模板文件「%(name)s」有 %(count)s 处需要更正，没有创建赛事。"), name=filename, count=len(problems)
        )
        raise Invalid("contests.template", message, problems=problems) from error


def _create(
    actor: Actor, template: ContestTemplate, year: int, name: str, called_on: date | None, office_id: int | None
) -> Contest:
    with unit_of_work(actor, "contests.create") as work:
        office = _office(actor, office_id)
        contest = Contest(
            office_id=office.id,
            name=name.strip() or template.title_for(year=year, region=office.region_name),
            year=year,
            template_code=template.code,
            template_version=template.version,
            number_pattern=template.number_pattern,
            number_prefix=office.number_prefix or template.number_prefix,
            return_reasons=list(template.return_reasons),
            grace_seconds=current_app.config["SETTINGS"].grace_seconds,
            created_at=now(),
        )
        _plan(contest, template, called_on or today())
        for position, rules in enumerate(template.categories_for(year), start=1):
            contest.categories.append(
                Category(
                    code=rules.code,
                    name=rules.name,
                    measure=rules.measure,
                    position=position,
                    rules_document=rules.to_dict(),
                )
            )
        _add(work, contest, {"template": template.code})
    return contest


def _office(actor: Actor, office_id: int | None) -> Office:
    chosen = office_id if actor.is_console else actor.office_id
    if chosen is None:
        raise NotFound
    return found(Office, chosen)


def _plan(contest: Contest, template: ContestTemplate, called_on: date) -> None:
    """Put the template's steps on the calendar."""
    contest.called_on = called_on
    for step in template.timetable:
        first, last = called_on + timedelta(days=step.from_day), called_on + timedelta(days=step.to_day)
        if step.code == "submission":
            contest.submission_opens_at, contest.submission_closes_at = start_of_day(first), end_of_day(last)
        elif step.code == "screening":
            contest.screening_until = last
        elif step.code == "judging":
            contest.judging_from, contest.judging_until = first, last
        elif step.code == "publication":
            contest.publication_on = first


def copy_contest(actor: Actor, source_id: int, year: int, *, name: str = "", with_attachments: bool = False) -> Contest:
    """A draft for `year` after an earlier contest of the same office: rules and days moved by the years between,
    call text and return reasons as they were, nothing of its entries. Raises NotFound for another office's contest.
    """
    with unit_of_work(actor, "contests.copy") as work:
        source = found(Contest, source_id)
        if not actor.is_console and source.office_id != actor.office_id:
            raise NotFound
        years = year - source.year
        contest = Contest(
            office_id=source.office_id,
            name=name.strip() or source.name.replace(str(source.year), str(year)),
            year=year,
            template_code=source.template_code,
            template_version=source.template_version,
            number_pattern=source.number_pattern,
            school_total=source.school_total,
            number_prefix=source.number_prefix,
            return_reasons=list(source.return_reasons),
            is_practice=source.is_practice,
            call_title=source.call_title.replace(str(source.year), str(year)),
            call_text=source.call_text,
            who_may_enter=source.who_may_enter,
            called_on=_day(source.called_on, years),
            submission_opens_at=_moment(source.submission_opens_at, years),
            submission_closes_at=_moment(source.submission_closes_at, years),
            grace_seconds=source.grace_seconds,
            screening_until=_day(source.screening_until, years),
            judging_from=_day(source.judging_from, years),
            judging_until=_day(source.judging_until, years),
            publication_on=_day(source.publication_on, years),
            created_at=now(),
        )
        for category in source.categories:
            contest.categories.append(
                Category(
                    code=category.code,
                    name=category.name,
                    measure=category.measure,
                    position=category.position,
                    rules_document=shift_years(category.rules, years).to_dict(),
                )
            )
        if with_attachments:
            contest.attachments.extend(_copied(attachment) for attachment in _attachments(source.id))
        _add(work, contest, {"copied_from": source.id})
    return contest


def _add(work: Work, contest: Contest, more: dict[str, object]) -> None:
    work.session.add(contest)
    work.session.flush()
    work.record(contest, after={"state": "draft", "year": contest.year, "name": contest.name, **more})


def _attachments(contest_id: int) -> list[ContestAttachment]:
    statement = select(ContestAttachment).where(ContestAttachment.contest_id == contest_id)
    return list(db.session.scalars(statement.order_by(ContestAttachment.id)))


def _copied(attachment: ContestAttachment) -> ContestAttachment:
    return ContestAttachment(
        kind=attachment.kind,
        title=attachment.title,
        file_name=attachment.file_name,
        file_sha256=attachment.file_sha256,
        size_bytes=attachment.size_bytes,
        added_at=now(),
    )


def _day(day: date | None, years: int) -> date | None:
    return day and shifted(day, years)


def _moment(moment: datetime | None, years: int) -> datetime | None:
    if moment is None:
        return None
    here = local(moment)
    return datetime.combine(shifted(here.date(), years), here.timetz())
