"""Tables as people upload and download them: real files of every kind, and the ones that must be refused."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
import xlwt.CompoundDoc
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import PatternFill

from contest_portal.core.spreadsheets import (
    CellMark,
    Column,
    Limits,
    Notes,
    Row,
    SpreadsheetError,
    Table,
    column_letter,
    is_lossy,
    mark_cells,
    read_table,
    read_tables,
    text_of,
    write_csv,
    write_table,
    write_workbook,
)
from contest_portal.core.text import N_, Message

HEADER = ["姓名", "身份证号", "年级"]
PERSON = ["张晓明", "990000200805120014", "四年级"]


def xlsx(rows: list[list[object]], name: str = "学生") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = name
    for row in rows:
        page.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(rows: list[list[object]], name: str = "学生") -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet(name)
    days = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for index, value in enumerate(row):
            if value is not None:
                page.write(number, index, value, days if isinstance(value, date) else xlwt.Style.default_style)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def zipped(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return target.getvalue()


def refusal(data: bytes, filename: str = "名单.xlsx", limits: Limits | None = None) -> SpreadsheetError:
    with pytest.raises(SpreadsheetError) as caught:
        read_tables(data, filename, limits=limits or Limits())
    return caught.value


class TestReading:
    @pytest.mark.parametrize(
        "data",
        [
            xlsx([HEADER, PERSON]),
            xls([HEADER, PERSON]),
            *[
                f"{sign.join(HEADER)}\r\n{sign.join(PERSON)}\r\n".encode(encoding)
                for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16")
                for sign in (",", "\t", ";")
            ],
            "\ufeff姓名,身份证号,年级\n张晓明,990000200805120014,四年级".encode("utf-16-be"),
            "姓名,身份证号,年级\n张晓明,990000200805120014,四年级\n".encode("utf-16-le"),
            'sep=;\n姓名;身份证号;年级\n张晓明;="990000200805120014";四年级\n'.encode(),
        ],
    )
    def test_the_same_table_reads_the_same_from_every_format(self, data: bytes) -> None:
        sheet = read_table(data, "学生.any")
        assert sheet.name == "学生"
        assert [list(row.values) for row in sheet.rows] == [HEADER, PERSON]

    def test_the_content_decides_and_not_the_name(self) -> None:
        assert read_table(xlsx([HEADER]), "学生.csv").rows == read_table(xls([HEADER]), "学生.xlsx").rows

    @pytest.mark.parametrize("make", [xlsx, xls])
    def test_values_keep_their_types(self, make: Callable[[list[list[object]]], bytes]) -> None:
        row = read_table(make([["0012", 3.0, 2.5, date(2008, 5, 12), True, 620702200805120014.0]]), "x").rows[0]
        assert row.values[:5] == ("0012", 3, 2.5, date(2008, 5, 12), True)
        assert [type(value) for value in row.values[:5]] == [str, int, float, date, bool]
        assert [is_lossy(value) for value in row.values] == [False] * 5 + [True]

    def test_a_cell_knows_its_address_and_blank_rows_keep_their_numbers(self) -> None:
        sheet = read_table(xlsx([[None], [None, "甲"], [], [None, None, "乙"]]), "x")
        assert [row.number for row in sheet.rows] == [2, 4]
        assert [(cell.address, cell.text) for cell in sheet.cells()] == [("B2", "甲"), ("C4", "乙")]
        assert str(sheet.cell(sheet.rows[1], 2).place) == "「学生」表第 4 行 C 列"
        assert sheet.rows[0][99] is None

    def test_a_file_on_disk_is_read_too(self, tmp_path: Path) -> None:
        path = tmp_path / "upload"
        path.write_bytes(xlsx([HEADER]))
        assert read_table(path, "学生.xlsx").rows[0].values == tuple(HEADER)

    def test_every_visible_sheet_with_content_is_read_and_hidden_ones_are_not(self) -> None:
        book = openpyxl.Workbook()
        book.active.title = "空"
        book.create_sheet("一班").append(["甲"])
        book.create_sheet("选项").append(["男"])
        book["选项"].sheet_state = "hidden"
        book.create_sheet("二班").append(["乙"])
        target = io.BytesIO()
        book.save(target)
        assert [sheet.name for sheet in read_tables(target.getvalue(), "x")] == ["一班", "二班"]

    def test_quotes_and_line_breaks_stay_inside_their_cell(self) -> None:
        sheet = read_table('名称,说明\n"甲,乙","第一行\n第二行 ""引号"""\n'.encode(), "x.csv")
        assert sheet.rows[1].values == ("甲,乙", '第一行\n第二行 "引号"')

    def test_a_number_written_out_in_exponents_has_lost_digits(self) -> None:
        assert is_lossy("6.20702E+17")
        assert not is_lossy("620702200805120014")
        assert not is_lossy("3E班")


