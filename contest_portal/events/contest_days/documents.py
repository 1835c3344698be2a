"""A contest day on paper and as workbooks: start list, score slips, teams, results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import day, minute, translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection
from contest_portal.core.pdf import render_pdf
from contest_portal.events.contest_days.forms import OUTCOME_NAMES
from contest_portal.events.contest_days.marks import score_text, time_text
from contest_portal.events.contest_days.models import ContestGroup
from contest_portal.events.contest_days.queries.groups import TeamLine
from contest_portal.events.contest_days.queries.results import PublicResult
from contest_portal.events.contest_days.queries.starts import StartLine
from contest_portal.events.planning.models import Event
from contest_portal.people.grades import grade_name


def start_list(event: Event, groups: Sequence[tuple[ContestGroup, Sequence[StartLine]]]) -> ListDocument:
    """The start list: a section for each run of each group."""
    sections = []
    for group, starts in groups:
        for run in range(1, group.runs + 1):
            rows = [
                (f"{local(one.at):%H:%M}", one.table, one.team.lot, one.team.name, one.team.school.name, "")
                for one in starts
                if one.run == run
            ]
            title = _("%(group)s 第 %(run)s 轮", group=group.name, run=run)
            columns = [
                ListColumn(_("时间"), 4, "center"),
                ListColumn(group.table_word, 3, "center"),
                ListColumn(_("顺序号"), 3, "center"),
                ListColumn(_("队名"), 11),
                ListColumn(_("学校"), 12),
                ListColumn(_("检录"), 4),
            ]
            sections.append(ListSection(title, columns, rows, day(starts[0].at) if starts else ""))
    return ListDocument(_("%(event)s出场顺序表", event=event.title), event.venue, sections)


def score_slips(group: ContestGroup, starts: Sequence[StartLine]) -> bytes:
    """Slips for the judges at the tables, four on a page, in the order of the starts, a table after the other."""
    ordered = sorted(starts, key=lambda one: (one.run, one.table, one.at))
    data = {
        "title": _("%(group)s记分单", group=group.name),
        "event": group.event.title,
        "words": {
            "score": _("得分"), "time": _("用时（分:秒）"), "judge": _("裁判签字"), "team": _("队长签字"),
            "outcome": _("□ 完成　□ 中止　□ 缺席"), "note": _("备注"),
        },
        "slips": [
            {
                "head": group.name,
                "place": _("第 %(run)s 轮 · %(at)s · %(word)s %(table)s", run=one.run, at=f"{local(one.at):%H:%M}",
                           word=group.table_word, table=one.table),
                "lot": str(one.team.lot),
                "team": one.team.name,
                "school": one.team.school.name,
            }
            for one in ordered
        ],
    }  # fmt: skip
    return render_pdf("events/contest_days/slips.typ", data)


def team_list(group: ContestGroup, teams: Sequence[TeamLine]) -> ListDocument:
    """The teams with coach and members, for the office."""
    columns = [
        ListColumn(_("顺序号"), 3, "center"),
        ListColumn(_("队名"), 10),
        ListColumn(_("学校"), 12),
        ListColumn(_("教练员"), 5),
        ListColumn(_("队员"), 22),
        ListColumn(_("状态"), 4, "center"),
    ]
    rows = [
        (
            one.team.lot,
            one.team.name,
            one.team.school.name,
            one.team.coach.name,
            _("、").join(
                f"{child.name}（{translate(grade_name(child.grade))}{child.class_name}）" for child in one.members
            ),
            _("已退出") if one.team.state == "withdrawn" else "",
        )
        for one in teams
    ]
    title = _("%(group)s队伍名单", group=group.name)
    return ListDocument(title, group.event.title, [ListSection(group.name, columns, rows)])


def result_list(event: Event, results: Sequence[PublicResult]) -> ListDocument:
    """The published results: a section for each group."""
    return ListDocument(
        _("%(event)s成绩公布", event=event.title),
        event.venue,
        [result_section(one.group, one.lines, minute(one.published_at)) for one in results],
        [
            ranking_rule(),
            *(
                _("%(group)s更正：%(note)s", group=one.group.name, note=one.corrected)
                for one in results
                if one.corrected
            ),
        ],
        seal=event.office.name,
    )


def ranking_rule() -> str:
    """The rule of the ranking, for people."""
    return _(
        "名次按各队最好的一轮排定：得分高的在前，得分相同的用时短的在前；最好的一轮相同的，依次比较次好的一轮；各轮都相同的名次并列。"
    )


def result_section(group: ContestGroup, lines: Sequence[Mapping[str, Any]], note: str = "") -> ListSection:
    """A ranking as a table."""
    columns = [
        ListColumn(_("名次"), 3, "center"),
        ListColumn(_("队名"), 10),
        ListColumn(_("学校"), 12),
        ListColumn(_("最好得分"), 4, "right"),
        ListColumn(_("用时"), 4, "right"),
        *(ListColumn(_("第 %(run)s 轮", run=run), 6, "right") for run in range(1, group.runs + 1)),
    ]
    rows = [
        (
            line["place"] or _("无成绩"),
            line["team"],
            line["school"],
            score_text(line["score"]),
            time_text(line["seconds"]),
            *(run_text(run) for run in line["runs"]),
        )
        for line in lines
    ]
    return ListSection(group.name, columns, rows, note)


def run_text(run: Sequence[Any] | None) -> str:
    """One run in a word: 85 / 1:23.4, or why there is none."""
    if run is None:
        return ""
    outcome, score, seconds = run
    if outcome != "ran":
        return str(OUTCOME_NAMES[outcome])
    return f"{score_text(score)} / {time_text(seconds)}" if seconds is not None else score_text(score)
