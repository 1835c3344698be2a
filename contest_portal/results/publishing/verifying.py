"""Is this file the list that was published? The lines are read out of it, hashed anew and laid beside the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from flask_babel import force_locale

from contest_portal.core.clock import local
from contest_portal.core.documents import parsed
from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import DEFAULT_LANGUAGE
from contest_portal.core.list_documents import list_pdf, list_workbook
from contest_portal.core.text import N_, Message
from contest_portal.results.public_list.content import (
    FORM,
    canonical_bytes,
    canonical_of,
    content_digest,
    encoded,
    plain_text,
)
from contest_portal.results.publishing.documents import on_paper
from contest_portal.results.publishing.given_out import GivenOut, as_given_out, forms_of
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.pdf_reading import read_pdf
from contest_portal.results.publishing.queries.publications import (
    archived_lists,
    by_digests,
    by_title,
    public_lists,
    public_versions,
)
from contest_portal.results.publishing.workbook_reading import read_workbook_list

Verdict = Literal["same", "different", "unknown"]
HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
MOST_DIFFERENCES = 20


@dataclass
class Check:
    """What came of it. `printed`: the digest that stands in the file; `computed`: of the lines read from it, where that can
    be done; `differences` and `remarks` are sentences."""

    kind: Literal["pdf", "xlsx", "json"]
    verdict: Verdict = "unknown"
    printed: str = ""
    computed: str = ""
    publication: Publication | None = None
    is_archived: bool = False
    differences: list[Message] = field(default_factory=list)
    remarks: list[Message] = field(default_factory=list)


def verify_file(path: Path) -> Check:
    """Compare the file with what was published. Raises Invalid for a file that is none of PDF, XLSX, JSON, or unreadable."""
    data = path.read_bytes()
    if data.startswith(b"%PDF"):
        return _verify_pdf(data, path.name)
    if data.startswith(b"PK"):
        return _verify_workbook(data, path.name)
    if data.lstrip()[:1] == b"{":
        return _verify_json(data)
    raise Invalid("results.verify_kind", N_("只能核对从公示页面下载的 PDF、Excel（xlsx）或 JSON 文件。"), field="file")


def _verify_json(data: bytes) -> Check:
    check = Check("json", computed=hashlib.sha256(data).hexdigest())
    expected = _find(check, {check.computed})
    if expected is not None:
        check.verdict = "same"
        return _told(check, expected)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("results.verify_json", N_("JSON 文件不是 UTF-8 编码，无法读取。"), field="file") from error
    document = parsed(text)
    if isinstance(document, dict):
        check.computed = hashlib.sha256(encoded(document)).hexdigest()
        expected = _find(check, {check.computed})
        if expected is not None:
            check.verdict = "same"
            check.remarks.append(Message(N_("文件的排版改过，内容没有改动。")))
            return _told(check, expected)
        nearest = _nearest(document)
        if nearest is not None:
            expected, check.differences = nearest
            check.verdict = "different"
            return _told(check, expected)
    return check


def _nearest(document: dict[str, Any]) -> tuple[GivenOut, list[Message]] | None:
    """The published list of the same title that differs least, with what differs; a data file carries no digest to find it by."""
    if not _is_list(document):
        return None
    found = []
    for row in by_title(document["title"]):
        expected = as_given_out(row)
        found.append((expected, list(_differences(canonical_of(expected.content, row.title), document))))
    return min(found, key=lambda one: len(one[1]), default=None)


def _is_list(document: dict[str, Any]) -> bool:
    sections = document.get("sections")
    return (
        isinstance(document.get("title"), str)
        and isinstance(sections, list)
        and all(
            isinstance(one, dict)
            and isinstance(one.get("name"), str)
            and isinstance(one.get("columns"), list)
            and isinstance(one.get("lines"), list)
            and all(isinstance(line, list) and all(isinstance(cell, str) for cell in line) for line in one["lines"])
            for one in sections
        )
    )


def _verify_workbook(data: bytes, name: str) -> Check:
    found, texts = read_workbook_list(data, name)
    check = Check("xlsx", computed=hashlib.sha256(encoded(found)).hexdigest())
    digests = _digests(texts)
    check.printed = digests[-1] if digests else ""
    expected = _find(check, {*digests, check.computed})
    if expected is None:
        return check
    wanted = canonical_of(expected.content, expected.publication.title)
    check.differences = list(_differences(wanted, found))
    if (
        expected.publication.content.get("form", 1) >= FORM
    ):  # workbooks given out before had other words around the lines
        with force_locale(DEFAULT_LANGUAGE):
            _same, usual = read_workbook_list(list_workbook(expected.document), name)
        known = {plain_text(text) for text in usual}
        words = N_("文件里有公示名单没有的文字：「%(text)s」。")
        check.differences += [Message.of(words, text=text) for text in texts if plain_text(text) not in known]
    return _decided(check, expected)


def _verify_pdf(data: bytes, name: str) -> Check:
    pdf = read_pdf(data, name)
    check = Check("pdf", computed=hashlib.sha256(pdf.attached).hexdigest() if pdf.attached else "")
    digests = _digests([pdf.squeezed])
    check.printed = digests[-1] if digests else ""
    expected = _find(check, {*digests, check.computed} - {""})
    if expected is None:
        return check
    with force_locale(DEFAULT_LANGUAGE):
        document = on_paper(expected.document, expected.publication)
        is_our_own = data in (
            list_pdf(one) for one in (document, expected.document)
        )  # older ones have no line of the trail
    if is_our_own:
        check.remarks.append(Message(N_("文件与系统生成的 PDF 逐字节相同。")))
        return _decided(check, expected)
    if pdf.attached and pdf.attached != canonical_bytes(expected.content):
        check.differences.append(Message(N_("PDF 内嵌的校验数据与公示的名单不同。")))
    if not pdf.attached:
        check.remarks.append(Message(N_("PDF 里没有校验数据：文件重新保存或打印过，只核对了页面上的文字。")))
    with_line, without = (list(pdf.differences(one)) for one in (document, expected.document))
    check.differences += with_line if len(with_line) <= len(without) else without
    check.remarks.append(
        Message(N_("核对的是 PDF 页面上能读出的文字；贴在页面上的图片、遮盖的色块无法由此发现，请与公示页面对照。"))
    )
    return _decided(check, expected)


def _digests(texts: list[str]) -> list[str]:
    return [one for text in texts for one in HEX.findall(text)]


def _find(check: Check, digests: set[str]) -> GivenOut | None:
    """The published list that has one of these digests: whole, or in the form that the archive gives out."""
    rows = by_digests(digests)
    if not rows:  # a JSON that is not the whole list has no room for the digest of the whole
        others = (form for row in (*archived_lists(), *public_lists()) for form in forms_of(row))
        return next((one for one in others if one.digest in digests), None)
    forms = forms_of(rows[0])
    return next((one for one in forms if one.digest == check.printed), None) or next(
        (one for one in forms if one.digest in digests), forms[0]
    )


def _decided(check: Check, expected: GivenOut) -> Check:
    if check.printed != expected.digest:
        words = N_("文件上印的名单校验码与公示的不同：公示的是 %(digest)s。")
        check.differences.append(Message.of(words, digest=expected.digest))
    check.verdict = "different" if check.differences else "same"
    return _told(check, expected)


def _told(check: Check, expected: GivenOut) -> Check:
    """Name the publication, and whether it is itself what it was, and the newest."""
    publication = check.publication = expected.publication
    check.is_archived = expected.reduction != "kept"
    if content_digest(publication.content) != publication.content_sha256:
        check.differences.append(Message(N_("数据库里这份名单的内容与它自己的校验码不符，请立即检查操作记录。")))
        check.verdict = "different"
    if expected.content.get("hidden"):
        check.remarks.append(Message(N_("名单中有的姓名后来作了处理，文件是处理以后下载的。")))
    if check.is_archived:
        check.remarks.append(Message(N_("这是往期名单，姓名已作处理。")))
    if publication.state == "pulled":
        words = N_("这份名单已于 %(day)s 提前下线，不再公开。")
        check.remarks.append(Message.of(words, day=local(publication.pulled_at).date().isoformat()))  # type: ignore[arg-type]
    newest = public_versions(publication.contest_id, publication.kind)[0]
    if newest.version > publication.version:
        words = N_("这是第 %(version)s 版，已被第 %(newest)s 版更正。")
        check.remarks.append(Message.of(words, version=publication.version, newest=newest.version))
    return check


def _differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Message]:
    """What a workbook says otherwise than the published list, by section and line."""
    if wanted["title"] != found["title"]:
        yield Message.of(
            N_("标题不同：公示的是「%(wanted)s」，文件里是「%(found)s」。"),
            wanted=wanted["title"],
            found=found["title"],
        )
    theirs = {section["name"]: section for section in found["sections"]}
    for section in wanted["sections"]:
        other = theirs.pop(section["name"], None)
        if other is None:
            yield Message.of(N_("文件里没有「%(section)s」。"), section=section["name"])
        else:
            yield from _section_differences(section, other)
    for name in theirs:
        yield Message.of(N_("文件里多出「%(section)s」。"), section=name)
    if [one["name"] for one in wanted["sections"]] != [one["name"] for one in found["sections"]] and not theirs:
        yield Message(N_("各部分的先后顺序不同。"))


def _section_differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Message]:
    name = wanted["name"]
    if wanted["columns"] != found["columns"]:
        yield Message.of(N_("「%(section)s」的表头不同。"), section=name)
    ours, theirs = wanted["lines"], found["lines"]
    told = 0
    for place in range(max(len(ours), len(theirs))):
        line = ours[place] if place < len(ours) else None
        other = theirs[place] if place < len(theirs) else None
        if line == other:
            continue
        told += 1
        if told > MOST_DIFFERENCES:
            yield Message.of(N_("「%(section)s」还有其他不同的行，没有一一列出。"), section=name)
            return
        words = N_("「%(section)s」第 %(line)s 行不同：公示的是「%(wanted)s」，文件里是「%(found)s」。")
        yield Message.of(words, section=name, line=place + 1, wanted=_words(line), found=_words(other))


def _words(line: list[str] | None) -> str:
    return "—" if line is None else " | ".join(line)
