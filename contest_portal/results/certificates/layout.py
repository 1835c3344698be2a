"""What stands where on a certificate: texts with fields, pictures, the code to check it by. Lengths are millimetres."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from contest_portal.core.text import N_, Message

LONG_SIDE, SHORT_SIDE = 297.0, 210.0
LEAST_QR, MOST_TEXTS, LONGEST_TEXT = 18.0, 12, 400
NO_ADMISSION = "不作为中小学招生入学依据"
FIELDS = ("姓名", "称呼", "学校", "作品", "奖项", "类别", "辅导教师", "赛事", "日期", "日期汉字", "编号", "颁发单位")
KINDS = ("author", "tutor", "school")
FONTS, ALIGNS = ("song", "hei", "own"), ("left", "center", "right")
EMPHASISED = frozenset({"姓名", "奖项"})
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class TextBox:
    """A text in a box of its own: what does not fit is set smaller. `size` is in points, `colour` #rrggbb."""

    text: str
    left: float
    top: float
    width: float
    height: float
    size: float = 18.0
    font: str = "song"
    align: str = "left"
    is_bold: bool = False
    has_bold_fields: bool = False
    colour: str = "#1f1f1f"


@dataclass(frozen=True)
class PictureBox:
    """Where a square (the code) or a picture of that width stands."""

    left: float
    top: float
    width: float


@dataclass(frozen=True)
class Layout:
    """A whole certificate. `has_border`: lines around it where there is no background picture."""

    is_landscape: bool = True
    has_border: bool = True
    texts: Sequence[TextBox] = field(default_factory=tuple)
    qr: PictureBox = PictureBox(28, 160, 24)
    seal: PictureBox = PictureBox(208, 140, 38)
    signature: PictureBox = PictureBox(160, 150, 36)

    @property
    def width(self) -> float:
        return LONG_SIDE if self.is_landscape else SHORT_SIDE

    @property
    def height(self) -> float:
        return SHORT_SIDE if self.is_landscape else LONG_SIDE

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Layout:
        """The layout that `to_dict` gave."""
        boxes = {name: PictureBox(**values[name]) for name in ("qr", "seal", "signature")}
        texts = tuple(TextBox(**one) for one in values["texts"])
        return cls(is_landscape=values["is_landscape"], has_border=values["has_border"], texts=texts, **boxes)


_WORDS = {
    "author": (
        "获奖证书",
        "{姓名}{称呼}（{学校}）：\n　　作品《{作品}》（{类别}）在{赛事}中荣获{奖项}。特发此证，以资鼓励。\n辅导教师：{辅导教师}",
    ),
    "tutor": (
        "荣誉证书",
        "{姓名}{称呼}（{学校}）：\n　　您辅导的{类别}《{作品}》在{赛事}中荣获{奖项}。特发此证，以资鼓励。",
    ),
    "school": ("荣誉证书", "{姓名}{称呼}：\n　　在{赛事}中荣获{奖项}。特发此证，以资鼓励。"),
}


def default_layout(kind: str, *, is_landscape: bool = True) -> Layout:
    """A certificate that can be printed as it is. `kind` is one of KINDS."""
    title, body = _WORDS[kind]
    wide = is_landscape
    page = Layout(is_landscape=wide)
    width, height = page.width, page.height
    edge, foot = 36.0, height - 66
    texts = (
        TextBox(title, 30, 28 if wide else 46, width - 60, 24, 44, "song", "center", is_bold=True, colour="#a61b1b"),
        TextBox(body, edge, 66 if wide else 92, width - 2 * edge, 70 if wide else 110, 23, has_bold_fields=True),
        TextBox("{颁发单位}\n{日期}", width - edge - 100, foot + 4, 100, 24, 17, "song", "center"),
        TextBox(
            "证书编号：{编号}\n本证书" + NO_ADMISSION + "。扫码可核验真伪。",
            60,
            foot + 36,
            130,
            13,
            10,
            "hei",
            colour="#4b5563",
        ),
    )
    return replace(
        page,
        texts=texts,
        qr=PictureBox(30, foot + 21, 27),
        seal=PictureBox(width - edge - 70, foot - 8, 40),
        signature=PictureBox(width - edge - 145, foot + 4, 40),
    )


