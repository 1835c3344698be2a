"""The call's own papers: its text, the notice as a PDF, blank forms to fill in. Pure but for the printing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from contest_portal.contests.call_text import blocks_of
from contest_portal.core.pdf import render_pdf

OFFICE = "甘州区科学技术协会"
STATEMENT = (
    "本人保证申报材料真实、准确，项目由作者独立完成，没有抄袭或由他人代做；同意主办单位在公示和展览中使用作品名称和简介。"
    "了解本次活动自愿参加，不收取任何费用，结果不作为中小学招生入学依据。"
)
"""What every form makes people sign."""

TEMPLATES = Path(__file__).parent / "templates" / "demo"

CALL_TITLE = "关于举办2018年甘州区青少年科技创新大赛的通知"
CALL_TEXT = """各中小学校、中等职业学校：
为激发青少年的科学兴趣和创新精神，培养动手实践能力，选拔优秀作品参加张掖市第九届青少年科技创新大赛，经研究，决定举办2018年甘州区青少年科技创新大赛。现将有关事项通知如下。
一、参赛对象
全区中小学、中等职业学校在校学生和科技辅导员。
二、竞赛内容
1. 学生科技创新成果竞赛项目：个人项目或不超过3人的集体项目，坚持自己选题、自己设计和研究、自己制作和撰写。
2. 科幻画作品：5至14周岁学生，每件作品1名作者，画幅为4开（54厘米×38厘米）。
3. 实践活动方案：以小组、班级、社团等群体的名义申报。
4. 青少年科学DV作品：片长3至8分钟，作者不超过3人。
5. 科技辅导员方案、科技辅导员创新项目：每名教师两类合计限报1项。
三、申报办法
1. 由学校在网上统一申报。3月19日起受理，5月15日24时截止，逾期不再受理，不提供补报。
2. 每校成果竞赛项目、科幻画作品各限6件（特色学校各12件），请学校先行组织评选。
3. 未满14周岁的学生参赛，须由监护人签署同意书。
四、审核和评审
科协审核申报材料，对材料不全的退回修改。评审实行匿名，每件作品由3名评委独立评分。
五、结果
推荐名单经公示无异议后上报张掖市科协。参赛自愿，不收取任何费用，结果不作为中小学招生入学依据。
联系电话：0936-0000000"""
WHO_MAY_ENTER = "全区小学、初中、高中（含中职）在校学生；中小学科技辅导员。"

MAKER_TITLE = "关于举办2018年甘州区青少年创客创意大赛的通知"
MAKER_TEXT = """各中小学校：
为参加全省第二届青少年创客创意大赛，现征集青少年创客创意作品，有关事项通知如下。
一、作品
1. 实物作品：用开源硬件、三维打印、激光切割等方法制作，须附演示视频。
2. 创意绘画：用画面表达一个能够实现的创意。
二、申报
每件作品作者不超过3人。4月9日起在网上申报，5月18日24时截止。
三、其他
参赛自愿，不收取任何费用。"""
MAKER_WHO = "全区中小学在校学生。"


def notice(title: str, text: str, number: str, day: date) -> bytes:
    """The call as offices print it."""
    blocks = [{"kind": block.kind, "text": block.text} for block in blocks_of(text)]
    on = f"{day.year}年{day.month}月{day.day}日"
    return render_pdf(
        TEMPLATES / "notice.typ", {"title": title, "office": OFFICE, "number": number, "lines": blocks, "day": on}
    )


def blank_form(title: str, labels: list[tuple[str, bool]], parts: list[tuple[str, float]]) -> bytes:
    """A form to fill in by hand. `labels` say whether they take a whole row; `parts` are boxes of so many centimetres."""
    return render_pdf(
        TEMPLATES / "blank_form.typ",
        {
            "title": title,
            "below": "2018 年版",
            "office": OFFICE,
            "labels": [list(label) for label in labels],
            "parts": [list(part) for part in parts],
            "promise": STATEMENT,
        },
    )
