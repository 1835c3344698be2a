"""The schools' own page of results."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import Role
from contest_portal.core.downloads import workbook_response
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, list_workbook
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.states import STATE_NAMES
from contest_portal.results.awards.queries.own_results import OwnContest, own_results
from contest_portal.results.blueprint import bp

add_item(
    _l("参赛"),
    _l("评审结果"),
    "results.school_results",
    icon="trophy",
    roles=[Role.SCHOOL_MANAGER, Role.TEACHER],
    order=430,
)


STATE_WORDS = {str(state): words for state, words in STATE_NAMES.items()}


LISTED = {"in": _l("列入推荐名单"), "reserve": _l("候补"), "out": _l("未列入推荐名单"), "tied": _l("未列入推荐名单")}


@bp.get("/school/results")
@permission("results.own_results")
def school_results() -> Response:
    """What became of each of the school's works, as far as it was released."""
    return render_page(
        "results/awards/school_results.html",
        contests=own_results(current_actor()),
        listed_words=LISTED,
        state_words=STATE_WORDS,
    )


@bp.get("/school/results/export")
@permission("results.own_results")
def export_school_results() -> Response:
    """The same as a workbook, a sheet a contest."""
    return workbook_response(list_workbook(_own_document(own_results(current_actor()))), _("本校评审结果.xlsx"))


def _own_document(contests: list[OwnContest]) -> ListDocument:
    columns = (
        ListColumn(_("编号"), 10),
        ListColumn(_("作品名称"), 18),
        ListColumn(_("类别"), 10),
        ListColumn(_("审核"), 6),
        ListColumn(_("奖项"), 8),
        ListColumn(_("推荐"), 9),
        ListColumn(_("上级奖项"), 14),
        ListColumn(_("名次"), 4, is_number=True),
        ListColumn(_("得分"), 5, is_number=True),
        ListColumn(_("评委评语"), 24),
    )
    sections = [
        ListSection(
            one.contest.name,
            columns,
            [
                (
                    work.number,
                    work.title,
                    work.category,
                    translate(STATE_WORDS[work.state]),
                    "、".join((*([work.award] if work.award else []), *work.special)),
                    str(LISTED.get(work.listed, "")) if work.listed else "",
                    "；".join(work.above),
                    work.rank,
                    work.score,
                    "；".join(work.comments),
                )
                for work in one.works
            ],
            note="" if one.is_released else _("评审结果尚未发布"),
        )
        for one in contests
    ]
    return ListDocument(title=_("本校评审结果"), sections=sections, landscape=True)
