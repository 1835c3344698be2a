"""The tus endpoint, and what pages ask about uploads. See `media.tus` for the protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wsgi import get_input_stream

from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.i18n import translate
from contest_portal.core.pages import is_htmx, render_page
from contest_portal.core.permissions import current_actor, current_actor_or_none, permission
from contest_portal.core.staging import staging
from contest_portal.core.text import N_
from contest_portal.core.upload_parts import Part
from contest_portal.core.upload_server import FIRST_PIECE_BYTES, ArrivedPart, NotKept
from contest_portal.media import queries, tus
from contest_portal.media.models import Upload
from contest_portal.media.services import announcing_hashes, sweeping_uploads, taking_uploads, uploads
from contest_portal.media.services.beginning_uploads import begin_upload
from contest_portal.media.upload_presentation import as_data, words_of
from contest_portal.media.upload_targets import Announced
from contest_portal.media.views.blueprint import bp

NOT_OF_THE_PLACE = {"filename", "filetype", "name", "type", "target", "sha256"}
View = Callable[..., Any]

__all__ = ["sweeping_uploads", "taking_uploads"]  # they register their jobs


@bp.url_value_preprocessor
def allow_large_bodies(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A piece may be as large as a whole file, the one with the creation is small; all else keeps the limit of forms."""
    if request.mimetype != tus.CONTENT_TYPE:
        return
    if endpoint == "media.create":
        request.max_content_length = FIRST_PIECE_BYTES
    if endpoint in {"media.append", "media.override"}:
        request.max_content_length = (current_app.config["SETTINGS"].largest_upload_mb << 20) + 1


def answers_tus(view: View) -> View:
    """Whatever the view answers or raises, as the protocol wants it: never a page, never a redirection."""

    @wraps(view)
    def answering(**arguments: Any) -> Response:
        try:
            if current_actor_or_none() is None and request.method != "OPTIONS":
                _forget_arrived()
                answer = _problem(401, "core.sign_in", translate(N_("请重新登录后继续上传。")))
            else:
                answer = view(**arguments)
        except DomainError as error:
            _forget_arrived()
            answer = _problem(error.status, error.code, translate(error.message))
        answer.headers["Tus-Resumable"] = tus.VERSION
        answer.headers["Cache-Control"] = "no-store"
        if answer.status_code == 412:
            answer.headers["Tus-Version"] = tus.VERSION
        return answer

    return answering


@bp.errorhandler(CSRFError)
def show_csrf_error(_error: CSRFError) -> Response:
    """A short answer: scripts fetch a fresh token and try again."""
    _forget_arrived()
    answer = _problem(400, "core.form_token", translate(N_("页面打开太久，请刷新页面后重新选择文件上传。")))
    answer.headers["Tus-Resumable"] = tus.VERSION
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _forget_arrived() -> None:
    """A piece that is refused is not kept for later."""
    arrived = request.environ["wsgi.input"]
    if isinstance(arrived, ArrivedPart):
        arrived.part.remove()


def _problem(status: int, code: str, message: str) -> Response:
    return _data({"code": code, "message": message}, status)


def _data(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status=status, mimetype="application/json")


@bp.route("/uploads/", methods=["OPTIONS"], provide_automatic_options=False)
@answers_tus
@permission("media.upload_options")
def options() -> Response:
    """What the server speaks."""
    headers = {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
        "Tus-Max-Size": str(current_app.config["SETTINGS"].largest_upload_mb << 20),
    }
    return Response(status=204, headers=headers)


@bp.post("/uploads/")
@answers_tus
@permission("media.upload")
def create() -> Response:
    """Begin an upload; its first piece may come along."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    if "Upload-Defer-Length" in request.headers:
        raise tus.BadRequest("Upload-Defer-Length", request.headers["Upload-Defer-Length"])
    if (request.content_length or 0) > FIRST_PIECE_BYTES:
        raise uploads.TooLarge("media.first_piece", N_("建立上传时一起发来的数据太多。请先建立上传，再分段发送。"))
    size_bytes = tus.number("Upload-Length", request.headers.get("Upload-Length"))
    said = tus.metadata(request.headers.get("Upload-Metadata"))
    place = {key: value for key, value in said.items() if key not in NOT_OF_THE_PLACE}
    name = said.get("filename") or said.get("name") or ""
    announced = Announced(name, size_bytes, tus.sha256(said.get("sha256")))
    row = begin_upload(current_actor(), said.get("target", ""), place, announced)
    if request.mimetype == tus.CONTENT_TYPE and request.content_length != 0:
        row = _receive_with_creation(row)
    answer = _progress(row, 201)
    answer.headers["Location"] = url_for("media.append", token=row.token)
    return answer


@bp.get("/uploads/")
@answers_tus
@permission("media.upload")
def list_open() -> Response:
    """The account's own unfinished uploads to one thing: `?target=entry-file&entry=12`."""
    target, place = request.args.get("target", ""), request.args.to_dict()
    place.pop("target", None)
    found = uploads.own_open_uploads(current_actor(), target, place)
    return _data([_described(row) for row in found])


