"""The supervisor's page of acts: who did what, when, from where."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from flask import Blueprint, Response, request, stream_with_context
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core import audit, audit_keeping, audit_mail, audit_search  # noqa: F401 - their jobs must be known wherever pages are served
from contest_portal.core.actor import Role
from contest_portal.core.audit_search import FILTERS, AnyRecord, Sought, all_records, trail
from contest_portal.core.audit_words import act_words, thing_words, things_words_of, words_of
from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.core.downloads import workbook_response
from contest_portal.core.i18n import role_name, translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.core.spreadsheets.write import FORMULA_STARTS
from contest_portal.core.text import N_

bp = Blueprint("audit", "contest_portal.core", template_folder="templates")
MOST_IN_WORKBOOK = 50_000
ROOM_NAMES = {
    "people": N_("人员和学校"),
    "contests": N_("赛事"),
    "entries": N_("作品"),
    "media": N_("文件"),
    "judging": N_("评审"),
    "results": N_("名单、证书和上报"),
    "events": N_("活动"),
    "reports": N_("统计"),
    "core": N_("系统"),
}
"""The rooms in the order in which their acts are offered."""

add_item(_l("统计"), _l("操作记录"), "audit.index", icon="journal-text", roles=[Role.SUPERVISOR], order=930)


@bp.get("/office/audit")
@permission("core.audit")
def index() -> Response:
    """The office's acts, newest first."""
    listing = Listing.from_url(request.args, filters=FILTERS)
    sought = Sought.of(listing.filters)
    found = trail(current_actor().office_id or 0, sought, Listing(filters=request.args).get_int("before"))
    count, digest = audit.head(db.session)
    return render_page(
        "core/audit.html",
        listing=listing,
        sought=sought,
        lines=[(row, _who(row, found.names.get(row.account_id or 0, ""))) for row in found.rows],
        older=found.older,
        acts=_acts_by_room(),
        things=sorted(((code, translate(words)) for code, words in thing_words().items()), key=itemgetter(1)),
        act_name=_act_name,
        thing_name=_thing_name,
        head=f"{count}:{digest[:16]}",
        searched_days=audit_search.SEARCHED_DAYS,
    )


@bp.get("/office/audit/export")
@permission("core.audit")
def export() -> Response:
    """The same acts, all of them: as a workbook (the newest 50,000), as CSV or as lines of JSON."""
    office_id, sought = current_actor().office_id or 0, Sought.of(request.args)
    form = request.args.get("format", "xlsx")
    if form == "csv":
        return _streamed(_csv_lines(office_id, sought), "text/csv", "audit.csv")
    if form == "jsonl":
        return _streamed(_json_lines(office_id, sought), "application/jsonl", "audit.jsonl")
    widths = (10, 19, 16, 12, 30, 24, 40, 40, 30, 18, 20, 40)
    columns = [Column(title, width) for title, width in zip(_titles(), widths, strict=True)]
    rows = (_cells(row, name) for row, name in all_records(office_id, sought, MOST_IN_WORKBOOK))
    return workbook_response(write_table(columns, rows, name=_("操作记录"), landscape=True), _("操作记录.xlsx"))


def _acts_by_room() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be chosen: the acts of each room in words. An act that two names stand for is one line for each."""
    rooms = groupby(act_words().items(), key=lambda one: one[0].partition(".")[0])
    named = {room: [(code, translate(words)) for code, words in acts] for room, acts in rooms}
    return [(translate(name), named[room]) for room, name in ROOM_NAMES.items() if room in named]


def _act_name(act: str) -> str:
    return translate(words_of(act))


def _thing_name(table: str) -> str:
    return translate(things_words_of(table))


def _streamed(pieces: Iterator[str], kind: str, name: str) -> Response:
    response = Response(stream_with_context(pieces), mimetype=kind)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _csv_lines(office_id: int, sought: Sought) -> Iterator[str]:
    yield "\ufeff"
    yield _csv_line(_titles())
    for row, name in all_records(office_id, sought):
        yield _csv_line(_cells(row, name))


def _csv_line(cells: list[str]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target).writerow([f"'{one}" if one.startswith(FORMULA_STARTS) else one for one in cells])
    return target.getvalue()


def _json_lines(office_id: int, sought: Sought) -> Iterator[str]:
    """Every field of the office's records as it is in the chain, so that others can work out their digests."""
    for row, _name in all_records(office_id, sought):
        values = {name: getattr(row, name) for name in audit.FIELDS}
        plain = {"number": row.id, **values, "at": row.at.isoformat(), "digest": row.digest}
        yield json.dumps(plain, ensure_ascii=False) + "\n"


def _titles() -> list[str]:
    return [
        _("编号"),
        _("时间"),
        _("姓名"),
        _("身份"),
        _("操作"),
        _("对象"),
        _("操作前"),
        _("操作后"),
        _("理由"),
        _("网络地址"),
        _("请求编号"),
        _("校验码"),
    ]


def _cells(row: AnyRecord, name: str) -> list[str]:
    return [
        str(row.id),
        f"{local(row.at):%Y-%m-%d %H:%M:%S}",
        name,
        _role(row.actor),
        _act_name(row.action),
        f"{_thing_name(row.object_type)} {row.object_id or ''}".strip(),
        _changed(row.before),
        _changed(row.after),
        row.why,
        row.address,
        row.request_id,
        row.digest,
    ]


def _changed(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""


def _who(row: AnyRecord, name: str) -> str:
    role = _role(row.actor)
    return _("%(name)s（%(role)s）", name=name, role=role) if name and role else name or role


def _role(actor: str) -> str:
    if actor in set(Role):
        return role_name(actor)
    return _("系统") if actor == "console" else actor
