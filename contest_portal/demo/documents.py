"""Papers of the demo's works as PDF: real Chinese text, tables and charts, different for every number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from contest_portal.core.pdf import render_pdf
from contest_portal.demo import prose
from contest_portal.demo.call_papers import STATEMENT

REPORT = Path(__file__).parent / "templates" / "demo" / "report.typ"
APPLICATION = Path(__file__).parent / "templates" / "demo" / "application.typ"

Part = dict[str, Any]

COPIED_SECTIONS = (1, 4)
"""Of a research report: the method and the conclusions, about a third of it."""


def make_report(seed: int, kind: str, title: str, subject: str = "", *, copied: int | None = None) -> bytes:
    """A PDF of one to five pages about `subject` (the title when empty); it names no person, school or district.

    `kind`: research 研究报告, novelty 查新报告, log 研究日志, activity 活动报告, plan 方案, description 项目说明, material 原始材料,
    integrity 诚信自查书, drawing 图纸, certificate 证明. `copied`: the number of another research report, of which this one says
    a third as if it had been done with `subject`.
    """
    name, make = _KINDS[kind]
    rng = Random(f"report {kind} {seed}")  # noqa: S311  prose, no secret
    paper = make(rng, subject or title)
    if copied is not None:
        theirs = make(Random(f"report {kind} {copied}"), subject or title)  # noqa: S311  prose, no secret
        for place in COPIED_SECTIONS:
            paper["sections"][place] = theirs["sections"][place]
    return render_pdf(
        REPORT,
        {
            "title": title,
            "kind": name,
            "tone": rng.randrange(5),
            "abstract": paper.pop("abstract", ""),
            "keywords": paper.pop("keywords", []),
            **paper,
        },
    )


def make_application(
    seed: int,
    title: str,
    facts: Sequence[tuple[str, str]],
    *,
    summary: str = "",
    code: str = "",
    subject: str = "",
    heading: str = "青少年科技创新大赛申报书",
    below: str = "",
    signed_on: date = date(2018, 4, 10),
) -> bytes:
    """A signed and stamped application form, as if scanned: a PDF of one page or two.

    `facts` are label and value; the title and `summary` come with them, and how the work came about where `code`, its
    category, is one of a work about `subject`. The seal says that it is a sample.
    """
    rng = Random(f"application {seed}")  # noqa: S311  a signature for show
    why, how = _CAME_ABOUT.get(code, ((), ()))
    told = [
        [head, "".join(prose.sentences(rng, stock, subject, 4))]
        for head, stock in (("选题由来", why), ("主要过程", how))
        if stock
    ]
    wide = [[label, value, True] if len(value) > 14 else [label, value] for label, value in facts]
    return render_pdf(
        APPLICATION,
        {
            "title": title,
            "heading": heading,
            "below": below,
            "facts": [["作品名称", title, True], *wide],
            "parts": [*told[:1], ["作品简介", summary or "见附件。"], *told[1:], ["申报者承诺", STATEMENT]],
            "signed_on": f"{signed_on.year} 年 {signed_on.month} 月 {signed_on.day} 日",
            "seal_label": "所在学校意见：同意申报。（盖章）",
            "seal": ["演示用章", "样章无效"],
            "turn": rng.uniform(-16, 16),
            "crooked": rng.uniform(-0.5, 0.5),
            "paper": rng.choice(("#fdfcf8", "#fbfaf5", "#fcfcfa", "#f8f6f0")),
            "signature": _signature(rng),
        },
    )


_CAME_ABOUT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "CG": ((*prose.BACKGROUND, *prose.FEELINGS), (*prose.METHODS, *prose.RESULTS)),
    "SJ": ((*prose.BACKGROUND, *prose.GOALS), (*prose.STEPS, *prose.RESULTS)),
    "DV": ((*prose.BACKGROUND, *prose.OPENINGS), (*prose.FEELINGS, *prose.LOG)),
    "FA": ((*prose.BACKGROUND, *prose.GOALS), (*prose.GUIDANCE, *prose.STEPS)),
    "FX": ((*prose.DESIGN_PROBLEM, *prose.FEELINGS, *prose.GOALS), (*prose.DESIGN_BUILD, *prose.DESIGN_BETTER)),
    "CK": ((*prose.DESIGN_PROBLEM, *prose.FEELINGS, *prose.LOG), (*prose.DESIGN_BUILD, *prose.DESIGN_BETTER)),
}

# --- Kinds of paper ---------------------------------------------------------------------------------------------------


def _research(rng: Random, subject: str) -> dict[str, Any]:
    said = _spoken_once(rng, prose.RESULTS)
    concluded = _spoken_once(rng, prose.CONCLUSIONS)
    return {
        "abstract": "".join(
            [
                *prose.sentences(rng, prose.OPENINGS, subject, 1),
                *prose.sentences(rng, said[:1], subject, 1),
                *prose.sentences(rng, concluded[:2], subject, 2),
            ]
        ),
        "keywords": [subject, *rng.sample(["绿洲农业", "对比实验", "节水", "干旱区", "数据分析", "科学探究"], 3)],
        "sections": [
            _section("一、问题的提出", [_texts(rng, prose.BACKGROUND, subject, 5)]),
            _section("二、材料与方法", [_texts(rng, prose.METHODS, subject, 6)]),
            _section(
                "三、结果与分析",
                [
                    _texts(rng, said[1:4], subject, 3),
                    _table(rng, subject),
                    _texts(rng, said[4:7], subject, 3),
                    _bars(rng, subject),
                    _texts(rng, said[7:], subject, 3),
                    _curve(rng, subject),
                ],
            ),
            _section("四、研究中的问题与改进", [_texts(rng, prose.LOG[3:], subject, 3)]),
            _section("五、结论与建议", [_texts(rng, concluded[2:], subject, 5)]),
            _section("六、收获与体会", [_texts(rng, prose.FEELINGS, subject, 3)]),
        ],
    }


def _novelty(rng: Random, subject: str) -> dict[str, Any]:
    rows = [
        [n + 1, f"{rng.choice(_PAPERS)}（{rng.randint(2006, 2017)} 年）", f"{rng.randint(2, 38)}%"]
        for n in range(rng.randint(4, 8))
    ]
    return {
        "sections": [
            _section(
                "一、查新目的",
                [
                    _text(
                        [
                            *prose.sentences(rng, prose.AIMS, subject, 1),
                            *prose.sentences(rng, (*prose.BACKGROUND, *prose.FEELINGS), subject, 3),
                        ]
                    )
                ],
            ),
            _section("二、检索过程", [_texts(rng, prose.SEARCHED, subject, 2)]),
            _section(
                "三、检索结果",
                [
                    _texts(rng, prose.FOUND, subject, 3),
                    {
                        "type": "table",
                        "heads": ["序号", "文献类别", "内容相近程度"],
                        "rows": rows,
                        "caption": "密切相关文献一览",
                    },
                ],
            ),
            _section(
                "四、查新结论",
                [
                    _texts(rng, prose.JUDGED_NEW, subject, 1),
                    _texts(rng, (*prose.CONCLUSIONS, *prose.RESULTS), subject, 5),
                ],
            ),
        ]
    }


def _activity(rng: Random, subject: str) -> dict[str, Any]:
    return {
        "abstract": "".join(prose.sentences(rng, prose.BACKGROUND, subject, 2)),
        "sections": [
            _section("一、活动背景", [_texts(rng, prose.BACKGROUND, subject, 4)]),
            _section("二、活动目标", [_items(rng, prose.GOALS, subject, 3)]),
            _section("三、活动过程", [_texts(rng, prose.STEPS, subject, 4), _table(rng, subject)]),
            _section(
                "四、数据与发现", [_texts(rng, prose.RESULTS, subject, 4), _bars(rng, subject), _curve(rng, subject)]
            ),
            _section("五、活动成效", [_texts(rng, prose.CONCLUSIONS, subject, 4)]),
            _section("六、感受", [_texts(rng, prose.FEELINGS, subject, 4)]),
        ],
    }


def _plan(rng: Random, subject: str) -> dict[str, Any]:
    return {
        "sections": [
            _section("一、背景与依据", [_texts(rng, prose.BACKGROUND, subject, 5)]),
            _section(
                "二、目标与准备",
                [_items(rng, (*rng.sample(prose.GOALS, 3), *rng.sample(prose.GUIDANCE, 4)), subject, 7)],
            ),
            _section("三、活动步骤", [_texts(rng, prose.STEPS, subject, 5), _timetable(rng, subject)]),
            _section("四、预期效果", [_texts(rng, prose.CONCLUSIONS, subject, 4)]),
            _section("五、试行情况", [_texts(rng, prose.RESULTS, subject, 3), _bars(rng, subject)]),
        ]
    }


def _description(rng: Random, subject: str) -> dict[str, Any]:
    return {
        "sections": [
            _section(
                "一、问题与思路",
                [_texts(rng, prose.DESIGN_PROBLEM, subject, 1), _texts(rng, prose.FEELINGS, subject, 2)],
            ),
            _section("二、结构与原理", [_texts(rng, prose.DESIGN_BUILD, subject, 3), _parts_list(rng)]),
            _section("三、改进点", [_items(rng, prose.DESIGN_BETTER, subject, 3)]),
            _section("四、用途与试用效果", [_texts(rng, prose.DESIGN_USE, subject, 2), _bars(rng, subject)]),
        ]
    }


def _log(rng: Random, subject: str) -> dict[str, Any]:
    day, sections = date(2017, rng.randint(3, 9), rng.randint(1, 28)), []
    for _ in range(rng.randint(12, 18)):
        sections.append(
            _section(f"{day.year} 年 {day.month} 月 {day.day} 日", [_texts(rng, prose.LOG, subject, rng.randint(2, 4))])
        )
        day += timedelta(days=rng.randint(2, 6))
    return {"sections": sections}


def _material(rng: Random, subject: str) -> dict[str, Any]:
    days = [f"第 {n} 天" for n in range(1, 31)]
    rows = [[day, *(f"{rng.uniform(2, 30):.1f}" for _ in range(5))] for day in days]
    return {
        "sections": [
            _section(
                "一、观察记录表",
                [
                    {
                        "type": "table",
                        "heads": ["日期", *_groups(subject)],
                        "rows": rows,
                        "caption": f"{subject}观察原始数据",
                    }
                ],
            ),
            _section("二、访谈摘记", [_texts(rng, prose.LOG, subject, 5)]),
            _section("三、小组小结", [_texts(rng, prose.FEELINGS, subject, 3)]),
        ]
    }


def _integrity(rng: Random, subject: str) -> dict[str, Any]:
    table = _checked("属实")
    return {"sections": [_section(f"关于「{subject}」的自查", [table, _texts(rng, prose.FEELINGS, subject, 2)])]}


def blank_integrity() -> bytes:
    """The sheet of self-examination before anybody filled it in, as the office hands it out."""
    paper = {"tone": 0, "abstract": "", "keywords": [], "sections": [_section("自查", [_checked("")])]}
    return render_pdf(REPORT, {"title": "诚信自查书", "kind": "空白表", **paper})


def _checked(answer: str) -> Part:
    return {
        "type": "table",
        "heads": ["序号", "自查内容", "结果"],
        "rows": [[n, promise, answer] for n, promise in enumerate(_PROMISES, 1)],
        "caption": "自查一览",
        "widths": [1, 6, 1],
    }


_PROMISES = (
    "选题由作者在学习和生活中自己发现并提出。",
    "研究方案由作者自己设计，辅导教师只作方法上的指导。",
    "实验、观测和制作由作者完成，原始记录齐全，可以随时查验。",
    "报告由作者撰写，引用的内容均已注明出处。",
    "没有侵犯他人的知识产权，没有参加过同级同类竞赛获奖后重复申报。",
    "如有不实，愿意承担取消资格的后果。",
)


def _drawing(rng: Random, subject: str) -> dict[str, Any]:
    return {
        "sections": [
            _section("一、部件清单", [_parts_list(rng)]),
            _section(
                "二、尺寸与说明",
                [
                    _texts(rng, prose.DESIGN_BUILD, subject, 3),
                    _bars(rng, subject),
                    _texts(rng, prose.RESULTS, subject, 2),
                ],
            ),
        ]
    }


def _certificate(rng: Random, subject: str) -> dict[str, Any]:
    said = prose.sentences(rng, prose.ORIGINS, subject, 1)
    return {"sections": [_section("样本来源说明", [_text(said), _texts(rng, prose.LOG, subject, 4)])]}


_KINDS: dict[str, tuple[str, Callable[[Random, str], dict[str, Any]]]] = {
    "research": ("研究报告", _research),
    "novelty": ("查新报告", _novelty),
    "log": ("研究日志", _log),
    "activity": ("活动报告", _activity),
    "plan": ("活动方案", _plan),
    "description": ("项目说明", _description),
    "material": ("原始材料", _material),
    "integrity": ("诚信自查书", _integrity),
    "drawing": ("图纸说明", _drawing),
    "certificate": ("证明", _certificate),
}

REPORT_KINDS = tuple(_KINDS)

# --- Parts of a paper -------------------------------------------------------------------------------------------------

_GROUPS = (
    ("对照组", "处理一", "处理二", "处理三", "处理四"),
    ("清水组", "低量组", "中量组", "高量组", "加倍组"),
    ("一号盆", "二号盆", "三号盆", "四号盆", "五号盆"),
    ("东边", "南边", "西边", "北边", "中间"),
    ("样点甲", "样点乙", "样点丙", "样点丁", "样点戊"),
    ("甲班", "乙班", "丙班", "丁班", "戊班"),
    ("第一次", "第二次", "第三次", "第四次", "第五次"),
)
_PAPERS = ("期刊论文", "学位论文", "会议论文", "实用新型专利", "往届学生作品", "科普文章")
_PARTS = ("底座", "支架", "电源", "开关", "传感器", "显示屏", "水泵", "导管", "电机", "外壳", "磁铁", "刻度盘")


def _groups(subject: str) -> tuple[str, ...]:
    """What is compared, called the same throughout a paper."""
    return Random(f"groups {subject}").choice(_GROUPS)  # noqa: S311  prose, no secret


def _spoken_once(rng: Random, stock: tuple[str, ...]) -> tuple[str, ...]:
    """The stock in another order, to be dealt out in slices so that no paper says a thing twice."""
    return tuple(rng.sample(stock, len(stock)))


def _section(head: str, parts: list[Part]) -> dict[str, Any]:
    return {"head": head, "parts": parts}


def _text(lines: list[str]) -> Part:
    return {"type": "text", "text": "\n".join(lines)}


def _texts(rng: Random, stock: tuple[str, ...], subject: str, count: int) -> Part:
    """Sentences gathered into paragraphs of two or three."""
    lines = prose.sentences(rng, stock, subject, count)
    return _text(["".join(lines[at : at + 3]) for at in range(0, len(lines), 3)])


def _items(rng: Random, stock: tuple[str, ...], subject: str, count: int) -> Part:
    lines = prose.sentences(rng, stock, subject, count)
    return {"type": "items", "items": [f"（{n}）{line}" for n, line in enumerate(lines, 1)]}


def _table(rng: Random, subject: str) -> Part:
    start = rng.uniform(3, 12)
    rows = [
        [f"第 {week} 周", *(f"{start * (1 + week * rng.uniform(0.1, 0.4) * (1 + n / 5)):.1f}" for n in range(5))]
        for week in range(1, rng.randint(6, 9))
    ]
    return {
        "type": "table",
        "heads": ["时间", *_groups(subject)],
        "rows": rows,
        "caption": prose.filled(rng, prose.MEASURED, subject),
    }


def _bars(rng: Random, subject: str) -> Part:
    labels = list(_groups(subject))
    values = [[round(rng.uniform(20, 95), 1)] for _ in labels]
    return {"type": "bars", "labels": labels, "values": values, "caption": prose.filled(rng, prose.COMPARED, subject)}


def _curve(rng: Random, subject: str) -> Part:
    top, speed = rng.uniform(20, 90), rng.uniform(0.25, 0.7)
    values = [[round(top * (1 - math.exp(-speed * n)) * rng.uniform(0.94, 1.06), 1)] for n in range(10)]
    step = rng.randint(2, 9)
    labels = [f"{n * step + 1} 天" for n in range(10)]
    return {"type": "curve", "labels": labels, "values": values, "caption": prose.filled(rng, prose.CHANGED, subject)}


def _timetable(rng: Random, subject: str) -> Part:
    stages = sorted(rng.sample(range(len(_STAGES)), rng.randint(6, 8)))
    rows = [
        [f"第 {n} 周", prose.filled(rng, _STAGES[stage], subject), f"{rng.randint(1, 3)} 课时"]
        for n, stage in enumerate(stages, 1)
    ]
    return {
        "type": "table",
        "heads": ["时间", "内容", "安排"],
        "rows": rows,
        "caption": f"{subject}活动进度",
        "widths": [1, 3, 1],
    }


_STAGES = (
    "[启动与分组|成立小队|招募组员]",
    "[查阅资料、制订计划|认领问题|走进图书馆]",
    "[实地考察|看一看{s}|走访农户]",
    "[请人来讲|观看影片|认识工具]",
    "[对比实验|动手做|小组试验]",
    "[整理数据|画图表|核对记录]",
    "[撰写小报告|写观察日记|编小册子]",
    "[中期交流|互相提问|补做实验]",
    "[交流与展示|办展板|报告会]",
    "[总结与评价|评选小能手|写给家长的信]",
)


def _parts_list(rng: Random) -> Part:
    rows = [
        [n, part, f"{rng.randint(2, 30)}×{rng.randint(2, 30)} 厘米", rng.randint(1, 6), f"{rng.uniform(1, 28):.1f} 元"]
        for n, part in enumerate(rng.sample(_PARTS, rng.randint(6, 9)), 1)
    ]
    return {"type": "table", "heads": ["序号", "部件", "尺寸", "数量", "单价"], "rows": rows, "caption": "部件一览"}


def _signature(rng: Random) -> list[list[list[float]]]:
    """Three or four loops of ink: points in centimetres, every second one a bend."""
    strokes, left = [], 0.1
    for _ in range(rng.randint(3, 4)):
        points = [[left + rng.uniform(0, 0.25), rng.uniform(0.1, 0.7)]]
        for _ in range(rng.randint(3, 5) * 2):
            points.append([left + rng.uniform(0, 0.8), rng.uniform(0.02, 0.85)])
        strokes.append([[round(x, 3), round(y, 3)] for x, y in points])
        left += rng.uniform(0.6, 0.8)
    return strokes
