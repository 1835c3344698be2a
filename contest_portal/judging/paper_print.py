"""Score sheets on paper: a pile for each judge, with a QR code that opens the page where the sheet is typed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from contest_portal.core.pdf import render_pdf
from contest_portal.core.qr import qr_svg
from contest_portal.entries.queries.judges_texts import JudgesTexts, judges_texts
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.queries.paper import Pile
from contest_portal.judging.rubrics import points_of


def score_sheets_pdf(row: Round, piles: Sequence[Pile]) -> bytes:
    """A PDF of the piles, each beginning on a page of its own. Nothing on it says whose the works are."""
    texts = judges_texts([task.entry_id for pile in piles for task in pile.tasks], blind=row.is_blind)
    data = {
        "title": _("%(round)s评分表", round=row.name),
        "contest": row.contest.name,
        "words": {
            "judge": _("评委"),
            "category": _("类别"),
            "number": _("序号"),
            "work": _("作品"),
            "total": _("合计"),
            "remark": _("备注"),
            "code": _("录入码"),
            "sign": _("评委签字"),
            "how": _("每项分数写在格内，最多一位小数；改动处请签名。合计由评委本人填写。"),
            "count": _("共 %(count)s 件"),
        },
        "piles": [_pile(pile, texts) for pile in piles],
    }
    return render_pdf("judging/score_sheets.typ", data)


def _pile(pile: Pile, texts: JudgesTexts) -> dict[str, Any]:
    return {
        "judge": pile.judge.name,
        "category": pile.category.name,
        "count": _("共 %(count)s 件", count=len(pile.tasks)),
        "criteria": [{"name": one.name, "most": f"{one.max_points:g}"} for one in pile.rubric],
        "most": f"{points_of(pile.rubric):g}",
        "works": [_work(task, texts) for task in pile.tasks],
    }


def _work(task: Assignment, texts: JudgesTexts) -> dict[str, str]:
    address = url_for("judging.type_paper", task_id=task.id, _external=True)
    title = texts.title(task.entry_id, task.entry.title)
    return {"number": task.entry.number or "", "title": title, "qr": qr_svg(address)}