@bp.route("/uploads/<token>", methods=["HEAD"], provide_automatic_options=False)
@answers_tus
@permission("media.own_upload", of=queries.upload_of_token)
def progress(row: Upload) -> Response:
    """How far the upload has come."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    row = uploads.resume(current_actor(), row)
    uploads.require_wanted(current_actor(), row)
    return _progress(row, 200)


@bp.patch("/uploads/<token>")
@answers_tus
@permission("media.own_upload", of=queries.upload_of_token)
def append(row: Upload) -> Response:
    """The next piece."""
    return _append(row)


def _receive_with_creation(row: Upload) -> Upload:
    """A first piece that is refused ends its upload: the answer names no address at which to go on."""
    try:
        return _receive(row, 0)
    except (tus.ChecksumMismatch, uploads.TooLarge):
        uploads.cancel_upload(current_actor(), row)
        raise


def _append(row: Upload) -> Response:
    tus.check_version(request.headers.get("Tus-Resumable"))
    if request.mimetype != tus.CONTENT_TYPE:
        raise tus.WrongType
    offset = tus.number("Upload-Offset", request.headers.get("Upload-Offset"))
    return _progress(_receive(row, offset), 204)


def _receive(row: Upload, offset: int) -> Upload:
    checksum = tus.checksum(request.headers.get("Upload-Checksum"))
    uploads.require_known(row)
    actor = current_actor()
    arrived = request.environ["wsgi.input"]
    if isinstance(arrived, NotKept):
        raise uploads.WrongOffset
    part = arrived.part if isinstance(arrived, ArrivedPart) else _spooled(row, offset, checksum)
    return uploads.receive_part(actor, row, offset, part, checksum)


def _spooled(row: Upload, offset: int, checksum: tus.Checksum | None) -> Part:
    """The request's body, read from a web server that gives it as it comes; what came of a broken one is kept."""
    actor = current_actor()
    sender = uploads.sender_of(actor.session_token)
    part = staging().new_part(row.token, offset, sender, has_checksum=checksum is not None)
    try:
        stream = get_input_stream(request.environ, max_content_length=request.max_content_length)
        uploads.store_stream(part, stream.read)
    except Exception:  # each web server says in its own way that the connection broke
        uploads.receive_broken_part(actor, row, offset, part, checksum)
        raise
    return part


@bp.delete("/uploads/<token>")
@answers_tus
@permission("media.own_upload", of=queries.upload_of_token)
def terminate(row: Upload) -> Response:
    """Give the upload up."""
    return _terminate(row)


def _terminate(row: Upload) -> Response:
    tus.check_version(request.headers.get("Tus-Resumable"))
    uploads.cancel_upload(current_actor(), row)
    return Response(status=204)


@bp.post("/uploads/<token>")
@answers_tus
@permission("media.own_upload", of=queries.upload_of_token)
def override(row: Upload) -> Response:
    """For networks that let neither PATCH nor DELETE through: the method stands in a header."""
    wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
    views = {"PATCH": _append, "DELETE": _terminate}
    if wanted not in views:
        raise Invalid("media.tus_method", N_("上传请求的方式不对，请刷新页面后重试。"))
    return views[wanted](row)


@bp.get("/uploads/<token>/state")
@answers_tus
@permission("media.own_upload", of=queries.upload_of_token)
def state(row: Upload) -> Response:
    """How it stands with the upload, for the page that waits for it: data, or a fragment for HTMX."""
    if is_htmx():
        return render_page("media/upload_state.html", upload=row, words=words_of(row))
    return _data(_described(row))


@bp.post("/uploads/<token>/sha256")
@answers_tus
@permission("media.own_upload", of=queries.upload_of_token)
def announce_hash(row: Upload) -> Response:
    """The whole file's hash, found while the file was being sent: `sha256` in 64 hexadecimal digits."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    sha256 = tus.sha256(request.form.get("sha256"))
    if sha256 is None:
        raise tus.BadRequest("sha256", "")
    announcing_hashes.announce_hash(current_actor(), row, sha256)
    return Response(status=204)


def _described(row: Upload) -> dict[str, Any]:
    return {
        "url": url_for("media.append", token=row.token),
        **as_data(row),
        "expires_at": uploads.expires_at(row).isoformat(),
    }


def _progress(row: Upload, status: int) -> Response:
    answer = Response(status=status)
    answer.headers["Upload-Offset"] = str(row.received_bytes)
    if status == 200:
        answer.headers["Upload-Length"] = str(row.size_bytes)
    if row.state == "receiving":
        answer.headers["Upload-Expires"] = tus.expires(uploads.expires_at(row))
    return answer
