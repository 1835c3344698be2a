"""The words of documents, as the sandbox gives them, and the command that compares two."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contest_portal.core.errors import Invalid
from contest_portal.core.pdf import render_pdf_source
from contest_portal.media.cli import media_group
from contest_portal.media.probing import DerivativeError, MediaReader, media_reader
from contest_portal.media.text_extraction import MOST_LETTERS
from tests.entries.likeness_factories import prose, report

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def docx(body: str, *, before: str = "") -> bytes:
    """A DOCX whose document is that WordprocessingML."""
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", xml)
    return out.getvalue()


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def pages(tmp_path: Path, content: bytes, name: str) -> list[str]:
    path = tmp_path / name
    path.write_bytes(content)
    return list(media_reader().read_text(path).pages)


def together(text: str) -> str:
    return "".join(text.split())


def test_a_pdfs_words_come_page_by_page(tmp_path: Path) -> None:
    source = '#let data = json(bytes(sys.inputs.at("data")))\n#data.one\n#pagebreak()\n#data.two'
    content = render_pdf_source(source, {"one": "第一页说的是雨水", "two": "第二页说的是土壤"})
    first, second = pages(tmp_path, content, "a.pdf")
    assert (together(first), together(second)) == ("第一页说的是雨水", "第二页说的是土壤")


def test_a_docx_gives_its_paragraphs_and_not_its_field_codes(tmp_path: Path) -> None:
    field = "<w:p><w:r><w:instrText>PAGEREF _Toc</w:instrText></w:r><w:r><w:delText>删去的</w:delText></w:r></w:p>"
    content = docx(paragraph("校园雨水", "回收装置") + field + paragraph("第二段"))
    [text] = pages(tmp_path, content, "a.docx")
    assert [line for line in text.split("\n") if line] == ["校园雨水回收装置", "第二段"]


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE a [<!ENTITY x "校园"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_docx_that_declares_entities_is_not_read(tmp_path: Path, before: str) -> None:
    with pytest.raises(DerivativeError):
        pages(tmp_path, docx(paragraph("文字"), before=before), "a.docx")


def test_a_docx_bomb_ends_within_its_limit_and_the_reader_lives_on(tmp_path: Path) -> None:
    reader = MediaReader(processes=1)
    bomb = tmp_path / "bomb.docx"
    bomb.write_bytes(docx(paragraph("雨" * 60_000_000)))
    assert len(reader.read_text(bomb).pages[0]) <= MOST_LETTERS
    good = tmp_path / "good.docx"
    good.write_bytes(docx(paragraph("好文件")))
    assert together(reader.read_text(good).pages[0]) == "好文件"
    reader.close()


@pytest.mark.parametrize("content", [b"%PDF-1.4\nbroken", b"PK\x03\x04broken", b""])
def test_a_damaged_file_has_no_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DerivativeError):
        pages(tmp_path, content, "a.pdf")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_plain_text_is_read_in_what_chinese_offices_write(tmp_path: Path, encoding: str) -> None:
    [text] = pages(tmp_path, "校园雨水回收装置的研究报告".encode(encoding), "a.txt")
    assert text == "校园雨水回收装置的研究报告"


# --- The command ------------------------------------------------------------------------------------------------------


def compare(
    tmp_path: Path, one: bytes, other: bytes, *options: str, names: tuple[str, str] = ("a.pdf", "b.pdf")
) -> Result:
    paths = [tmp_path / name for name in names]
    for path, content in zip(paths, (one, other), strict=True):
        path.write_bytes(content)
    return CliRunner().invoke(media_group, ["compare", *map(str, paths), *options])


def test_two_pdfs_are_compared_with_shares_and_passages(tmp_path: Path) -> None:
    source = prose(1, 1_800)
    answer = compare(tmp_path, report(prose(2, 1_200) + source[300:900]), report(source), "--json")
    found = json.loads(answer.output)
    assert found["verdict"] == "unsure"
    assert found["share_a"] == pytest.approx(1 / 3, abs=0.03)
    assert found["share_b"] == pytest.approx(1 / 3, abs=0.03)
    [passage] = found["passages"]
    assert together(source[310:890]) in together(passage["a"])
    assert together(passage["a"]) == together(passage["b"])
    assert set(passage) == {"a", "b", "at_a", "at_b", "length"}


def test_a_pdf_is_compared_with_a_docx_of_the_same_text(tmp_path: Path) -> None:
    text = prose(1, 900)
    answer = compare(tmp_path, report(text), docx(paragraph(text)), names=("a.pdf", "b.docx"))
    assert "占 a.pdf 的 100.0%" in answer.output
    assert "大部分相同" in answer.output


def test_unlike_documents_have_no_passages(tmp_path: Path) -> None:
    found = json.loads(compare(tmp_path, report(prose(1, 900)), report(prose(2, 900)), "--json").output)
    assert (found["verdict"], found["passages"]) == ("different", [])


def test_a_scan_is_named_as_one(tmp_path: Path) -> None:
    answer = compare(tmp_path, render_pdf_source("#rect(width: 5cm)", {}), report(prose(1, 300)))
    assert isinstance(answer.exception, Invalid)
    assert "a.pdf 里没有文字" in str(answer.exception)


def test_a_damaged_document_is_named(tmp_path: Path) -> None:
    answer = compare(tmp_path, report(prose(1, 300)), b"%PDF-1.4\nbroken")
    assert isinstance(answer.exception, Invalid)
    assert str(answer.exception).startswith("b.pdf：")
