"""Good files with something changed, given to each reader as the program gives them: refused in words, or read.

What is found: an error that is none of the reader's own, a reader's process that broke, or one that took too long.
"""

from __future__ import annotations

import io
import itertools
import json
import random
import time
import traceback
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contest_portal.contests import template_file
from contest_portal.core.errors import DomainError
from contest_portal.core.spreadsheets.read import read_tables
from contest_portal.entries.batch.archive import Member, PictureArchive, RefusedMember, UnreadableArchive
from contest_portal.events.allocation import problem_json as events_problem
from contest_portal.judging import bundles
from contest_portal.judging.assignment import problem_json as judges_problem
from contest_portal.media import text_extraction, tus
from contest_portal.media.facts import Kind, Problem
from contest_portal.media.probing import DerivativeError, MediaReader
from contest_portal.results.handoff.package.content import ENTRIES, LISTS, PEOPLE
from contest_portal.results.handoff.package.decoding import read_content, read_results
from contest_portal.results.handoff.package.envelope import HEAD_BYTES, is_sealed, seal, unseal
from contest_portal.results.handoff.package.keys import PrivateKeys, key_file, read_key_file
from contest_portal.results.handoff.package.manifest import CategoryCount, Manifest, read_manifest
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.package.writing import MANIFEST, PackageWriter
from contest_portal.results.quotas.allocation import problem_json as quotas_problem
from contest_portal.results.quotas.allocation.rules import read_table
from fuzzing.findings import Findings, signature_of, story_of
from fuzzing.mutation import changed, odd_text
from fuzzing.samples import archive, pdf, picture, workbook

SLOW_SECONDS = 10.0
TEMPLATES = Path(template_file.__file__).with_name("rule_templates")
PROBLEMS = [
    {
        "reads": 3, "link_share": 0.2, "entries": [{"id": 1, "panel": "A", "school": "x"}, {"id": 2}],
        "judges": [{"id": "j", "most": 5, "panels": ["A"]}], "conflicts": [{"judge": "j", "entry": 1}], "plan": [],
    },
    {
        "sessions": [{"id": 1, "places": 30, "day": "2018-09-14"}],
        "parties": [{"id": "p", "size": 20, "wishes": [1], "priority": 1}],
    },
    {
        "total": 5, "entries": [{"id": 1, "rank": 1, "groups": {"school": "x"}}],
        "floors": [{"groups": {"school": "x"}, "count": 1}], "ceilings": [], "caps": [{"field": "school", "most": 2}],
    },
]  # fmt: skip


CONTENT = json.dumps(
    {
        "entries": [
            {
                "number": "GZ-1", "category": "KH", "title": "火星医院", "school": "s", "completed_on": "2018-05-01",
                "answers": [{"code": "a", "number": 1.5}, {"code": "b", "flag": True}, {"code": "c", "text": "x"}],
                "authors": [{"person": "p", "is_first": True, "share_percent": 100}], "tutors": ["t"],
                "files": [{"slot": "a", "name": "a.jpg", "path": "a.jpg", "sha256": "0" * 64, "size": 3}],
            }
        ],
        "offices": [{"key": "o", "name": "科协", "short_name": "科", "level": "district", "region_name": "甘州区"}],
        "schools": [{"key": "s", "office": "o", "name": "西关小学", "kind": "primary"}],
        "students": [
            {
                "key": "p", "school": "s", "name": "张小明", "sex": "男", "birth_on": "2008-01-01", "grade": 4, "school_year": 2017,
                "consent": {"guardian_name": "张大明", "relation": "父亲", "signed_on": "2018-01-01"},
            }
        ],
        "teachers": [{"key": "t", "school": "s", "person": "x", "name": "王芳", "birth_on": "1980-01-01"}],
        "lists": [
            {"category": "KH", "name": "名单", "version": 1, "approved_by": "韩永平", "approved_at": "2018-06-20", "numbers": ["GZ-1"]}
        ],
    }
)  # fmt: skip
RESULTS = json.dumps(
    {
        "state": "done", "why": "", "receipt": "x", "receipt_at": "2018-06-20",
        "results": [{"number": "GZ-1", "state": "x", "awards": [{"contest": "市赛", "year": 2018, "award": "一等奖"}]}],
    }
)  # fmt: skip


@dataclass(frozen=True)
class Parser:
    """A reader: its good samples, how it is called, and which errors are its answer."""

    samples: Sequence[bytes]
    read: Callable[[bytes], object]
    answers: tuple[type[Exception], ...]


class BrokenReader(Exception):
    """The reader's process met an error that it did not know, or took too long."""


def try_parsers(folder: Path, seconds: float, seed: int, only: str = "") -> Findings:
    """Each reader for that long. Says how many files each was given; a file that shows a fault stays where it is told."""
    findings, reader = Findings(), MediaReader(processes=1)
    try:
        for name, parser in parsers(folder, reader).items():
            if only in {"", name}:
                count, refused = _try(name, parser, findings, seconds, random.Random(seed))
                print(
                    f"{name}: {count} changed files, {refused} refused, faults so far {len(findings.counts)}",
                    flush=True,
                )
    finally:
        reader.close()
    return findings


def _try(name: str, parser: Parser, findings: Findings, seconds: float, chance: random.Random) -> tuple[int, int]:
    ends, refused = time.monotonic() + seconds, 0
    for number in itertools.count():
        content = parser.samples[number % len(parser.samples)]
        if number >= len(parser.samples):  # the samples themselves first
            content = changed(content, chance, parser.samples)
        began = time.thread_time()
        try:
            parser.read(content)
        except parser.answers:
            refused += 1
        except Exception as error:  # noqa: BLE001 - whatever else comes is a fault
            _tell(findings, name, error, content)
        if time.thread_time() - began > SLOW_SECONDS:
            _tell(findings, name, BrokenReader("slow"), content)
        if time.monotonic() > ends:
            return number + 1, refused
    raise AssertionError


