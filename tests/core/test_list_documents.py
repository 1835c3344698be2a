"""A list for people: page, PDF and workbook say the same, each read back by another library than made it."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pypdfium2
from flask import Flask, render_template_string

from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, list_pdf, list_workbook

COLUMNS = [
    ListColumn("序号", 3, is_number=True),
    ListColumn("姓名", 8),
    ListColumn("学校", 12),
    ListColumn("作品名称", 24),
    ListColumn("等级", 5, "center"),
]
ROWS = [
    [1, "张晓明、李小红", "西关小学", "#火星医院$@=1+1", "一等奖"],
    [2, "王海", "南关学校", None, "二等奖"],
]
DOCUMENT = ListDocument(
    title="甘州区获奖名单",
    subtitle="第 2 版",
    sections=[ListSection("科幻画", COLUMNS, ROWS, note="共 2 件"), ListSection("实践活动", COLUMNS, [])],
    notes=["现将名单公布如下。"],
    seal="甘州区科学技术协会",
    day="2018 年 11 月 5 日",
    digest="0123456789abcdef" * 4,
)


def pages_of(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_range().replace("\r\n", "") for page in pypdfium2.PdfDocument(content)]


def size_of(content: bytes) -> tuple[float, float]:
    width, height = pypdfium2.PdfDocument(content)[0].get_size()
    return round(width), round(height)


def test_the_pdf_says_title_lines_seal_and_the_whole_digest(app: Flask) -> None:
    with app.test_request_context():
        text = "".join(pages_of(list_pdf(DOCUMENT)))
    for words in (
        "甘州区获奖名单",
        "第 2 版",
        "张晓明、李小红",
        "#火星医院$@=1+1",
        "共 2 件",
        "甘州区科学技术协会（盖章）",
        DOCUMENT.digest,
    ):
        # Print sets a thin space between Chinese and Latin letters, which reads back as a space.
        assert words.replace(" ", "") in text.replace(" ", "")


def test_the_head_of_the_table_and_the_digest_come_on_every_page(app: Flask) -> None:
    many = replace(
        DOCUMENT, sections=[ListSection("科幻画", COLUMNS, [[i, "甲", "乙", "丙", "丁"] for i in range(1, 101)])]
    )
    with app.test_request_context():
        pages = pages_of(list_pdf(many))
    assert len(pages) == 3
    assert all("序号" in page and "0123456789abcdef…" in page for page in pages)
    assert "第 3 页，共 3 页" in pages[2]


def test_a_list_wider_than_the_sheet_is_printed_sideways(app: Flask) -> None:
    wide = replace(DOCUMENT, sections=[ListSection("成果", [ListColumn("说明", 57)], [["字"]])])
    with app.test_request_context():
        assert size_of(list_pdf(DOCUMENT)) == (595, 842)
        assert size_of(list_pdf(wide)) == (842, 595)
        assert size_of(list_pdf(replace(wide, landscape=False))) == (595, 842)


def test_equal_lists_give_equal_bytes(app: Flask) -> None:
    with app.test_request_context():
        assert list_pdf(DOCUMENT) == list_pdf(replace(DOCUMENT))


def test_the_workbook_has_a_sheet_a_section_with_frozen_head_print_title_and_texts_that_stay_texts(app: Flask) -> None:
    with app.test_request_context():
        book = openpyxl.load_workbook(io.BytesIO(list_workbook(DOCUMENT)))
    assert book.sheetnames == ["科幻画", "实践活动"]
    sheet = book["科幻画"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = values.index(["序号", "姓名", "学校", "作品名称", "等级"])
    assert values[head + 1] == [1, "张晓明、李小红", "西关小学", "#火星医院$@=1+1", "一等奖"]
    assert values[head + 2][2:4] == ["南关学校", None]
    assert sheet.freeze_panes == f"A{head + 2}"
    assert sheet.print_title_rows == f"${head + 1}:${head + 1}"
    foot = [row[0] for row in values[head + 3 :] if row[0]]
    assert "甘州区科学技术协会（盖章）　2018 年 11 月 5 日" in foot
    assert any(DOCUMENT.digest in line for line in foot)


def test_the_page_shows_the_same_lines_and_escapes_them(app: Flask) -> None:
    shown = replace(DOCUMENT, sections=[ListSection("科幻画", COLUMNS, [[1, "<b>", "西关小学", "火星", 92.5]])])
    with app.test_request_context():
        page = render_template_string(
            '{% from "core/_list_document.html" import list_document %}{{ list_document(document) }}', document=shown
        )
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "92.5<" in page
    assert page.index("序号") < page.index("姓名") < page.index("学校")


def test_a_number_never_runs_into_the_next_column(app: Flask) -> None:
    columns = [ListColumn("电话", 1), *(ListColumn(f"栏{i}", 8) for i in range(20)), ListColumn("末", 2)]
    rows = [["13800001111@990000", *["一段会换行的文字"] * 20, "完"]]
    with app.test_request_context():
        page = pypdfium2.PdfDocument(list_pdf(replace(DOCUMENT, sections=[ListSection("成果", columns, rows)])))[0]
    text = page.get_textpage()
    place = text.get_text_range().index("13800001111")
    right = max(text.get_charbox(i)[2] for i in range(place, place + len("13800001111@990000")))
    neighbour = text.search("一段").get_next()
    assert neighbour is not None
    assert right < text.get_charbox(neighbour[0])[0]


def test_a_seal_never_stands_alone_on_a_page_behind_a_short_table(app: Flask) -> None:
    """Whatever the length of what stands above: the last line of the last table is on the page of the seal."""
    last = ListSection("各年度数字", [ListColumn("项目", 12), ListColumn("2018", 5)], [["征集", 5], ["末行", 7]])
    with app.test_request_context():
        for lines in range(24, 34):
            above = ListSection("类别", [ListColumn("类别", 14)], [[f"第{line}类"] for line in range(lines)])
            document = replace(DOCUMENT, sections=[above, last], digest="", landscape=False)
            pages = [page.replace(" ", "") for page in pages_of(list_pdf(document))]
            [sealed] = [page for page in pages if "（盖章）" in page]
            assert "末行" in sealed, lines
