"""A plan to take away: what it was computed from, what came out, and how anybody computes it again."""

from __future__ import annotations

import io
import json
import zipfile

from flask_babel import gettext as _

from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection
from contest_portal.events.allocating.models import EventPlan
from contest_portal.events.allocating.plan import answer_bytes, problem_bytes
from contest_portal.events.allocating.queries.standing import MoveLine, PartyLine, SessionLine
from contest_portal.events.allocating.wording import place_text, reason_text, session_text, wish_text
from contest_portal.events.planning.models import Event

MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of the files in the bundle: equal plans give equal bytes."""


def bundle(row: EventPlan, moves: list[MoveLine]) -> bytes:
    """A ZIP of problem.json, answer.json (as the command prints it), moves.json and how to compute it again."""
    moved = [{"party": one.move.booking_id, "places": one.move.places, "why": one.move.why} for one in reversed(moves)]
    files = {
        "problem.json": problem_bytes(row.problem),
        "answer.json": answer_bytes(row.answer),
        "moves.json": (json.dumps(moved, ensure_ascii=False, indent=1) + "\n").encode(),
        "README.txt": _readme(row).encode(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _readme(row: EventPlan) -> str:
    return _(
        "problem.json 是冻结的场次与志愿（SHA-256 %(digest)s），answer.json 是方案，moves.json 是之后的人工调整。\n"
        "重新计算：contest-portal events allocate problem.json --seed %(seed)s --json\n"
        "输出应与 answer.json 逐字节相同。\n",
        digest=row.problem_sha256,
        seed=row.seed,
    )


def plan_document(event: Event, row: EventPlan, sessions: list[SessionLine], parties: list[PartyLine]) -> ListDocument:
    """The plan as a workbook: by session and by school."""
    by_session = [
        (
            one.session.number, session_text(one.session), one.capacity, one.people,
            _("、").join(f"{school}（{people}）" for school, people in one.guests),
        )
        for one in sessions
    ]  # fmt: skip
    by_party = [
        (
            one.school.name, one.booking.code, one.standing.size, one.booking.priority,
            _("、").join(str(wish.number) for wish in one.wishes),
            _("、").join(place_text(session, people) for session, people in one.places),
            wish_text(one.standing), reason_text(one.standing), _("是") if one.standing.by_hand else "",
        )
        for one in parties
    ]  # fmt: skip
    return ListDocument(
        _("%(event)s场次安排方案（第 %(version)s 版）", event=event.title, version=row.version),
        "",
        [
            ListSection(_("按场次"), session_columns(), by_session),
            ListSection(_("按学校"), party_columns(), by_party),
        ],
    )


def session_columns() -> list[ListColumn]:
    """Heads of the list by session."""
    return [
        ListColumn(_("场次"), 3, is_number=True),
        ListColumn(_("时间"), 9),
        ListColumn(_("名额"), 4, is_number=True),
        ListColumn(_("人数"), 4, is_number=True),
        ListColumn(_("学校"), 30),
    ]


def party_columns() -> list[ListColumn]:
    """Heads of the list by school."""
    return [
        ListColumn(_("学校"), 12),
        ListColumn(_("预约号"), 4),
        ListColumn(_("人数"), 3, is_number=True),
        ListColumn(_("优先级"), 3, is_number=True),
        ListColumn(_("志愿场次"), 7),
        ListColumn(_("安排"), 14),
        ListColumn(_("第几志愿"), 5),
        ListColumn(_("没有排上的原因"), 16),
        ListColumn(_("人工调整"), 4),
    ]
