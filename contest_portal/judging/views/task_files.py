"""The files of a work, as the judge of the task may see them."""

from __future__ import annotations

from flask import Response

from contest_portal.core.clock import now
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.i18n import minute
from contest_portal.core.permissions import permission
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import Assignment
from contest_portal.judging.queries.task_files import WantedFile, file_of_task, wanted_file
from contest_portal.judging.views.blueprint import bp
from contest_portal.media.models import Blob
from contest_portal.media.serving import send_blind_copy, send_blob, send_derivative, send_page, send_tile

PREVIEWS = {"screen": "picture", "thumb": "picture", "poster": "film", "film720": "film"}
"""Which look belongs to which kind of file."""


def refuse_before_begin(row: Assignment) -> None:
    """Nothing of a work is shown before its round begins. Raises Conflict."""
    if row.round.opens_at > now():
        message = Message.of(N_("评审将于 %(at)s 开始。"), at=minute(row.round.opens_at))
        raise Conflict("judging.not_begun", message)


@bp.get("/judge/tasks/<int:task_id>/files/<int:file_id>/<look>")
@permission("judging.read_task_file", of=wanted_file)
def task_file(wanted: WantedFile) -> Response:
    """A file of the work under the entry's number: the original, or a preview of it."""
    refuse_before_begin(wanted.task)
    blob, shown = file_of_task(wanted.task, wanted.file_id)
    if wanted.look == "original":
        send = send_blind_copy if wanted.task.round.is_blind else send_blob
        return send(blob, shown.name)
    if PREVIEWS.get(wanted.look) != shown.look:
        raise NotFound
    return _asked_for_each_time(send_derivative(blob, wanted.look))


@bp.get("/judge/tasks/<int:task_id>/files/<int:file_id>/tiles/<int:level>/<int:column>_<int:row>.jpg")
@permission(
    "judging.read_task_file",
    of=lambda task_id, file_id, level, column, row: wanted_file(task_id, file_id, "tiles", level, column, row),
)
def task_tile(wanted: WantedFile) -> Response:
    """A tile of a large picture of the work."""
    level, column, row = wanted.place
    return _asked_for_each_time(send_tile(_blob_for(wanted), level, column, row))


@bp.get("/judge/tasks/<int:task_id>/files/<int:file_id>/pages/<int:page>")
@permission(
    "judging.read_task_file",
    of=lambda task_id, file_id, page: wanted_file(task_id, file_id, "pages", page),
)
def task_page_picture(wanted: WantedFile) -> Response:
    """A page of a PDF of the work as a picture."""
    return _asked_for_each_time(send_page(_blob_for(wanted), wanted.place[0]))


def _blob_for(wanted: WantedFile) -> Blob:
    """The content of a file that the task's judge may see in that look. Raises NotFound, Conflict before the round."""
    refuse_before_begin(wanted.task)
    blob, shown = file_of_task(wanted.task, wanted.file_id)
    if shown.look == "hidden":
        raise NotFound
    return blob


def _asked_for_each_time(response: Response) -> Response:
    """A browser shows no picture that it kept from before a part of it was masked."""
    if response.headers.get("Cache-Control") != "no-store":
        response.headers["Cache-Control"] = "private, no-cache"
    return response