class TestRefusing:
    @pytest.mark.parametrize(
        ("data", "what"),
        [
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF 文档"),
            (b"\n\n%PDF-1.4 after some bytes", "PDF 文档"),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG 图片"),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPG 图片"),
            (b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "网页"),
            ("\ufeff<html><body>表</body></html>".encode(), "网页"),
            (
                b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
                "Excel 2003 XML 表格",
            ),
            (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG 图片"),
            (b"Rar!\x1a\x07\x00", "RAR 压缩包"),
            (b"\x00\x00\x00\x18ftypmp42\x00\x00", "视频或图片"),
            (zipped(word__document_DOT_xml=b"<w/>"), "Word 文档（docx）"),
            (zipped(xl__workbook_DOT_bin=b"\x00"), "Excel 二进制工作簿（xlsb）"),
            (zipped(photo_DOT_jpg=b"\xff"), "ZIP 压缩包"),
        ],
    )
    def test_a_renamed_file_is_called_by_its_real_kind(self, data: bytes, what: str) -> None:
        error = refusal(data)
        assert error.code == "spreadsheets.kind"
        assert f"文件「名单.xlsx」其实是「{what}」" in str(error.message)
        assert "另存为「Excel 工作簿（*.xlsx）」" in str(error.message)

    def test_noise_is_no_table(self) -> None:
        assert refusal(bytes(range(256)) * 8).code == "spreadsheets.kind"

    def test_an_encrypted_workbook_asks_for_its_password_to_be_taken_away(self) -> None:
        container = io.BytesIO()  # Office keeps an encrypted XLSX in an OLE file, as the stream EncryptedPackage
        xlwt.CompoundDoc.XlsDoc().save(container, bytes(5000))
        named = {name: f"{name}\0".encode("utf-16-le") for name in ("Workbook", "EncryptedPackage")}
        old, new = (name.ljust(64, b"\0") + struct.pack("<H", len(name)) for name in named.values())
        assert container.getvalue().count(old) == 1
        error = refusal(container.getvalue().replace(old, new))
        assert error.code == "spreadsheets.encrypted"
        assert "取消打开密码" in str(error.message)

    def test_an_encrypted_old_workbook_too(self) -> None:
        book = xlwt.Workbook()
        book.add_sheet("学生").write(0, 0, "姓名")
        stream = book.get_biff_data()
        (length,) = struct.unpack_from("<H", stream, 2)
        first_record_ends = 4 + length  # BOF; FILEPASS with RC4 follows it
        file_pass = struct.pack("<HH", 0x002F, 54) + struct.pack("<HHH", 1, 1, 1) + b"\x01" * 48
        target = io.BytesIO()
        xlwt.CompoundDoc.XlsDoc().save(target, stream[:first_record_ends] + file_pass + stream[first_record_ends:])
        assert refusal(target.getvalue(), "名单.xls").code == "spreadsheets.encrypted"

    @pytest.mark.parametrize("data", [xlsx([HEADER, PERSON]), xls([HEADER, PERSON])])
    def test_half_a_workbook_is_damaged(self, data: bytes) -> None:
        assert refusal(data[: len(data) // 2]).code == "spreadsheets.corrupt"

    def test_a_workbook_with_broken_content_is_damaged(self) -> None:
        source = zipfile.ZipFile(io.BytesIO(xlsx([HEADER])))
        parts = {name: source.read(name) for name in source.namelist()}
        parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</c>"
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        assert refusal(target.getvalue()).code == "spreadsheets.corrupt"

    @pytest.mark.parametrize("data", [b"", b" \r\n", b",,,\n,,,\n", xlsx([]), xls([[" "]]), xlsx([["  "]])])
    def test_nothing_inside_is_said(self, data: bytes) -> None:
        assert refusal(data).code == "spreadsheets.empty"

    def test_an_entity_bomb_is_not_opened(self) -> None:
        bomb = zipped(xl__workbook_DOT_xml=b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>')
        assert refusal(bomb).code == "spreadsheets.corrupt"

    def test_a_bomb_is_refused_by_what_it_declares(self) -> None:
        bomb = zipped(xl__workbook_DOT_xml=bytes(80 * 2**20))
        assert len(bomb) < 200_000
        assert refusal(bomb).code == "spreadsheets.too_large"

    def test_a_bomb_that_declares_less_is_refused_by_what_it_holds(self) -> None:
        bomb = bytearray(zipped(xl__workbook_DOT_xml=bytes(80 * 2**20)))
        for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            struct.pack_into("<I", bomb, bomb.rindex(signature) + offset, 1000)
        assert zipfile.ZipFile(io.BytesIO(bomb)).infolist()[0].file_size == 1000
        assert refusal(bytes(bomb)).code == "spreadsheets.too_large"

    def test_more_than_the_limits_is_named_with_its_place(self) -> None:
        rows = [["甲"], ["乙"], ["丙"]]
        for data, name in ((xlsx(rows), "学生"), (xls(rows), "学生"), ("甲\n乙\n丙\n".encode(), "名单")):
            error = refusal(data, limits=Limits(rows=2))
            assert error.code == "spreadsheets.too_many_rows"
            assert f"「{name}」表一直到第 3 行都有内容，最多可读 2 行" in str(error.message)
        error = refusal(xlsx([["甲"] * 4]), limits=Limits(columns=3))
        assert "一直到 D 列都有内容，最多可读 3 列" in str(error.message)
        assert refusal(xlsx([HEADER]), limits=Limits(file_bytes=100)).code == "spreadsheets.too_large"
        assert refusal(xlsx([["字" * 90]]), limits=Limits(text_bytes=50)).code == "spreadsheets.too_large"

    def test_a_sheet_formatted_to_its_last_row_is_read_without_its_empty_rows(self, tmp_path: Path) -> None:
        path = tmp_path / "bottom.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            page, yellow = book.add_worksheet("学生"), book.add_format({"bg_color": "#FFFF00"})
            page.write_row(0, 0, HEADER)
            for number in range(1, 1_048_576):
                page.write_blank(number, 0, None, yellow)
        assert [row.values for row in read_table(path, "名单.xlsx").rows] == [tuple(HEADER)]

    def test_an_empty_coloured_cell_in_the_last_corner_does_no_harm(self) -> None:
        book = openpyxl.Workbook()
        book.active.append(HEADER)
        book.active["XFD1048576"].fill = PatternFill("solid", fgColor="FFFFFF00")
        target = io.BytesIO()
        book.save(target)
        assert len(read_table(target.getvalue(), "x").rows) == 1

    def test_a_stray_word_in_the_last_corner_cannot_exhaust_the_memory(self) -> None:
        book = openpyxl.Workbook()
        book.active.append(HEADER)
        book.active["XFD1048576"] = "x"
        target = io.BytesIO()
        book.save(target)
        assert refusal(target.getvalue()).code == "spreadsheets.too_large"

    def test_a_stray_word_in_the_last_row_is_named(self) -> None:
        book = openpyxl.Workbook()
        book.active.append(HEADER)
        book.active["A1048576"] = "x"
        target = io.BytesIO()
        book.save(target)
        assert "一直到第 1048576 行都有内容" in str(refusal(target.getvalue()).message)


class TestWriting:
    def test_what_is_written_is_read_back(self) -> None:
        columns = [
            Column("姓名"),
            Column("人数", kind="number"),
            Column("日期", kind="date"),
            Column("时间", kind="datetime", width=18),
        ]
        moment = datetime.fromisoformat("2018-05-20T14:30")
        data = write_table(columns, [["张晓明", 3, date(2018, 5, 20), moment], [None, 2.5, None, None]], name="表")
        sheet = read_table(data, "x")
        assert [row.values for row in sheet.rows] == [
            ("姓名", "人数", "日期", "时间"),
            ("张晓明", 3, date(2018, 5, 20), moment),
            (None, 2.5),
        ]

    @pytest.mark.parametrize(
        "text", ["=1+1", "+86", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")', "http://example.org"]
    )
    def test_no_text_becomes_a_formula_or_a_link(self, text: str) -> None:
        page = openpyxl.load_workbook(io.BytesIO(write_table([Column("题目")], [[text]]))).active
        assert page["A2"].data_type == "s"
        assert page["A2"].value == text
        assert page["A2"].hyperlink is None

    def test_csv_takes_the_sting_out_of_formulas_and_reads_back_the_same(self) -> None:
        data = write_csv([Column("题目"), Column("数")], [["=1+1", -5], ["\tx", 2], ["平常", None]])
        assert data.startswith(b"\xef\xbb\xbf")
        assert "'=1+1,-5\r\n" in data.decode("utf-8-sig")
        assert read_table(data, "x.csv").rows[1].values == ("=1+1", "-5")

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40), min_size=1, max_size=5
        )
    )
    def test_any_text_survives_the_way_out_and_in(self, texts: list[str]) -> None:
        data = write_table([Column("题目")], [[text] for text in texts])
        wanted = [text.strip() for text in texts if text.strip()]
        assert [row.values[0] for row in read_table(data, "x").rows[1:]] == wanted

    def test_a_sheet_to_fill_in_keeps_digits_as_text_and_offers_its_lists(self) -> None:
        groups = [f"第{number}个很长的民族名称" for number in range(56)]
        columns = [
            Column("身份证号", required=True),
            Column("性别", choices=("男", "女")),
            Column("民族", choices=groups),
        ]
        book = openpyxl.load_workbook(
            io.BytesIO(write_workbook([Table("学生", columns, to_fill_in=True), Notes("填写说明", ["说明", "第一条"])]))
        )
        page = book["学生"]
        assert page.column_dimensions["A"].number_format == "@"
        assert page.freeze_panes == "A2"
        lists = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
        assert lists == {"B2:B1048576": '"男,女"', "C2:C1048576": "_lists!$A$1:$A$56"}
        assert book["_lists"].sheet_state == "hidden"
        assert book["填写说明"]["A2"].value == "第一条"

    def test_heading_and_footing_stand_around_the_table(self) -> None:
        data = write_table(
            [Column("序号", kind="number"), Column("姓名")],
            [[1, "甲"]],
            heading=["获奖名单", "2018年"],
            footing=["（盖章）"],
        )
        sheet = read_table(data, "x")
        assert [(row.number, row.values[0]) for row in sheet.rows] == [
            (1, "获奖名单"),
            (2, "2018年"),
            (3, "序号"),
            (4, 1),
            (6, "（盖章）"),
        ]

    def test_the_same_content_and_time_give_the_same_bytes(self) -> None:
        table, moment = Table("表", [Column("姓名")], [["甲"]]), datetime.fromisoformat("2018-05-20")
        assert write_workbook([table], created_at=moment) == write_workbook([table], created_at=moment)

    def test_a_forbidden_or_doubled_sheet_name_is_mended(self) -> None:
        book = openpyxl.load_workbook(
            io.BytesIO(write_workbook([Notes("a/b:c" + "长" * 40, []), Notes("X", []), Notes("x", [])]))
        )
        assert book.sheetnames == ["a_b_c" + "长" * 26, "X", "x_2"]


class TestMarking:
    MARKS = (
        CellMark("学生", 2, "B", Message.of(N_("身份证号应为 18 位，这里有 %(count)s 位，请核对。"), count=16)),
        CellMark("学生", 2, "", "整行提示", "warning"),
    )

    def test_the_uploaded_workbook_comes_back_with_its_cells_marked(self) -> None:
        book = openpyxl.Workbook()
        book.active.title = "学生"
        book.active.append(HEADER)
        book.active.append(["张晓明", "9900002008051200", "=1+1"])
        book.active.column_dimensions["B"].width = 33
        book.create_sheet("别的")["A1"] = "留着"
        source = io.BytesIO()
        book.save(source)
        marked = openpyxl.load_workbook(io.BytesIO(mark_cells(source.getvalue(), "名单.xlsx", self.MARKS)))
        page = marked["学生"]
        assert page["B2"].comment.text == "身份证号应为 18 位，这里有 16 位，请核对。"
        assert page["B2"].fill.fgColor.rgb == "FFF4B6B6"
        assert page["A2"].comment.text == "整行提示"
        assert page["A2"].fill.fgColor.rgb == "FFFFEFB0"
        assert (page["C2"].value, page.column_dimensions["B"].width, marked["别的"]["A1"].value) == ("=1+1", 33, "留着")
        assert [cell.value for cell in marked["问题清单"][2]] == [
            "学生",
            "B2",
            "身份证号应为 18 位，这里有 16 位，请核对。",
        ]

    def test_a_mended_cell_loses_its_mark_at_the_next_marking(self) -> None:
        once = mark_cells(xlsx([HEADER, PERSON]), "x", self.MARKS)
        twice = openpyxl.load_workbook(io.BytesIO(mark_cells(once, "x", self.MARKS[:1])))
        assert twice["学生"]["A2"].comment is None
        assert twice["学生"]["A2"].fill.fill_type is None
        assert twice["学生"]["B2"].comment is not None
        assert twice.sheetnames == ["学生", "问题清单"]

    @pytest.mark.parametrize(
        "data",
        [
            xls([HEADER, PERSON, ["=1+1"]]),
            "姓名,身份证号,年级\n张晓明,990000200805120014,四年级\n=1+1\n".encode("gb18030"),
        ],
    )
    def test_other_formats_come_back_as_a_workbook_with_their_values(self, data: bytes) -> None:
        page = openpyxl.load_workbook(io.BytesIO(mark_cells(data, "学生.csv", self.MARKS)))["学生"]
        assert [cell.value for cell in page[2]] == PERSON
        assert page["B2"].comment is not None
        assert (page["A3"].value, page["A3"].data_type) == ("=1+1", "s")

    def test_a_mark_in_a_merged_cell_goes_to_its_first_cell(self) -> None:
        book = openpyxl.Workbook()
        book.active.title = "学生"
        book.active.append(["标题"])
        book.active.merge_cells("A1:C1")
        source = io.BytesIO()
        book.save(source)
        marked = openpyxl.load_workbook(
            io.BytesIO(mark_cells(source.getvalue(), "x", [CellMark("学生", 1, "C", "错")]))
        )
        assert marked["学生"]["A1"].comment.text == "错"


def test_column_letters_follow_the_spreadsheet() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_values_read_as_people_type_them() -> None:
    values = [None, 3.0, 2008.5, True, date(2008, 5, 12), datetime.fromisoformat("2008-05-12T03:04"), " 甲 "]
    assert [text_of(value) for value in values] == [
        "",
        "3",
        "2008.5",
        "TRUE",
        "2008-05-12",
        "2008-05-12 03:04:00",
        "甲",
    ]


def test_a_row_can_be_gone_through_and_ends() -> None:
    row = Row(1, ("甲", 2.0))
    assert list(row) == ["甲", 2.0]
    assert row[7] is None
