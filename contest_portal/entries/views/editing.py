"""The entry's form: shown, saved, saved by itself; people found for it; drafts deleted."""

from __future__ import annotations

import math
import os

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from contest_portal.contests.file_kinds import FILE_KINDS
from contest_portal.contests.presenting import slot_views
from contest_portal.contests.rules import CategoryRules, SlotRules
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, Stale
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.files import size_text
from contest_portal.entries.forms import EntryForm, SeenForm, chosen_files, draft_from, entry_form
from contest_portal.entries.models import Entry
from contest_portal.entries.presentation import shown_file
from contest_portal.entries.queries.entry import entry_by_id, entry_in_brief
from contest_portal.entries.queries.facts import findings_of
from contest_portal.entries.queries.late_uploads import may_still_arrive
from contest_portal.entries.queries.people_picker import (
    Found,
    kind_for,
    people_by_key,
    people_matching,
    picked,
    reaches_elsewhere,
)
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.entries.queries.timing import (
    can_be_changed,
    can_be_submitted_late,
    require_changeable,
    timing_of,
)
from contest_portal.entries.queries.uploads import coming_and_refused, coming_to
from contest_portal.entries.services.drafts import delete_draft, save_draft
from contest_portal.entries.services.files import add_file, remove_file
from contest_portal.entries.views.blueprint import bp
from contest_portal.entries.views.checklist import checklist_of, slot_notes
from contest_portal.entries.views.uploads import refused_words
from contest_portal.media.queries import previews_of
from contest_portal.media.services.beginning_uploads import require_room
from contest_portal.media.services.receiving import receive_file
from contest_portal.media.services.sweeping import remove_refused


@bp.get("/entries/<int:entry_id>/edit")
@permission("entries.edit", of=entry_by_id)
def edit(entry: Entry) -> Response:
    """The form as it was saved last; once its time is over, the page on which files on their way may still arrive."""
    if not can_be_changed(entry) and (can_be_submitted_late(entry) or may_still_arrive(entry, coming_to(entry.id))):
        return redirect(url_for("entries.show", entry_id=entry.id))  # type: ignore[return-value]
    require_changeable(entry)
    rules = entry.category.rules
    return _form_page(entry, rules, entry_form(entry, rules, from_records=True))


@bp.post("/entries/<int:entry_id>/edit")
@permission("entries.edit", of=entry_by_id)
def save(entry: Entry) -> Response:
    """Save what was typed, take in the files that were chosen, then go where the button leads."""
    rules = entry.category.rules
    form = entry_form(entry, rules)
    if not form.validate_on_submit():
        return _form_page(entry, rules, form)
    try:
        draft = draft_from(form, rules, _people(entry, form))
        save_draft(current_actor(), entry.id, form.seen_version, draft)
    except Stale:
        return _stale_page(entry.id, rules, form)
    except (Invalid, Conflict) as unkept:
        form.show(unkept)
        return _form_page(_afresh(entry.id), rules, form, error=unkept, status=unkept.status)
    refusal = _take_files(entry.id, rules, form)
    if refusal is not None or form.find.data:
        return _saved_page(_afresh(entry.id), rules, form, refusal)
    return _onwards(entry.id, form)


def _onwards(entry_id: int, form: EntryForm) -> Response:
    """To the page that the pressed button leads to, or back to where the form was worked on."""
    if form.next.data == "review":
        return redirect(url_for("entries.show", entry_id=entry_id))  # type: ignore[return-value]
    anchor = _worked_on(form)
    if anchor is None:
        flash(_("已保存。"), "success")
    return redirect(url_for("entries.edit", entry_id=entry_id, _anchor=anchor))  # type: ignore[return-value]


def _worked_on(form: EntryForm) -> str | None:
    uploaded = next((one.id for one in form if one.id.startswith("slot-") and any(one.data or ())), None)
    if uploaded:
        return f"part-{uploaded}"
    removed = form.remove.data or ""
    if form.tutor.data or removed.startswith("tutor:"):
        return "tutors"
    if form.author.data or form.earlier.data or removed.startswith(("student-", "teacher-")):
        return "authors"
    return "files" if removed.startswith("file:") else None


