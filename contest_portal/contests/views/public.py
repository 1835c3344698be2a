"""The public pages: home, one contest with its call and requirements, its files."""

from __future__ import annotations

from flask import Response, request

from contest_portal.contests import queries
from contest_portal.contests.file_signatures import extension_of
from contest_portal.contests.home import home_sections
from contest_portal.contests.models import Contest, ContestAttachment
from contest_portal.contests.presenting import ContestView, contest_view
from contest_portal.contests.views.blueprint import bp
from contest_portal.core.clock import now
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.core.uploaded import PDF, UploadedFile, send_uploaded

FILE_SECONDS = 300
# A file may run and load nothing. In a sandbox browsers refuse to show a PDF.


@bp.get("/")
@permission("contests.home")
def home() -> Response:
    """The office's front door: open contests with their calls, published lists, past contests."""
    offices = queries.offices_with_open_contests()
    chosen = next((office for office, _count in offices if str(office.id) == request.args.get("office")), None)
    office_id = chosen.id if chosen else None
    everyone = queries.offices()
    views: list[ContestView] = [contest_view(one, now()) for one in queries.open_contests(office_id)]
    return render_page(
        "contests/home.html",
        contests=views,
        offices=offices if len(offices) > 1 else [],
        chosen=chosen,
        host=chosen or (everyone[0] if len(everyone) == 1 else None),
        everyone=everyone,
        sections=home_sections(office_id),
        past=queries.past_contests(office_id),
    )


@bp.get("/contests/<int:contest_id>")
@permission("contests.read", of=queries.contest)
def show(contest: Contest) -> Response:
    """A contest: the call, its timetable, and what each category asks."""
    return render_page("contests/show.html", view=contest_view(contest, now()))


@bp.get("/contests/<int:contest_id>/print")
@permission("contests.read", of=queries.contest)
def print_call(contest: Contest) -> Response:
    """The call and the requirements on paper."""
    return render_page("contests/print.html", view=contest_view(contest, now()))


@bp.get("/contests/<int:contest_id>/files/<int:attachment_id>")
@permission("contests.read_file", of=queries.attachment)
def attachment(file: ContestAttachment) -> Response:
    """A file of the call. A PDF may open in the browser, everything else is saved."""
    is_pdf = extension_of(file.file_name) == "pdf"
    mimetype = PDF if is_pdf else "application/octet-stream"
    is_saved = not is_pdf or "save" in request.args
    return send_uploaded(
        UploadedFile(file.file_sha256, file.file_name, mimetype, is_saved=is_saved, seconds=FILE_SECONDS)
    )
