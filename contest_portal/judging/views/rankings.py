"""The ranking of a round: computed, read, taken away as a workbook."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, flash, redirect, send_file, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.i18n import translate
from contest_portal.core.kept_messages import kept
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.bundles import write_bundle
from contest_portal.judging.certainty import (
    certainty_of,
    chance_percent,
    chance_words,
    judges_look_alike,
    moved_by_reads_alone,
    places_of,
)
from contest_portal.judging.forms.rankings import RankForm
from contest_portal.judging.models import Ranking, Round
from contest_portal.judging.queries import rankings as queries
from contest_portal.judging.queries import rounds as round_queries
from contest_portal.judging.queries.bundles import bundle_of_round
from contest_portal.judging.queries.tasks import frozen_rubric
from contest_portal.judging.ranking import Method
from contest_portal.judging.ranking_pictures import chances_picture, estimates_picture
from contest_portal.judging.services.rankings import rank_round
from contest_portal.judging.states import PLAIN_ALIKE, PLAIN_METHODS, SHORT_METHODS
from contest_portal.judging.tie_breaks import WORDS, criterion_key, still_valid
from contest_portal.judging.views.blueprint import bp
from contest_portal.judging.workbooks import ranking_workbook

AnyResponse = Any


@bp.post("/office/rounds/<int:round_id>/rank")
@permission("judging.run_round", of=round_queries.round_by_id)
def rank(row: Round) -> AnyResponse:
    """Compute the ranking of a closed round and freeze it."""
    made = rank_round(current_actor(), row.id, method=RankForm().method.data or None)
    flash(_("排名已计算并固定。"), "success")
    return redirect(url_for(".ranking", ranking_id=made[0].id))


@bp.get("/office/rankings/<int:ranking_id>")
@permission("judging.see_ranking", of=queries.ranking)
def ranking(row: Ranking) -> Response:
    """One frozen ranking: raw and corrected beside each other, the judges' severity."""
    lines, judges = queries.named_lines(row), _judges(row)
    plain = [one.line for one in lines]
    places = places_of(row.facts, row.stage_code)
    pictures = [estimates_picture(plain, places), chances_picture(plain, places)]
    return render_page(
        "judging/ranking.html",
        ranking=row,
        siblings=round_queries.rankings_of_round(row.round_id),
        title=_title(row),
        stage=stage_name(row),
        lines=lines,
        judges=judges,
        judges_alike=judges_look_alike(row.facts),
        drawn_only=moved_by_reads_alone(row.facts, plain),
        widest=max((abs(_severity(row, one)) for one in judges), default=0),
        method=translate(SHORT_METHODS[row.facts["requested"]]),
        used=translate(SHORT_METHODS[row.facts["used"]]),
        reason=translate(kept(row.facts["reason"])),
        plainly=translate(_plain(row)),
        reasons={name: translate(kept(text)) for name, text in row.facts["reasons"].items()},
        rules=_tie_words(row),
        lost_ties=_lost_ties(row),
        unplaced=[line.number for line in plain if line.rank is None] if row.facts.get("carry_weight") else [],
        places=places,
        chance_words=chance_words,
        chance_percent=chance_percent,
        certainty=certainty_of(plain, places) if places else None,
        reliability=row.facts.get("reliability"),
        pictures=[one for one in pictures if one is not None],
        has_inputs=bool(row.inputs) or bool(row.stage_code),
        wide_spread=row.round.wide_spread,
        wide=sum((one.line.spread or 0) >= row.round.wide_spread for one in lines),
        ties=sum(one.line.tied for one in lines),
    )  # fmt: skip


@bp.get("/office/rounds/<int:round_id>/bundle")
@permission("judging.see_round", of=round_queries.round_by_id)
def bundle(row: Round) -> Response:
    """Everything that the round's plans and rankings follow from, without names, to be computed again elsewhere."""
    content = write_bundle(bundle_of_round(row))
    name = _("%(title)s数据包.zip", title=f"{row.contest.name} {row.name}")
    return send_file(io.BytesIO(content), "application/zip", as_attachment=True, download_name=name)


def _tie_words(row: Ranking) -> dict[str, str]:
    """Tie-break → its word: the criterion's name, or a way that every round knows."""
    rubrics = (row.category.rules.criteria, frozen_rubric(row.round_id, row.category_id))
    names = {criterion_key(one.code): one.name for rubric in rubrics for one in rubric}
    return {**names, **{key: translate(word) for key, word in WORDS.items()}}


def _lost_ties(row: Ranking) -> list[str]:
    """The tie-breaks that this category's sheets could not be asked for: of criteria that its rubric has not."""
    keys = row.facts.get("tie_breaks") or []
    valid = still_valid(keys, [one.code for one in frozen_rubric(row.round_id, row.category_id)])
    return [key for key in keys if key not in valid]


@bp.get("/office/rankings/<int:ranking_id>/export")
@permission("judging.see_ranking", of=queries.ranking)
def export_ranking(row: Ranking) -> Response:
    """The ranking with severities and totals as a workbook."""
    title = _title(row)
    content = ranking_workbook(row, title, queries.named_lines(row), _judges(row), queries.sheets_of_ranking(row))
    return workbook_response(content, f"{title}.xlsx")


def stage_name(row: Ranking) -> str:
    """The ranking's stage group in words."""
    group = row.category.rules.stage_group(row.stage_code) if row.stage_code else None
    return group.name if group else _("全部学段")


def _title(row: Ranking) -> str:
    return _(
        "%(category)s（%(stage)s）%(round)s排名",
        category=row.category.name,
        stage=stage_name(row),
        round=row.round.name,
    )


def _judges(row: Ranking) -> list[dict[str, Any]]:
    """The judges' lines with names, the most lenient first."""
    lines = row.facts["judges"]
    names = queries.judge_names([one["judge_id"] for one in lines])
    found = [{**one, "name": names.get(one["judge_id"], "")} for one in lines]
    return sorted(found, key=lambda one: -_severity(row, one))


def _severity(row: Ranking, judge: dict[str, Any]) -> float:
    """The severity that is drawn: the mixed model's, where that saw a difference between judges."""
    mixed = None if judges_look_alike(row.facts) else judge["mixed"]
    return float(judge["additive"] or 0 if mixed is None else mixed)


def _plain(row: Ranking) -> str:
    if row.facts["used"] == Method.MIXED and judges_look_alike(row.facts):
        return PLAIN_ALIKE
    return PLAIN_METHODS[row.facts["used"]]
