"""Printed sheets, read back by another library than the one that made them."""

from __future__ import annotations

import io
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from contest_portal.core import pdf
from contest_portal.core.pdf import FontMissingError, TemplateError, render_pdf, render_pdf_source, require_chinese_font
from contest_portal.core.qr import qr_svg

SHEET = """
#import "/core/templates/core/base.typ": *
#show: sheet.with(title: data.title, running: "甘州区科学技术协会")
#sheet-title(data.title)
#facts((("作者", data.author), ("说明", data.story, true)))
#paragraphs(data.story)
#listing(("序号", "姓名"), data.rows, widths: (auto, 1fr))
#seal-place("学校")
#if "qr" in data { qr(data.qr, below: "查验") }
"""


def sheet(**values: Any) -> bytes:
    return render_pdf_source(
        SHEET, {"title": "火星医院", "author": "张晓明", "story": "一段说明。", "rows": [], **values}
    )


def text_of(content: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)).replace("\r\n", "")


def test_chinese_text_can_be_read_back() -> None:
    text = text_of(sheet(story="祁连山下的节水滴灌。"))
    for words in ("火星医院", "张晓明", "祁连山下的节水滴灌。", "学校（盖章）", "第 1 页，共 1 页"):
        assert words in text


@pytest.mark.parametrize(
    "title",
    [
        '#panic("x")',
        '$x^2$ 与 #read("/etc/passwd")',
        "*粗*_斜_`码`",
        "<a> @b \\u{41} // 注",
        "= 标题",
        '"); #panic("',
        "]",
    ],
)
def test_what_people_typed_is_never_source(title: str) -> None:
    assert title.replace(" ", "") in text_of(sheet(title=title, story=title)).replace(" ", "")


def test_equal_data_gives_equal_bytes() -> None:
    assert sheet(title="甲") == sheet(title="甲")
    assert sheet(title="甲") != sheet(title="乙")


def test_a_long_list_runs_over_pages_with_its_head_and_the_pages_are_counted() -> None:
    document = PdfReader(io.BytesIO(sheet(rows=[[n, f"学生{n}"] for n in range(120)])))
    assert len(document.pages) == 4
    second = document.pages[1].extract_text().replace(" ", "")
    assert "第2页，共4页" in second
    assert "序号" in second
    assert {round(float(side)) for side in document.pages[0].mediabox[2:]} == {595, 842}  # A4 in points, ISO 216


def test_a_code_in_the_sheet_leaves_ink() -> None:
    def ink(content: bytes) -> int:
        page = pypdfium2.PdfDocument(content)[0].render(scale=1, grayscale=True).to_pil()
        return sum(page.histogram()[:64])

    assert ink(sheet(qr=qr_svg("http://127.0.0.1:8000/i/0001"))) > ink(sheet()) + 1000


def test_codes_are_square_and_differ() -> None:
    assert qr_svg("甲") != qr_svg("乙")
    assert qr_svg("甲").startswith("<svg")


def test_several_threads_print_their_own_sheet() -> None:
    names = [f"学生{letter}" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"]
    with ThreadPoolExecutor(8) as pool:
        sheets = list(pool.map(lambda name: sheet(author=name), names))
    assert all(name in text_of(content) for name, content in zip(names, sheets, strict=True))


def test_a_missing_template_and_a_missing_value_are_named() -> None:
    with pytest.raises(TemplateError, match=r"core/nothing\.typ"):
        render_pdf("core/nothing.typ", {})
    with pytest.raises(TemplateError, match="title"):
        render_pdf_source(SHEET, {})


def test_without_a_chinese_font_the_start_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    require_chinese_font()
    pdf._fonts.cache_clear()
    monkeypatch.setattr(pdf, "CHINESE_FONT", "Nowhere CJK")
    with pytest.raises(FontMissingError) as caught:
        require_chinese_font()
    assert "fonts-noto-cjk" in str(caught.value)
    assert sys.executable in str(caught.value)