def _take_files(entry_id: int, rules: CategoryRules, form: EntryForm) -> Invalid | None:
    """Take the chosen files in and out of their slots; what is refused is put beside its slot."""
    removed = (form.remove.data or "").partition("file:")[2]
    if removed.isdecimal():
        remove_file(current_actor(), entry_id, int(removed))
    refused: list[Invalid] = []
    for code, upload in chosen_files(form, rules):
        slot = rules.slot(code)
        assert slot is not None
        if (too_large := _too_large_for_a_form(code, upload)) is not None:
            refused.append(too_large)
            continue
        require_room(_length(upload))
        received = receive_file(upload.stream, upload.filename or "", slot.kinds)
        try:
            add_file(current_actor(), entry_id, code, received)
        except Invalid as refusal:
            remove_refused(received.sha256, received.put_at)
            refused.append(refusal)
    if not refused:
        return None
    problems = [problem for refusal in refused for problem in refusal.problems]
    return Invalid(refused[0].code, refused[0].message, problems=problems)


def _length(upload: FileStorage) -> int:
    size_bytes = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(0)
    return size_bytes


def _too_large_for_a_form(code: str, upload: FileStorage) -> Invalid | None:
    """What is said of a file that only goes in pieces, which needs scripts."""
    size_bytes = _length(upload)
    if size_bytes <= _plain_limit():
        return None
    source = N_(
        "「%(name)s」有 %(measured)s。不用脚本的上传每个文件不能超过 %(limit)s；"
        "请启用浏览器的脚本，或换一个浏览器，再重新选择文件。"
    )
    message = Message.of(
        source, name=upload.filename, measured=size_text(size_bytes), limit=size_text(_plain_limit(), math.floor)
    )
    return Invalid("entries.file_too_large_for_form", message, field=f"slot-{code}")


def _plain_limit() -> int:
    """The largest file of a plain form in bytes."""
    return int(current_app.config["SETTINGS"].plain_file_mb) << 20


def _saved_page(entry: Entry, rules: CategoryRules, form: EntryForm, error: Invalid | None) -> Response:
    """The form from the records: everything typed was saved; a file was refused, or people were looked for."""
    shown = entry_form(entry, rules, from_records=True)
    if error is not None:
        shown.show(error)
    role = form.find.data or ""
    found: list[Found] | None = None
    if role in {"author", "tutor"}:
        query = (form.author_query if role == "author" else form.tutor_query).data or ""
        found = people_matching(entry, rules, "author" if role == "author" else "tutor", query)
        return _form_page(entry, rules, shown, error=error, looked_for=(role, query, found), is_saved=True)
    return _form_page(entry, rules, shown, error=error, is_saved=True)


def _stale_page(entry_id: int, rules: CategoryRules, form: EntryForm) -> Response:
    """What was typed, not saved; pressing save once more puts it over what somebody else saved meanwhile."""
    entry = _afresh(entry_id)
    form.version.data = str(entry.version)
    form.form_errors.append(
        _(
            "这件作品在您打开此页之后已被修改，您填写的内容还没有保存。请先核对最新内容；如果仍要用下面的内容，请再按一次「保存」。"
        )
    )
    return _form_page(entry, rules, form, is_stale=True, status=409)


@bp.post("/entries/<int:entry_id>/autosave")
@permission("entries.edit", of=entry_in_brief)
def autosave(entry: Entry) -> Response:
    """Save what is being typed; answers with the list of what is missing and the version to send next."""
    rules = entry.category.rules
    form = entry_form(entry, rules)
    if not form.validate_on_submit():
        raise Invalid("entries.not_kept", N_("没有保存。"))
    draft = draft_from(form, rules, _people(entry, form), with_picks=False)
    saved = save_draft(current_actor(), entry.id, form.seen_version, draft)
    response = render_page("entries/partials/missing.html", missing=checklist_of(saved, findings_of(saved, rules)))
    response.headers["X-Form-Version"] = str(saved.version)
    return response