def layout_problems(layout: Layout, *, has_own_font: bool) -> list[Message]:
    """Everything that keeps the layout from being used, in words."""
    found: list[Message] = []
    words = "".join(box.text for box in layout.texts)
    for wanted, why in ((NO_ADMISSION, NO_ADMISSION), ("{编号}", "{编号}"), ("{姓名}", "{姓名}")):
        if wanted not in words:
            found.append(Message.of(N_("证书上必须写有「%(words)s」。"), words=why))
    if len(layout.texts) > MOST_TEXTS:
        found.append(Message.of(N_("文字最多 %(limit)s 处。"), limit=MOST_TEXTS))
    for number, box in enumerate(layout.texts, start=1):
        found.extend(_text_problems(layout, number, box, has_own_font=has_own_font))
    for name, place in ((N_("二维码"), layout.qr), (N_("印章"), layout.seal), (N_("签名"), layout.signature)):
        if not _is_inside(layout, place.left, place.top, place.width, place.width if name == "二维码" else 1):
            found.append(Message.of(N_("%(what)s放到了纸的外面。"), what=Message(name)))
    if layout.qr.width < LEAST_QR:
        found.append(Message.of(N_("二维码至少要有 %(limit)s 毫米宽，否则手机扫不出来。"), limit=int(LEAST_QR)))
    return found


def _text_problems(layout: Layout, number: int, box: TextBox, *, has_own_font: bool) -> list[Message]:
    found = []
    if len(box.text) > LONGEST_TEXT:
        found.append(
            Message.of(N_("第 %(number)s 处文字太长，最多 %(limit)s 个字。"), number=number, limit=LONGEST_TEXT)
        )
    for name in _FIELD.findall(box.text):
        if name not in FIELDS:
            found.append(
                Message.of(N_("第 %(number)s 处文字里的「{%(name)s}」不是可以填的内容。"), number=number, name=name)
            )
    if not _is_inside(layout, box.left, box.top, box.width, box.height):
        found.append(Message.of(N_("第 %(number)s 处文字放到了纸的外面。"), number=number))
    if not 6 <= box.size <= 96:
        found.append(Message.of(N_("第 %(number)s 处文字的字号要在 6 到 96 之间。"), number=number))
    if box.font not in FONTS or box.align not in ALIGNS or not re.fullmatch(r"#[0-9a-fA-F]{6}", box.colour):
        found.append(Message.of(N_("第 %(number)s 处文字的字体、对齐或颜色不对。"), number=number))
    if box.font == "own" and not has_own_font:
        found.append(Message.of(N_("第 %(number)s 处文字要用自备字体，但还没有上传字体文件。"), number=number))
    return found


def _is_inside(layout: Layout, left: float, top: float, width: float, height: float) -> bool:
    fits = left >= 0 and top >= 0 and left + width <= layout.width and top + height <= layout.height
    return fits and width > 0 and height > 0


def runs_of(text: str, values: Mapping[str, str]) -> list[tuple[str, bool]]:
    """The text with its fields filled, in pieces of (words, whether they are a field to be emphasised).

    A line whose fields are all empty is left out: no 「辅导教师：」 with nothing behind it.
    """
    lines = []
    for line in text.splitlines():
        names = _FIELD.findall(line)
        if names and not any(values.get(name, "").strip() for name in names):
            continue
        pieces = _FIELD.split(line)  # text, name, text, name, …
        lines.append(
            [
                (values.get(piece, "") if odd % 2 else piece, odd % 2 == 1 and piece in EMPHASISED)
                for odd, piece in enumerate(pieces)
            ]
        )
    runs: list[tuple[str, bool]] = []
    for number, line_runs in enumerate(lines):
        runs.extend([*([("\n", False)] if number else []), *(run for run in line_runs if run[0])])
    return runs


def letters_of(layout: Layout, values: Mapping[str, str]) -> str:
    """All that the certificate writes, to see whether the fonts have it."""
    return "".join(words for box in layout.texts for words, _bold in runs_of(box.text, values))


def in_chinese(year: int, month: int, day: int) -> str:
    """A day as certificates write it: 二〇一八年五月二十日."""
    digits = "〇一二三四五六七八九"

    def small(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if not tens else ("十" if tens == 1 else digits[tens] + "十")) + (digits[ones] if ones else "")

    return f"{''.join(digits[int(one)] for one in str(year))}年{small(month)}月{small(day)}日"
