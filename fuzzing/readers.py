"""Every reader of what people send in: good samples of it, how the program calls it, which errors are its answer."""

from __future__ import annotations

import io
import json
import random
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from contest_portal.contests import template_file
from contest_portal.core.errors import DomainError
from contest_portal.core.spreadsheets import read as spreadsheets
from contest_portal.core.spreadsheets.read import read_tables
from contest_portal.entries.batch.archive import Member, PictureArchive, RefusedMember, UnreadableArchive
from contest_portal.events.allocation import problem_json as events_problem
from contest_portal.judging import bundles
from contest_portal.judging.assignment import problem_json as judges_problem
from contest_portal.media import text_extraction, tus
from contest_portal.media.facts import Kind, Problem
from contest_portal.media.probe import probe
from contest_portal.media.probing import DerivativeError, MediaReader
from contest_portal.results.handoff.package.content import ENTRIES, LISTS, PEOPLE
from contest_portal.results.handoff.package.decoding import read_content, read_results
from contest_portal.results.handoff.package.envelope import HEAD_BYTES, is_sealed, unseal
from contest_portal.results.handoff.package.keys import PrivateKeys, key_file, read_key_file
from contest_portal.results.handoff.package.manifest import read_manifest
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.package.writing import MANIFEST
from contest_portal.results.quotas.allocation import problem_json as quotas_problem
from contest_portal.results.quotas.allocation.rules import read_table
from fuzzing import documents
from fuzzing.findings import BrokenReader, signature_of
from fuzzing.mutation import odd_text
from fuzzing.samples import archive, pdf, picture, workbook
from fuzzing.workbooks import Workbooks

TEMPLATES = Path(template_file.__file__).with_name("rule_templates")
PICTURES = ("JPEG", "PNG", "WEBP", "GIF", "TIFF")
Read = Callable[[bytes], object]


@dataclass(frozen=True)
class Parser:
    """A reader: its good samples, how it is called, and which errors are its answer."""

    samples: Sequence[bytes]
    read: Read
    answers: tuple[type[Exception], ...]


class RefusedFile(Exception):
    """The sandbox told a problem of the file."""


def parsers(folder: Path, stack: ExitStack) -> dict[str, Parser]:
    """All readers by name. The files that some want lie in `folder`; their processes end with `stack`."""
    reader, books, path = MediaReader(processes=1), Workbooks(), folder / "file"
    stack.callback(reader.close)
    stack.callback(books.close)
    stack.enter_context(patch.object(spreadsheets, "run_worker", books.run))

    def sandboxed(suffix: str, further: Callable[[], object] | None = None) -> Read:
        return lambda content: _probe(reader, path, content, suffix, further)

    keys = PrivateKeys.fresh()
    packed = documents.package(keys)
    templates = [one.read_bytes() for one in sorted(TEMPLATES.glob("*.toml"))]
    problems = [json.dumps(one).encode() for one in documents.PROBLEMS]
    contents = [documents.CONTENT.encode(), documents.RESULTS.encode()]
    words, refused = (DomainError,), (RefusedFile,)
    return {
        "workbooks": Parser([workbook()], lambda one: read_tables(one, "名册.xlsx"), words),
        "csv": Parser(documents.tables(), lambda one: read_tables(one, "名册.csv"), words),
        "zip": Parser([archive()], _read_pictures, (UnreadableArchive,)),
        "pictures": Parser(
            [picture(kind) for kind in PICTURES],
            sandboxed(".jpg", lambda: reader.make("thumbnail", path, folder / "made")),
            refused,
        ),
        "pdf": Parser([pdf(), documents.pdf_with_text()], sandboxed(".pdf", lambda: _read_text(reader, path)), refused),
        "archives": Parser([archive()], sandboxed(".zip"), refused),
        "films": Parser(documents.films(folder), sandboxed(".mp4"), refused),
        "tus": Parser(documents.headers(), _read_headers, words),
        "packages": Parser([packed, documents.sealed(packed, keys)], lambda one: _read_package(one, keys), words),
        "manifests": Parser([documents.member(packed, MANIFEST)], read_manifest, words),
        "contents": Parser(contents, _read_content, words),
        "keys": Parser([key_file(keys, "甘州区科协")], read_key_file, words),
        "bundles": Parser(
            [documents.bundle()], lambda one: bundles.replay(bundles.read_bundle(one)), (bundles.BundleError,)
        ),
        "templates": Parser(templates, _read_template, (template_file.TemplateError, UnicodeDecodeError)),
        "problems": Parser(problems, _read_problems, (DomainError, UnicodeDecodeError)),
    }


