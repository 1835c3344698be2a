"""The entry's page: where it stands, what is to do next, all it says, its files; the buttons that change its state."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.actor import Role
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotFound
from contest_portal.core.i18n import minute, translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, may, permission
from contest_portal.entries.entry_notes import notes_on
from contest_portal.entries.forms import ReasonForm, SeenForm
from contest_portal.entries.models import Entry
from contest_portal.entries.policy import is_of_the_school
from contest_portal.entries.presentation import shown_entry, signed_form_slot
from contest_portal.entries.queries.blind import masks_of
from contest_portal.entries.queries.entry import entries_by_number, entry_by_id
from contest_portal.entries.queries.facts import findings_of
from contest_portal.entries.queries.history import history_of, people_behind, versions_and_decisions, words_of
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.entries.queries.timing import can_be_changed, timing_of
from contest_portal.entries.services.restoring import discard_changes
from contest_portal.entries.services.school_approval import approve_by_school, ask_for_approval, send_back_by_school
from contest_portal.entries.services.submission import submit_entry
from contest_portal.entries.services.withdrawal import require_withdrawable, withdraw_entry
from contest_portal.entries.states import state_name, transition
from contest_portal.entries.views.blueprint import bp
from contest_portal.entries.views.checklist import checklist_of
from contest_portal.entries.views.uploads import arriving_at
from contest_portal.media.queries import previews_of


@bp.get("/entries/<int:entry_id>")
@permission("entries.see", of=entry_by_id)
def show(entry: Entry) -> Response:
    """The whole entry as its school has it now; the office is sent to its own page, which shows what was submitted."""
    if not is_of_the_school(current_actor(), entry):
        return redirect(url_for("entries.office_entry", entry_id=entry.id))  # type: ignore[return-value]
    return _entry_page(entry)


def _numbered(number: str) -> Entry:
    """Of the entries of that number the one that the reader may see: offices may number alike. Raises NotFound."""
    rows = entries_by_number(number)
    if not rows:
        raise NotFound
    return next((one for one in rows if may("entries.see", one)), rows[0])


@bp.get("/entries/number/<number>")
@permission("entries.see", of=_numbered)
def by_number(entry: Entry) -> Response:
    """Where the code on the printed form leads."""
    return redirect(url_for("entries.show", entry_id=entry.id))  # type: ignore[return-value]


def _entry_page(
    entry: Entry,
    *,
    error: DomainError | None = None,
    reason: ReasonForm | None = None,
    sending_back: ReasonForm | None = None,
) -> Response:
    actor, rules = current_actor(), entry.category.rules
    changeable = can_be_changed(entry)
    arriving = arriving_at(entry)
    is_late = not changeable and (arriving.may_come_until or arriving.submit_until) is not None
    findings = findings_of(entry, rules) if changeable or is_late else []
    snapshot = snapshot_of(entry, rules)
    versions, decisions = versions_and_decisions(entry.id)
    last, people = decisions[0] if decisions else None, people_behind(entry)
    is_refused = any(form is not None and form.errors for form in (reason, sending_back))
    return render_page(
        "entries/show.html",
        status=error.status if error else 422 if is_refused else 200,
        entry=entry,
        shown=shown_entry(snapshot, rules),
        previews=previews_of([file["blob_id"] for file in snapshot["files"]]),
        masks=masks_of(entry.id),
        state_label=translate(state_name(entry.state)),
        timing=timing_of(entry),
        approval=entry.school_word,
        maker=people.maker,
        sender=people.sender,
        signed_slot=signed_form_slot(rules),
        is_manager=actor.is_in(Role.SCHOOL_MANAGER),
        changeable=changeable,
        arriving=arriving,
        is_late=is_late,
        missing=checklist_of(entry, findings, url_for("entries.edit", entry_id=entry.id)),
        is_complete=all(finding.severity != "error" for finding in findings),
        verdict=last
        if last and last.decision in {"return", "reject"} and entry.state in {"returned", "rejected"}
        else None,
        verdict_words=words_of(last) if last else "",
        steps=[
            {"title": translate(one.title), "at": minute(one.at), "who": one.who, "text": one.text, "tone": one.tone}
            for one in history_of(entry, people, versions, decisions)
        ],
        version_count=len(versions),
        can_withdraw=may("entries.withdraw", entry) and transition("withdraw", entry.state) is not None,
        why_not_withdrawn=_why_not_withdrawn(entry),
        reason=reason or ReasonForm(formdata=None),
        sending_back=sending_back or ReasonForm(formdata=None),
        problem=translate(error.message) if error else "",
        notes=notes_on(entry),
    )


def _why_not_withdrawn(entry: Entry) -> str:
    """Why the reader's school cannot withdraw the entry; empty where it can."""
    try:
        require_withdrawable(current_actor(), entry)
    except Conflict as refusal:
        return translate(refusal.message)
    return ""