def _tell(findings: Findings, name: str, error: Exception, content: bytes) -> None:
    signature = f"{name}: {error}" if isinstance(error, BrokenReader) else f"{name}: {signature_of(error)}"
    if signature not in findings.first:
        kept = Path.cwd() / f"fuzzing-{name}-{len(findings.first)}.bin"
        kept.write_bytes(content)
        findings.add(signature, f"{kept}\n{story_of(error)}")
    else:
        findings.add(signature, "")


def parsers(folder: Path, reader: MediaReader) -> dict[str, Parser]:
    """All readers by name; the files that some want lie in `folder`."""
    path = folder / "file"

    def probed(suffix: str, further: Callable[[Path], object] | None = None) -> Callable[[bytes], object]:
        def read(content: bytes) -> None:
            path.write_bytes(content)
            facts = reader.probe(path, f"file{suffix}")
            if facts.problem is Problem.BROKE_THE_READER:
                raise BrokenReader(f"{facts.problem}: {_why(path, suffix)}")
            if further is not None and facts.problem is None and (facts.width or facts.kind is Kind.PDF):
                _made(further)

        def _made(make: Callable[[Path], object]) -> None:
            try:
                make(path)
            except DerivativeError as error:
                if error.problem is Problem.BROKE_THE_READER:
                    raise BrokenReader(str(error.problem)) from error

        return read

    pictures = [picture(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF")]
    keys = PrivateKeys.fresh()
    packed = _package(keys)
    return {
        "workbooks": Parser([workbook()], lambda one: read_tables(one, "名册.xlsx"), (DomainError,)),
        "csv": Parser(_tables(), lambda one: read_tables(one, "名册.csv"), (DomainError,)),
        "zip": Parser([archive()], _read_pictures, (UnreadableArchive,)),
        "pictures": Parser(pictures, probed(".jpg", lambda at: reader.make("thumbnail", at, folder / "made")), ()),
        "pdf": Parser([pdf(), _pdf_with_text()], probed(".pdf", lambda at: _read_text(reader, at)), ()),
        "archives": Parser([archive()], probed(".zip"), ()),
        "films": Parser(_films(folder), probed(".mp4"), ()),
        "tus": Parser(_headers(), _read_headers, (DomainError,)),
        "packages": Parser([packed, _sealed(packed, keys)], lambda one: _read_package(one, keys), (DomainError,)),
        "manifests": Parser([_member(packed, MANIFEST)], read_manifest, (DomainError,)),
        "contents": Parser([CONTENT.encode(), RESULTS.encode()], _read_content, (DomainError,)),
        "keys": Parser([key_file(keys, "甘州区科协")], read_key_file, (DomainError,)),
        "bundles": Parser([_bundle()], lambda one: bundles.replay(bundles.read_bundle(one)), (bundles.BundleError,)),
        "templates": Parser(
            [one.read_bytes() for one in sorted(TEMPLATES.glob("*.toml"))],
            _read_template,
            (template_file.TemplateError, UnicodeDecodeError),
        ),
        "problems": Parser(
            [json.dumps(one).encode() for one in PROBLEMS], _read_problems, (DomainError, UnicodeDecodeError)
        ),
    }


def _why(path: Path, suffix: str) -> str:
    """What broke, asked once more in this process: the reader's own does not say."""
    from contest_portal.media.probe import probe

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


def _tables() -> list[bytes]:
    text = '姓名,性别,身份证号\n张小明,男,990000200801010011\n"李,小红",女,"a""b"\n'
    return [text.encode(), text.encode("gb18030"), text.encode("utf-16"), text.replace(",", "\t").encode("utf-8-sig")]


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


def _pdf_with_text() -> bytes:
    """A page of one line, written by hand: its table of objects is missing, which readers mend."""
    line = b"BT /F1 12 Tf 20 100 Td (The farm on the moon) Tj ET"
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%%%EOF\n"
    ) % (len(line), line)


def _films(folder: Path) -> list[bytes]:
    from tests.media.film_factory import write_film

    return [
        write_film(folder / f"film{kind}", seconds=1, size=(96, 64)).read_bytes() for kind in (".mp4", ".mkv", ".mov")
    ]


def _headers() -> list[bytes]:
    return [b"1.0.0\n12\nsha256 " + b"A" * 43 + b"=\nfilename 5L2g5aW9,slot MQ==\n" + b"0" * 64]


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


def _package(keys: PrivateKeys) -> bytes:
    target, public = io.BytesIO(), keys.public("甘州区科协")
    writer = PackageWriter(target)
    writer.add("data/entries.json", b'{"entries": []}', packed=True)
    writer.add_stream("作品材料/火星医院.jpg", io.BytesIO(picture("JPEG")))
    writer.finish(
        Manifest(
            kind="entries", id="0" * 32, revision=1, sender="甘州区科协", sender_region="甘州区", contest_ref="1",
            contest_name="区赛", contest_year=2018, receiver="张掖市科协", receiver_contest="市赛",
            made_at="2018-05-20T10:00:00+08:00", signing_key=public.signing, encryption_key=public.encryption,
            fingerprint=public.fingerprint, counts=(CategoryCount("KH", "科幻画", 1),),
        ),
        keys,
    )  # fmt: skip
    return target.getvalue()


def _sealed(content: bytes, keys: PrivateKeys) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, keys.public("甘州区科协"))
    return target.getvalue()


def _member(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return opened.read(name)


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


def _bundle() -> bytes:
    return bundles.write_bundle({name: [] for name in bundles.PARTS})


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
