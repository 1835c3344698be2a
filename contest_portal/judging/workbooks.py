"""The workbooks of judging: the template and list of judges, a ranking with the sheets it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from contest_portal.core.i18n import minute, translate
from contest_portal.core.kept_messages import kept
from contest_portal.core.spreadsheets import Column, Notes, Table, write_table, write_workbook
from contest_portal.judging.judge_table import TITLES
from contest_portal.judging.models import Ranking
from contest_portal.judging.queries.judges import JudgeRow
from contest_portal.judging.queries.rankings import NamedLine
from contest_portal.judging.score_table import ENTRY, JUDGE, SCORE
from contest_portal.judging.states import JUDGE_STATES, SHORT_METHODS

_WIDTHS = {
    "phone": 16,
    "employer": 30,
    "job_title": 18,
    "categories": 26,
    "disciplines": 26,
    "available_from": 16,
    "available_until": 16,
}


def judge_template(categories: Iterable[str]) -> bytes:
    """The workbook that an office fills in. `categories`: the names that may be typed. Headings stay Chinese."""
    columns = [
        Column(title, _WIDTHS.get(field, 12), required=field in {"name", "phone"}) for field, title in TITLES.items()
    ]
    notes = [
        _("填写说明"),
        _("「姓名」和「手机号」必填。评委用手机号登录；已有账号（如辅导教师）的，按手机号直接关联。"),
        _("「单位」是本地学校的，请写学校全称，系统据此自动回避本校作品。"),
        _("「评审类别」可填：%(names)s。多个类别用顿号隔开。分配时优先，不是限制。", names="、".join(categories)),
        _("「学科」按申报书中的学科名称填写，多个学科用顿号隔开。"),
        _(
            "「任务上限」是一轮最多评几件，「可评审起始日期」「可评审截止日期」按 2018-05-20 的样子填写；留空的不改动评委已填写的。"
        ),
        _("已登记的评委按手机号对应，按表中内容更新。上传后先看预览，确认后才会保存。"),
    ]
    return write_workbook([Table(_("评委"), columns, to_fill_in=True), Notes(_("说明"), notes)])


def judge_list(rows: Iterable[JudgeRow], names: Mapping[str, str]) -> bytes:
    """The office's judges. `names`: code → name of categories. Telephone numbers are not in it."""
    columns = [
        Column(_("序号"), 6, "number"),
        Column(_("姓名"), 12),
        Column(_("单位"), 30),
        Column(_("职务/职称"), 18),
        Column(_("评审类别"), 30),
        Column(_("学科"), 30),
        Column(_("状态"), 18),
        Column(_("评审任务"), 10, "number"),
        Column(_("已完成"), 10, "number"),
        Column(_("回避登记"), 10, "number"),
        Column(_("任务上限"), 10, "number"),
        Column(_("可评审起始日期"), 16, "date"),
        Column(_("可评审截止日期"), 16, "date"),
    ]
    lines = (
        (
            number,
            row.judge.name,
            row.judge.employer,
            row.judge.job_title,
            "、".join(names[item] for item in row.judge.expertise if item in names),
            "、".join(item for item in row.judge.expertise if item not in names),
            _answer(row),
            row.live_tasks,
            row.done_tasks,
            row.relations,
            row.judge.most_tasks,
            row.judge.available_from,
            row.judge.available_until,
        )
        for number, row in enumerate(rows, start=1)
    )
    return write_table(columns, lines, name=_("评委"), landscape=True)


def _answer(row: JudgeRow) -> str:
    """The state, with what an invited judge has answered, and why one declined or left."""
    if row.judge.state == "invited" and row.judge.accepted_at:
        return _("已接受，未开通账号")
    if row.judge.state == "invited":
        return _("已发邀请，未答复") if row.invited else _("未邀请")
    word = translate(JUDGE_STATES[row.judge.state])  # type: ignore[index]
    return f"{word}：{row.judge.answer_why}" if row.judge.answer_why else word


def ranking_workbook(
    ranking: Ranking,
    title: str,
    lines: Sequence[NamedLine],
    judges: Sequence[Mapping[str, Any]],
    sheets: Sequence[tuple[str, int, str, float]],
) -> bytes:
    """A ranking, its judges' severities, and the totals behind it, from which it can be computed again."""
    facts = ranking.facts
    columns = [
        Column(_("名次"), 6, "number"),
        Column(_("并列"), 6),
        Column(_("编号"), 20),
        Column(_("作品名称"), 30),
        Column(_("学段"), 8),
        Column(_("学校"), 26),
        Column(_("作者"), 20),
        Column(_("得分"), 8, "number"),
        Column(_("加权平均"), 10, "number"),
        Column(_("平均名次"), 10, "number"),
        Column(_("加性校正"), 10, "number"),
        Column(_("混合模型校正"), 12, "number"),
        Column(_("标准误"), 8, "number"),
        Column(_("入选把握（%）"), 10, "number"),
        Column(_("评阅次数"), 10, "number"),
        Column(_("最高最低差"), 10, "number"),
    ]
    rows = (
        (
            one.line.rank,
            _("并列") if one.line.tied else "",
            one.line.number,
            one.title,
            one.stage,
            one.school,
            one.authors,
            _two(one.line.score),
            _two(one.line.raw),
            one.line.raw_rank,
            _two(one.line.additive),
            _two(one.line.mixed),
            _two(one.line.se),
            None if one.line.p_in_quota is None else round(100 * one.line.p_in_quota, 1),
            one.line.reads,
            _two(one.line.spread),
        )
        for one in lines
    )
    heading = [
        title,
        _("排名方法：%(method)s。%(reason)s", method=translate(SHORT_METHODS[facts["requested"]]), reason=translate(kept(facts["reason"]))),
        _("计算时间 %(at)s，输入指纹 %(digest)s", at=minute(ranking.created_at), digest=ranking.inputs_sha256),
    ]  # fmt: skip
    severity = Table(
        _("评委评分尺度"),
        [
            Column(_("评委"), 14),
            Column(_("评阅"), 8, "number"),
            Column(_("平均分"), 10, "number"),
            Column(_("偏差（加性）"), 14, "number"),
            Column(_("标准误"), 10, "number"),
            Column(_("偏差（混合模型）"), 16, "number"),
            Column(_("标准误"), 10, "number"),
        ],
        [
            (one["name"], one["reads"], *(_two(one[key]) for key in ("mean", "additive", "additive_se", "mixed", "mixed_se")))
            for one in judges
        ],
    )  # fmt: skip
    totals = Table(
        _("评分"),
        [Column(ENTRY, 20), Column(JUDGE, 10, "number"), Column(_("评委"), 14), Column(SCORE, 10, "number")],
        sheets,
    )
    return write_workbook([Table(_("排名"), columns, rows, heading, landscape=True), severity, totals])


def _two(value: object) -> float | None:
    return round(value, 2) if isinstance(value, (int, float)) else None
