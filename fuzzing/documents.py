"""Good documents that no office program makes: packages, problems of the commands, tables, films, a bundle."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from contest_portal.judging import bundles
from contest_portal.results.handoff.package.envelope import seal
from contest_portal.results.handoff.package.keys import PrivateKeys
from contest_portal.results.handoff.package.manifest import CategoryCount, Manifest
from contest_portal.results.handoff.package.writing import PackageWriter
from fuzzing.samples import picture

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


def tables() -> list[bytes]:
    text = '姓名,性别,身份证号\n张小明,男,990000200801010011\n"李,小红",女,"a""b"\n'
    return [text.encode(), text.encode("gb18030"), text.encode("utf-16"), text.replace(",", "\t").encode("utf-8-sig")]


def pdf_with_text() -> bytes:
    """A page of one line, written by hand: its table of objects is missing, which readers mend."""
    line = b"BT /F1 12 Tf 20 100 Td (The farm on the moon) Tj ET"
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%%%EOF\n"
    ) % (len(line), line)


def films(folder: Path) -> list[bytes]:
    from tests.media.film_factory import write_film

    return [
        write_film(folder / f"film{kind}", seconds=1, size=(96, 64)).read_bytes() for kind in (".mp4", ".mkv", ".mov")
    ]


def headers() -> list[bytes]:
    return [b"1.0.0\n12\nsha256 " + b"A" * 43 + b"=\nfilename 5L2g5aW9,slot MQ==\n" + b"0" * 64]


def package(keys: PrivateKeys) -> bytes:
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


def sealed(content: bytes, keys: PrivateKeys) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, keys.public("甘州区科协"))
    return target.getvalue()


def member(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return opened.read(name)


def bundle() -> bytes:
    return bundles.write_bundle({name: [] for name in bundles.PARTS})