def _probe(reader: MediaReader, path: Path, content: bytes, suffix: str, further: Callable[[], object] | None) -> None:
    """As what is uploaded: probed, and where it is whole, made something of. A told problem raises RefusedFile."""
    path.write_bytes(content)
    facts = reader.probe(path, f"file{suffix}")
    if facts.problem is Problem.BROKE_THE_READER:
        raise BrokenReader(f"{facts.problem}: {_why(path, suffix)}")
    if facts.problem is not None:
        raise RefusedFile(facts.problem)
    if further is None or not (facts.width or facts.kind is Kind.PDF):
        return
    try:
        further()
    except DerivativeError as error:
        raise (BrokenReader if error.problem is Problem.BROKE_THE_READER else RefusedFile)(error.problem) from error


def _why(path: Path, suffix: str) -> str:
    """What broke, asked once more in this process: the reader's own does not say."""
    try:
        probe(path, f"file{suffix}", set(Kind))
    except Exception as error:  # noqa: BLE001 - whatever it was
        return f"{type(error).__name__} at {traceback.extract_tb(error.__traceback__)[-1].name}"
    return "nothing here"


def _read_text(reader: MediaReader, path: Path) -> None:
    """A document without any text is told as one that broke the reader; that is no fault."""
    try:
        reader.read_text(path)
    except DerivativeError as error:
        try:
            text_extraction.read_text(path)
        except text_extraction.NoTextError:
            return
        except Exception as inner:  # noqa: BLE001 - whatever it was
            raise BrokenReader(f"text, {signature_of(inner)}") from error


def _read_pictures(content: bytes) -> None:
    opened = PictureArchive(io.BytesIO(content), len(content))
    for member in opened.members():
        if not isinstance(member, Member):
            continue
        try:
            stream = opened.open(member, 1 << 20)
            while stream.read(65_536):
                pass
            stream.close()
        except RefusedMember:
            continue
    opened.close()


def _read_headers(content: bytes) -> None:
    lines = [*content.decode("latin-1").split("\n"), "", "", "", "", ""]
    for read, line in (
        (lambda one: tus.number("Upload-Length", one), lines[1]),
        (tus.checksum, lines[2]),
        (tus.metadata, lines[3]),
        (tus.sha256, lines[4]),
        (tus.check_version, lines[0]),
    ):
        try:
            read(line)
        except DomainError:
            continue


def _read_package(content: bytes, keys: PrivateKeys) -> None:
    source: io.BytesIO = io.BytesIO(content)
    if is_sealed(content[:HEAD_BYTES]):
        plain = io.BytesIO()
        unseal(source, plain, keys)
        source = plain
        source.seek(0)
    package = Package(source)
    package.verify_files()
    if package.has("data/entries.json"):
        package.document("data/entries.json")


def _read_content(content: bytes) -> None:
    """Documents as `Package.document` gives them, JSON of any shape; what a signed package of a known office may hold."""
    text = content.decode("utf-8", "replace")
    for one in (text, _other_values(text)):
        try:
            document = json.loads(one)
        except (ValueError, RecursionError):
            continue
        for read in (lambda data: read_content({ENTRIES: data, PEOPLE: data, LISTS: data}), read_results):
            try:
                read(document)
            except DomainError:
                continue


def _read_template(content: bytes) -> None:
    template_file.parse_template(content.decode(), filename="t.toml")


def _read_problems(content: bytes) -> None:
    """As the commands do, each of which wants another shape; values are changed by their kind as well."""
    text = content.decode()
    for one in (text, _other_values(text)):
        for read in (
            judges_problem.read_problem,
            events_problem.read_problem,
            quotas_problem.read_problem,
            _read_quota_table,
        ):
            try:
                read(one)
            except DomainError:
                continue


def _other_values(text: str) -> str:
    """One value of the document replaced by something of another kind, chosen by the text itself."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    chance = random.Random(text)
    here = data
    while isinstance(here, dict | list) and here:
        key = chance.choice(list(here) if isinstance(here, dict) else range(len(here)))
        if not isinstance(here[key], dict | list) or chance.random() < 0.3:
            values: tuple[Any, ...] = (
                None,
                True,
                -1,
                1.5,
                10**30,
                float("nan"),
                [],
                {},
                [[]],
                {"id": []},
                odd_text(chance),
            )
            here[key] = chance.choice(values)
            break
        here = here[key]
    return json.dumps(data)


def _read_quota_table(text: str) -> object:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read_table(data)
