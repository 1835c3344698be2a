"""Submission: the checks, the places of people's limits, the number, the version that is never changed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, Stale
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks import Finding
from contest_portal.entries.models import Entry, EntryVersion
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.queries.facts import findings_of
from contest_portal.entries.queries.late_uploads import is_over, may_still_arrive
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.entries.queries.timing import (
    can_be_submitted_late,
    is_after_deadline,
    require_contest_open,
    require_submission_open,
)
from contest_portal.entries.queries.uploads import coming_to, is_moving
from contest_portal.entries.services.claims import take_claims
from contest_portal.entries.services.likeness import ask_for_likeness
from contest_portal.entries.services.name_traces import ask_for_name_search
from contest_portal.entries.services.numbers import next_number
from contest_portal.entries.snapshots import digest_of
from contest_portal.entries.states import state_name, transition
from contest_portal.people.models import Membership, School


def submit_entry(actor: Actor, entry_id: int, seen_version: int) -> Entry:
    """Submit the entry as it stands: a version is kept for ever, at the first time the number is given.

    Submitted and not changed since, it stays as it is: a doubled click makes no second version. Raises Stale for
    another state than was seen, TooLate after the deadline and its grace, Invalid with a problem at each field that
    the rules refuse, Conflict while a file is on its way, where the school has yet to approve or the state forbids it.
    """
    with unit_of_work(actor, "entries.submit") as work:
        entry = locked_entry(entry_id)
        if entry.state == "submitted" and not entry.has_unsubmitted_changes:
            return entry
        if transition("submit", entry.state) is None:
            message = Message.of(N_("这件作品%(state)s，不能提交。"), state=Message(state_name(entry.state)))
            raise Conflict("entries.not_submittable", message)
        if entry.version != seen_version:
            raise Stale
        require_contest_open(entry.contest)
        require_submission_open(entry)
        refuse_what_is_coming(actor, entry)
        _queue_behind_own_school(work, entry)
        rules = entry.category.rules
        refuse_findings(findings_of(entry, rules))
        _require_approval(work, actor, entry)
        take_claims(work, entry, rules)
        before, is_overtaken = {"state": entry.state, "number": entry.number}, can_be_submitted_late(entry)
        version = _submit(work, actor, entry, rules)
        work.record(
            entry,
            before=before,
            after={
                "state": entry.state,
                "number": entry.number,
                "version": version.number,
                "digest": version.digest,
                **({"overtaken_by_deadline": True} if is_overtaken else {}),
            },
        )
        _tell_the_school(work, actor, entry, version.number)
        ask_for_likeness(work, entry, version.number)
        ask_for_name_search(work, entry, version.number)
    return entry


def refuse_what_is_coming(actor: Actor, entry: Entry) -> None:
    """Raise Conflict, saying which file and how far it is, where one is on its way into the entry. Somebody else's that
    has stopped holds nobody up: only its own account can go on with it or cancel it."""
    coming = [one for one in coming_to(entry.id) if one.account_id == actor.account_id or is_moving(one)]
    if is_over(entry):  # what can no longer count holds nobody up, not even its sender
        coming = may_still_arrive(entry, coming)
    if not coming:
        return
    first = coming[0]
    source = (
        N_("「%(name)s」已经传完，正在检查，请稍等片刻再提交。")
        if first.is_whole
        else N_("「%(name)s」还在上传，已传 %(percent)s%%。请等它传完再提交；不需要的，请先取消上传。")
    )
    raise Conflict("entries.upload_under_way", Message.of(source, name=first.name, percent=first.percent))


def _queue_behind_own_school(work: Work, entry: Entry) -> None:
    """Submissions of one school go one after another, so that its quota is counted right."""
    work.session.execute(select(School.id).where(School.id == entry.school_id).with_for_update(key_share=True))


def refuse_findings(findings: Iterable[Finding]) -> None:
    """Raise Invalid with a problem at each field where something stands in the way of submission."""
    problems = [FieldProblem(one.anchor, one.message) for one in findings if one.severity == "error"]
    if problems:
        message = Message.of(N_("还有 %(count)s 处需要补充或更正，暂时不能提交。"), count=len(problems))
        raise Invalid("entries.incomplete", message, problems=problems)


def _require_approval(work: Work, actor: Actor, entry: Entry) -> None:
    if not entry.school.requires_approval or entry.school_approved_at is not None:
        return
    if not actor.is_in(Role.SCHOOL_MANAGER):
        raise Conflict(
            "entries.approval_needed", N_("本校规定作品须由学校管理员同意后才能提交。请先送学校管理员审阅。")
        )
    entry.school_approved_at = now()
    work.record(entry, action="entries.approve_by_school", after={"version": entry.version})


def _submit(work: Work, actor: Actor, entry: Entry, rules: CategoryRules) -> EntryVersion:
    moment = now()
    if entry.number is None:
        entry.number = next_number(work, entry, rules)
        entry.first_submitted_at = moment
        entry.is_late = is_after_deadline(entry.contest) and not can_be_submitted_late(entry)
    entry.state = "submitted"
    entry.submission_count += 1
    entry.version += 1
    entry.submitted_at = entry.updated_at = moment
    entry.has_unsubmitted_changes = False
    entry.approval_asked_at = entry.sent_back_at = None
    entry.sent_back_why = ""
    snapshot = snapshot_of(entry, rules)
    version = EntryVersion(
        entry_id=entry.id,
        number=entry.submission_count,
        snapshot=snapshot,
        digest=digest_of(snapshot),
        submitted_by=actor.account_id,
        submitted_at=moment,
    )
    work.session.add(version)
    return version


def _tell_the_school(work: Work, actor: Actor, entry: Entry, version: int) -> None:
    if version == 1:
        title = Message.of(N_("作品《%(title)s》已提交，编号 %(number)s"), title=entry.title, number=entry.number)
    else:
        title = Message.of(
            N_("作品《%(title)s》（%(number)s）已重新提交，第 %(version)s 版"),
            title=entry.title,
            number=entry.number,
            version=version,
        )
    readers = {*managers_of(work, entry.school_id), entry.created_by} - {actor.account_id, None}
    notify(work, (one for one in readers if one is not None), title, url=entry_address(entry))


def managers_of(work: Work, school_id: int) -> list[int]:
    """The accounts of the school's managers."""
    return list(
        work.session.scalars(
            select(Membership.account_id).where(
                Membership.school_id == school_id,
                Membership.role == str(Role.SCHOOL_MANAGER),
                Membership.is_active,
            )
        )
    )


def entry_address(entry: Entry) -> str:
    """The address of the entry's page, for notices; written without a request at hand."""
    return f"/entries/{entry.id}"
