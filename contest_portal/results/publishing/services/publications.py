"""Public lists: drafted from what was approved, published by a second person, confirmed after the term, amended only by a
new version beside the old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotAllowed
from contest_portal.core.text import N_, Message
from contest_portal.core.working_days import after_working_days
from contest_portal.entries.models import Entry
from contest_portal.people.queries.calendar import own_days
from contest_portal.people.services.two_people import require_second_person
from contest_portal.results.cases import open_entry_ids, upheld_entry_ids, upheld_numbers
from contest_portal.results.loading import categories_of
from contest_portal.results.public_list.content import (
    Section,
    columns_of,
    content_digest,
    from_content,
    to_content,
    with_stages,
)
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import (
    PUBLISHED_STATES,
    approved_list_ids,
    entries_on,
    public_versions,
    sections_to_publish,
    setting_of,
)
from contest_portal.results.publishing.states import PUBLICATION_KINDS, publication_after
from contest_portal.results.recalled import require_none_recalled_of

MOST_DAYS_OPEN = 366
"""A closing day set by hand that lies further ahead is a slip in the year."""


def draft_publication(
    actor: Actor,
    contest_id: int,
    title: str,
    text: str = "",
    open_until: date | None = None,
    amendment_note: str = "",
    *,
    kind: str = "shortlist",
) -> Publication:
    """Draft the next version of the contest's public list from what was approved.

    `open_until`: the last day for objections; when not given, it is computed from the contest's working days, and again on
    the day of publishing. Where a version is public already, `amendment_note` must say what changed and why. Replaces an
    earlier draft. Who drafts it does not publish it.
    """
    if not title.strip():
        raise Invalid("results.no_title", N_("请填写公示标题。"), field="title")
    if kind not in PUBLICATION_KINDS:
        raise Invalid("results.kind", N_("请选择公示推荐名单或获奖名单。"))
    if open_until is not None and open_until < today():
        raise Invalid("results.closes_before", N_("公示截止日期不能早于今天。"), field="open_until")
    if open_until is not None and open_until > today() + timedelta(days=MOST_DAYS_OPEN):
        words = N_("公示截止日期 %(day)s 离今天超过一年，请核对年份。")
        raise Invalid("results.closes_late", Message.of(words, day=open_until.isoformat()), field="open_until")
    with unit_of_work(actor, "results.draft_publication") as work:
        contest = locked(Contest, contest_id)
        sections = sections_to_publish(contest_id, kind)
        if not sections:
            raise Conflict("results.nothing_approved", _nothing(kind))
        if public_versions(contest_id, kind) and not amendment_note.strip():
            raise Invalid(
                "results.no_note", N_("名单已经公示过，请写明更正了什么、为什么更正。"), field="amendment_note"
            )
        _require_standing(contest_id, sections)
        setting = setting_of(contest_id)
        usual_end = after_working_days(today(), setting.open_days, own_days(contest.office_id))
        approved = approved_list_ids(contest_id, kind)
        draft = _draft(work, contest_id, kind)
        draft.title, draft.text, draft.amendment_note = title.strip(), text.strip(), amendment_note.strip()
        draft.content = _content(sections, draft.title, setting.columns, kind)
        draft.content_sha256 = content_digest(draft.content)
        draft.shortlist_ids = approved
        draft.open_days, draft.closes_by_hand = setting.open_days, open_until is not None
        draft.open_until = open_until or usual_end
        draft.made_by, draft.made_at = actor.account_id, now()
        work.record(
            draft,
            after={"contest": contest.id, "kind": kind, "version": draft.version, "list": draft.content_sha256},
            why=draft.amendment_note,
        )
    return draft


def publish_list(
    actor: Actor, publication_id: int, seen_sha256: str, seen_notice_sha256: str | None = None
) -> Publication:
    """Publish a draft exactly as it was seen, by another person than drafted it.

    `seen_sha256`: the digest of its list; `seen_notice_sha256`: of its text, note and term (`Publication.notice_sha256`),
    None only where nobody read them before: the demo.
    The version that was public stays readable as amended. Raises Conflict when what was approved has moved on since the
    draft was made, when its last day is over, or when it is public already; NotAllowed for who drafted it.
    """
    with unit_of_work(actor, "results.publish_list") as work:
        publication = locked(Publication, publication_id)
        state = publication_after("publish", publication.state)
        if state is None:
            raise Conflict("results.published_already", N_("这份名单已经公示，不必重复操作。"))
        words = N_("这份公示稿由您起草。公示须由另一位同志核对后发布，请这位同志登录后操作。")
        require_second_person(actor, publication.made_by, NotAllowed("results.own_draft", words))
        seen_notice = publication.notice_sha256 if seen_notice_sha256 is None else seen_notice_sha256
        if (publication.content_sha256, publication.notice_sha256) != (seen_sha256, seen_notice):
            raise Conflict("results.draft_changed", N_("公示稿在您查看之后有改动，请重新核对后再公示。"))
        _require_standing(publication.contest_id, from_content(publication.content))
        if is_outdated(publication):
            raise Conflict("results.draft_outdated", N_("名单在生成公示稿之后有变化，请重新生成公示稿。"))
        _set_days(work, publication)
        before = _public(work, publication.contest_id, publication.kind)
        if before is not None:
            before.state = publication_after("amend", before.state) or before.state
        publication.state, publication.published_by, publication.published_at = state, actor.account_id, now()
        _take_older_along(work, publication)
        work.record(
            publication,
            before={"public_version": before.version if before else None},
            after={
                "state": state,
                "kind": publication.kind,
                "version": publication.version,
                "list": publication.content_sha256,
                "open_until": str(publication.open_until),
            },
            why=publication.amendment_note,
        )
    return publication


def confirm_final(actor: Actor, publication_id: int) -> Publication:
    """Confirm after the last day that the list stands: all lines but those of works with an open case, which wait.

    Again later for the lines that waited. Raises Conflict before the term is over, and where nothing is left to confirm.
    """
    with unit_of_work(actor, "results.confirm_final") as work:
        publication = locked(Publication, publication_id)
        state = publication_after("confirm", publication.state)
        if state is None:
            raise Conflict("results.not_public", N_("只有正在公示的现行名单可以确认期满。"))
        if publication.open_until is not None and today() <= publication.open_until:
            message = Message.of(
                N_("公示到 %(day)s 24 时截止，期满后（次日起）才能确认。"), day=publication.open_until.isoformat()
            )
            raise Conflict("results.still_open", message)
        waiting = open_entry_ids(publication.contest_id, publication.kind)
        numbers = entries_on(publication)
        pending = sorted(number for number, entry_id in numbers.items() if entry_id in waiting)
        if publication.state == "final" and pending == list(publication.pending):
            upheld_ids = upheld_entry_ids(publication.contest_id)
            if upheld := [number for number in pending if numbers[number] in upheld_ids]:
                words = N_("异议已经成立、名单上还没有更正：%(numbers)s。请先起草更正公示，由另一人公示。")
                raise Conflict("results.amend_first", Message.of(words, numbers="、".join(upheld)))
            raise Conflict("results.nothing_to_confirm", N_("没有新的可以确认：待定的作品还有没办结的异议。"))
        before = {"state": publication.state, "pending": list(publication.pending)}
        publication.state, publication.pending = state, pending
        publication.final_by, publication.final_at = actor.account_id, now()
        work.record(publication, before=before, after={"state": state, "pending": pending})
    return publication


def set_down_on(actor: Actor, publication_id: int, day: date) -> Publication:
    """Set the first day on which only the archive shows the list, with names reduced; its older versions go with it.

    Not within the term for objections: what is wrong then is taken out by an amendment, which has a reason and a second person.
    A list that is down is put up again by a later day.
    """
    if day < today():
        raise Invalid("results.down_before", N_("下线日期不能早于今天；填今天即立刻下线。"), field="down_on")
    with unit_of_work(actor, "results.set_down_on") as work:
        publication = locked(Publication, publication_id)
        if publication.state not in PUBLISHED_STATES:
            raise Conflict("results.not_newest", N_("只能设置现行公示名单的下线日期。"))
        if publication.open_until is not None and day <= publication.open_until:
            words = N_(
                "公示到 %(day)s 24 时截止，公示期内不能下线，最早填次日。名单有误的，请起草更正公示，由另一人核对后公示。"
            )
            message = Message.of(words, day=publication.open_until.isoformat())
            raise Invalid("results.down_in_term", message, field="down_on")
        before, publication.down_on = publication.down_on, day
        _take_older_along(work, publication)
        work.record(publication, before={"down_on": str(before or "")}, after={"down_on": str(day)})
    return publication


def is_outdated(publication: Publication) -> bool:
    """Whether a draft no longer says what was approved."""
    if publication.state != "draft":
        return False
    sections = sections_to_publish(publication.contest_id, publication.kind)
    content = _content(sections, publication.title, columns_of(publication.content), publication.kind)
    return content_digest(content) != publication.content_sha256


def _content(sections: Sequence[Section], title: str, keys: Sequence[str], kind: str) -> dict[str, Any]:
    """What is published. Awards stand by level: which stage group a work is of is told beside it."""
    return to_content(with_stages(sections, keys) if kind == "award" else sections, title, keys)


def _require_standing(contest_id: int, sections: Sequence[Section]) -> None:
    """A work whose sender took it back is not made public before the office decided about it, one of an upheld objection
    never."""
    listed = {line.entry_number for section in sections for line in section.lines} - {""}
    category_ids = [one.id for one in categories_of(contest_id)]
    require_none_recalled_of(category_ids, listed)
    struck = [entry_id for category_id in category_ids for entry_id, _number in upheld_numbers(category_id)]
    numbers = db.session.scalars(select(Entry.number).where(Entry.id.in_(struck)).order_by(Entry.number))
    if upheld := [number for number in numbers if number in listed]:
        words = N_("名单里有作品的异议已经成立，应当取消：%(numbers)s。请先重新生成这个类别的名单，审定后再公示。")
        raise Conflict("results.upheld", Message.of(words, numbers="、".join(upheld)))


def default_title(contest: Contest, kind: str = "shortlist") -> str:
    """What such a list of the contest is usually called."""
    if kind == "award":
        return _("%(contest)s获奖名单公示", contest=contest.name)
    return _("%(contest)s推荐名单公示", contest=contest.name)


def _nothing(kind: str) -> str:
    if kind == "award":
        return N_("还没有审定的获奖名单，暂不能公示。")
    return N_("还没有审定的推荐名单，暂不能公示。")


def _draft(work: Work, contest_id: int, kind: str) -> Publication:
    """The draft that is there, or a new one as the next version."""
    own = (Publication.contest_id == contest_id, Publication.kind == kind)
    draft: Publication | None = work.session.scalar(select(Publication).where(*own, Publication.state == "draft"))
    if draft is None:
        last = work.session.scalar(select(func.max(Publication.version)).where(*own))
        draft = Publication(contest_id=contest_id, kind=kind, version=(last or 0) + 1)
        work.session.add(draft)
    return draft


def _set_days(work: Work, publication: Publication) -> None:
    """The days that count from today: the last one for objections, and the first one in the archive."""
    if not publication.closes_by_hand:
        office_id = work.session.get_one(Contest, publication.contest_id).office_id
        publication.open_until = after_working_days(today(), publication.open_days, own_days(office_id))
    if publication.open_until is None or publication.open_until < today():
        raise Conflict("results.closes_before", N_("公示稿的截止日期已经过去，请修改截止日期后重新生成公示稿。"))
    stay = setting_of(publication.contest_id).stay_days
    publication.down_on = publication.open_until + timedelta(days=stay + 1)


def _take_older_along(work: Work, newest: Publication) -> None:
    """Older versions that are still up come down together with the newest one."""
    older = work.session.scalars(
        select(Publication).where(
            Publication.contest_id == newest.contest_id,
            Publication.kind == newest.kind,
            Publication.state == "amended",
        )
    )
    for row in older:
        if row.down_on is None or row.down_on > today():
            row.down_on = newest.down_on


def _public(work: Work, contest_id: int, kind: str) -> Publication | None:
    row: Publication | None = work.session.scalar(
        select(Publication).where(
            Publication.contest_id == contest_id,
            Publication.kind == kind,
            Publication.state.in_(PUBLISHED_STATES),
        )
    )
    return row