def _acted(entry: Entry) -> Response:
    return redirect(url_for("entries.show", entry_id=entry.id))  # type: ignore[return-value]


@bp.post("/entries/<int:entry_id>/submit")
@permission("entries.submit", of=entry_by_id)
def submit(entry: Entry) -> Response:
    """Submit the entry as it was seen."""
    form = SeenForm()
    if form.validate_on_submit():
        try:
            submitted = submit_entry(current_actor(), entry.id, form.seen_version)
        except (Invalid, Conflict) as error:
            return _entry_page(entry_by_id(entry.id), error=error)
        if timing_of(submitted).phase == "open":
            flash(_("已提交，编号 %(number)s。截止前仍可修改后重新提交。", number=submitted.number), "success")
        else:
            flash(_("已提交，编号 %(number)s。申报已经截止，等待主办单位审核。", number=submitted.number), "success")
    return _acted(entry)


@bp.post("/entries/<int:entry_id>/ask-approval")
@permission("entries.submit", of=entry_by_id)
def ask_approval(entry: Entry) -> Response:
    """Hand the entry to the school's manager."""
    form = SeenForm()
    if form.validate_on_submit():
        try:
            ask_for_approval(current_actor(), entry.id, form.seen_version)
        except (Invalid, Conflict) as error:
            return _entry_page(entry_by_id(entry.id), error=error)
        flash(_("已送学校管理员。同意后您会收到消息，届时请提交。"), "success")
    return _acted(entry)


@bp.post("/entries/<int:entry_id>/approve")
@permission("entries.approve", of=entry_by_id)
def approve(entry: Entry) -> Response:
    """The manager agrees; the teacher submits."""
    form = SeenForm()
    if form.validate_on_submit():
        try:
            approve_by_school(current_actor(), entry.id, form.seen_version)
        except (Invalid, Conflict) as error:
            return _entry_page(entry_by_id(entry.id), error=error)
        flash(_("已同意，教师可以提交了。"), "success")
    return _acted(entry)


@bp.post("/entries/<int:entry_id>/send-back")
@permission("entries.approve", of=entry_by_id)
def send_back(entry: Entry) -> Response:
    """The manager gives the entry back to its teacher with a reason."""
    seen, reason = SeenForm(), ReasonForm()
    if not reason.validate_on_submit():
        return _entry_page(entry, sending_back=reason)
    try:
        send_back_by_school(current_actor(), entry.id, seen.seen_version, reason.why.data or "")
    except (Invalid, Conflict) as error:
        return _entry_page(entry_by_id(entry.id), error=error)
    flash(_("已退回教师，教师会收到消息。"), "success")
    return _acted(entry)


@bp.post("/entries/<int:entry_id>/discard")
@permission("entries.edit", of=entry_by_id)
def discard(entry: Entry) -> Response:
    """Drop the edits since the last submission."""
    form = SeenForm()
    if form.validate_on_submit():
        try:
            discard_changes(current_actor(), entry.id, form.seen_version)
        except Conflict as error:
            return _entry_page(entry_by_id(entry.id), error=error)
        flash(_("已恢复为最后一次提交的内容。"), "success")
    return _acted(entry)


@bp.post("/entries/<int:entry_id>/withdraw")
@permission("entries.withdraw", of=entry_by_id)
def withdraw(entry: Entry) -> Response:
    """Withdraw the entry for a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _entry_page(entry, reason=form)
    try:
        withdraw_entry(current_actor(), entry.id, form.why.data or "")
    except (Invalid, Conflict) as error:
        return _entry_page(entry_by_id(entry.id), error=error)
    flash(_("作品已撤回。编号保留，不再分配给其他作品。"), "success")
    return _acted(entry)