@bp.post("/entries/<int:entry_id>/people")
@permission("entries.edit", of=entry_in_brief)
def find_people(entry: Entry) -> Response:
    """The picker's list of people for what was typed so far; by POST, so that no name stands in an address."""
    role = "tutor" if request.args.get("role") == "tutor" else "author"
    found = people_matching(entry, entry.category.rules, role, request.form.get("q", "")[:50])  # type: ignore[arg-type]
    return render_page(
        "core/partials/picker_options.html", options=[(one.value, one.name, one.detail) for one in found]
    )


@bp.post("/entries/<int:entry_id>/delete")
@permission("entries.edit", of=entry_by_id)
def delete(entry: Entry) -> Response:
    """Delete a draft that was never submitted."""
    form = SeenForm()
    if form.validate_on_submit():
        delete_draft(current_actor(), entry.id)
        flash(_("草稿已删除。"), "success")
    return redirect(url_for("entries.index"))  # type: ignore[return-value]


def _afresh(entry_id: int) -> Entry:
    db.session.rollback()
    db.session.expire_all()
    return entry_by_id(entry_id)


def _people(entry: Entry, form: EntryForm) -> dict[str, str]:
    values = [row.form.person.data or "" for row in (*form.authors, *form.tutors)]
    values += [form.author.data or "", form.tutor.data or ""]
    return {value: key for value in dict.fromkeys(values) if value and (key := picked(entry, value))}


def _accept(slot: SlotRules) -> str:
    """The endings that a browser's file window offers."""
    return ",".join(f".{ending}" for kind in slot.kinds for ending in FILE_KINDS[kind].extensions)


def _form_page(
    entry: Entry,
    rules: CategoryRules,
    form: EntryForm,
    *,
    error: DomainError | None = None,
    looked_for: tuple[str, str, list[Found]] | None = None,
    is_stale: bool = False,
    is_saved: bool = False,
    status: int | None = None,
) -> Response:
    findings = findings_of(entry, rules)
    posted = (row.form.person.data for row in (*form.authors, *form.tutors))
    keys = [key for value in posted if value and (key := picked(entry, value))]
    recorded_first = [f"student-{one.student_id}" for one in entry.authors if one.is_first]
    coming, refused = coming_and_refused(entry)
    files = [(one.id, shown) for one, shown in zip(entry.files, snapshot_of(entry, rules)["files"], strict=True)]
    return render_page(
        "entries/edit.html",
        status=status or (422 if form.errors else 200),
        entry=entry,
        rules=rules,
        form=form,
        timing=timing_of(entry),
        missing=checklist_of(entry, findings),
        people=people_by_key(entry, keys),
        first=form.first.raw_data or recorded_first,
        picks=_picks(entry, rules, looked_for),
        slots=[
            {
                "rules": slot,
                "accept": _accept(slot),
                "lines": view.lines,
                "need": view.need,
                "files": [(file_id, shown_file(shown)) for file_id, shown in files if shown["slot"] == slot.code],
                "notes": slot_notes(findings, slot.code),
                "is_coming": any(one.slot == slot.code for one in coming),
                "refused": [refused_words(one) for one in refused if one.slot == slot.code],
            }
            for slot, view in zip(rules.slots, slot_views(rules), strict=True)
        ],
        plain_limit=_plain_limit(),
        previews=previews_of([file.blob_id for file in entry.files]),
        row_errors={one.field: translate(one.message) for one in error.problems} if error else {},
        is_stale=is_stale,
        is_saved=is_saved,
    )


def _picks(
    entry: Entry, rules: CategoryRules, looked_for: tuple[str, str, list[Found]] | None
) -> dict[str, dict[str, object]]:
    """What the two pickers show: whom they find, and the results of a search without scripts."""
    picks: dict[str, dict[str, object]] = {}
    for role in ("author", "tutor"):
        is_author = role == "author"
        elsewhere = reaches_elsewhere(rules, "author" if is_author else "tutor")
        picks[role] = {
            "kind": kind_for(rules, "author" if is_author else "tutor"),
            "elsewhere": elsewhere,
            "url": url_for("entries.find_people", entry_id=entry.id, role=role),
            "query": looked_for[1] if looked_for and looked_for[0] == role else "",
            "results": [(one.value, one.name, one.detail) for one in looked_for[2]]
            if looked_for and looked_for[0] == role
            else None,
        }
    return picks
