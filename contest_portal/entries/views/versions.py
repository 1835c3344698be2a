"""Submitted versions: the list, one of them, two of them compared."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.models import Entry
from contest_portal.entries.policy import is_of_the_school
from contest_portal.entries.presentation import shown_entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.submitted import VersionOf, snapshot_of, version, version_of, versions_of
from contest_portal.entries.snapshots import differences
from contest_portal.entries.views.blueprint import bp
from contest_portal.media.queries import previews_of


@bp.get("/entries/<int:entry_id>/versions")
@permission("entries.see", of=entry_by_id)
def versions(entry: Entry) -> Response:
    """All submitted versions."""
    return render_page("entries/versions.html", entry=entry, versions=versions_of(entry.id))


@bp.get("/entries/<int:entry_id>/versions/<int:number>")
@permission("entries.see_version", of=version_of)
def show_version(found: VersionOf) -> Response:
    """One submitted version, as it was."""
    shown = shown_entry(found.version.snapshot, found.entry.category.rules)
    return render_page(
        "entries/version.html",
        entry=found.entry,
        version=found.version,
        shown=shown,
        previews=previews_of([file["blob_id"] for file in found.version.snapshot["files"]]),
    )


@bp.get("/entries/<int:entry_id>/compare")
@permission("entries.see", of=entry_by_id)
def compare(entry: Entry) -> Response:
    """Two versions field by field; without `new`, the last version against what the school has edited since."""
    rules, lines = entry.category.rules, versions_of(entry.id)
    newest = lines[0].number if lines else 0
    new_number = _number("new", 0)
    has_edits = entry.has_unsubmitted_changes and is_of_the_school(current_actor(), entry)
    with_edits = new_number == 0 and has_edits
    if not with_edits and new_number == 0:
        new_number = newest
    old_number = _number("old", newest if with_edits else max(1, new_number - 1))
    old = version(entry.id, old_number)
    new = snapshot_of(entry, rules) if with_edits else version(entry.id, new_number).snapshot
    return render_page(
        "entries/compare.html",
        entry=entry,
        versions=lines,
        old_number=old_number,
        new_number=0 if with_edits else new_number,
        has_edits=has_edits,
        old_label=_("第 %(number)s 版", number=old_number),
        new_label=_("未提交的修改") if with_edits else _("第 %(number)s 版", number=new_number),
        differences=differences(old.snapshot, new, rules),
    )


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 6 else default
