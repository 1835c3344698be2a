"""Evidence: looked at by the media room's sandbox, then kept sealed, so that nobody reads it past the program."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contest_portal.core.errors import FieldProblem, Invalid
from contest_portal.core.sealed_files import keep_sealed
from contest_portal.core.text import N_, Message
from contest_portal.core.virus_scan import refuse_virus
from contest_portal.media.facts import FileFacts, Kind, problem_message
from contest_portal.media.probing import media_reader
from contest_portal.media.services.receiving import clean_name
from contest_portal.media.signature import HEAD_BYTES, kind_of

KINDS = (Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC, Kind.PDF)
ACCEPT = ".jpg,.jpeg,.png,.webp,.heic,.pdf"
MOST_FILES = 6
MOST_BYTES = 10 << 20
FIELD = "files"


@dataclass(frozen=True)
class GivenFile:
    """A file as it came with a form."""

    name: str
    content: bytes


@dataclass(frozen=True)
class KeptFile:
    """A file that was looked at and is stored; no row names it yet."""

    sha256: str
    name: str
    kind: str
    size_bytes: int


def file_problems(files: Sequence[GivenFile], already: int = 0) -> list[FieldProblem]:
    """What is wrong with the files, each told by its name with what was measured and the limit."""
    if already + len(files) > MOST_FILES:
        words = N_("材料最多 %(most)s 个文件，现在有 %(count)s 个，请合并或减少后再传。")
        return [FieldProblem(FIELD, Message.of(words, most=MOST_FILES, count=already + len(files)))]
    return [FieldProblem(FIELD, message) for one in files if (message := _problem(one)) is not None]


def keep_files(files: Sequence[GivenFile]) -> list[KeptFile]:
    """Store files without problems. Not inside a transaction: it writes to the storage."""
    return [KeptFile(keep_sealed(one.content), clean_name(one.name), _kind(one), len(one.content)) for one in files]


def require_good(files: Sequence[GivenFile], already: int = 0) -> None:
    """Raises Invalid with every problem of the files."""
    if problems := file_problems(files, already):
        raise Invalid("results.bad_evidence", problems[0].message, problems=problems)


def _problem(one: GivenFile) -> Message | None:
    name = clean_name(one.name)
    if len(one.content) > MOST_BYTES:
        words = N_("「%(name)s」有 %(size)s MB，超过每个文件 %(most)s MB 的上限，请压缩或拆分后再传。")
        return Message.of(words, name=name, size=f"{len(one.content) / (1 << 20):.1f}", most=MOST_BYTES >> 20)
    facts = _facts(one)
    if (problem := problem_message(facts)) is not None and (facts.kind in KINDS or facts.kind is Kind.EMPTY):
        return Message.of(N_("「%(name)s」：%(problem)s"), name=name, problem=problem)
    if facts.kind not in KINDS:
        return Message.of(N_("「%(name)s」不是照片或 PDF。请拍照、截图或导出为 PDF 后再传。"), name=name)
    return None


def _facts(one: GivenFile) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evidence"
        path.write_bytes(one.content)
        refuse_virus(path, clean_name(one.name))
        return media_reader().probe(path, clean_name(one.name), KINDS)


def _kind(one: GivenFile) -> str:
    return kind_of(one.content[:HEAD_BYTES]).value
