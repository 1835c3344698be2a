"""The manifest of a package: who sends what to whom, how much, and the SHA-256 of every file in it. Pure.

It alone is signed; everything else hangs on it by its hash. Its bytes are kept as they came, never written anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from contest_portal.core.text import N_
from contest_portal.results.handoff.package.keys import decoded, encoded
from contest_portal.results.handoff.package.problems import PackageProblem

FORMAT = "contest-portal-handoff"
VERSION = 1
KINDS = ("entries", "results")
SIGNED_MARK = b"contest-portal handoff 1\n"
"""Stands before the manifest in what is signed, so that no signature made for something else fits."""

MOST_FILES = 50_000
LONGEST_NUMBER = 40
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{32}")
_UNREADABLE = N_("清单（manifest.json）读不懂：%(what)s 缺失或格式不对。文件可能不完整，或不是本系统生成的上报包。")


@dataclass(frozen=True)
class PackedFile:
    """One file of the package: its path in it, its length in bytes, its hash."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class CategoryCount:
    """How much of one category is in the package."""

    code: str
    name: str
    entries: int


@dataclass(frozen=True)
class Manifest:
    """What a package says of itself. `sender` and `receiver` are the offices' names; `receiver_fingerprint` is empty
    where the package is not meant for one office's key. `contest_ref` names the contest in the sender's records.
    `answers`: of a package of results, the id of the package that they answer. `made_at` is ISO 8601. `struck`: numbers of
    works that are left out since an objection was upheld.
    """

    kind: str
    id: str
    revision: int
    sender: str
    sender_region: str
    contest_ref: str
    contest_name: str
    contest_year: int
    receiver: str
    receiver_contest: str
    made_at: str
    signing_key: bytes
    encryption_key: bytes
    fingerprint: str
    receiver_fingerprint: str = ""
    sender_level: str = "district"
    answers: str = ""
    has_id_numbers: bool = False
    has_phones: bool = False
    counts: Sequence[CategoryCount] = ()
    struck: Sequence[str] = ()
    files: Sequence[PackedFile] = field(default_factory=tuple)

    @property
    def entry_count(self) -> int:
        return sum(one.entries for one in self.counts)

    @property
    def total_bytes(self) -> int:
        return sum(one.size for one in self.files)

    def to_bytes(self) -> bytes:
        """As the file `manifest.json`."""
        document: dict[str, Any] = {"format": FORMAT, "version": VERSION, **asdict(self)}
        document["signing_key"], document["encryption_key"] = encoded(self.signing_key), encoded(self.encryption_key)
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(content: bytes) -> Manifest:
    """The manifest in these bytes. Raises PackageProblem: not one, of a newer version, or unreadable (what)."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PackageProblem("not_a_package", _UNREADABLE, what="manifest.json") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PackageProblem("not_a_package", N_("这不是本系统的上报包：清单中没有 %(format)s 的标记。"), format=FORMAT)
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PackageProblem("not_a_package", _UNREADABLE, what="version")
    if version > VERSION:
        raise PackageProblem(
            "newer_version",
            N_("上报包的格式是第 %(measured)s 版，本系统只认到第 %(limit)s 版。请先升级本系统，再收这个包。"),
            measured=version,
            limit=VERSION,
        )
    return _manifest(document)


def _manifest(document: Mapping[str, Any]) -> Manifest:
    texts = (
        *("kind", "id", "sender", "sender_region", "sender_level", "contest_ref", "contest_name"),
        *("receiver", "receiver_contest", "made_at", "fingerprint", "receiver_fingerprint", "answers"),
    )
    values: dict[str, Any] = {name: _text(document, name) for name in texts}
    values |= {name: _number(document, name) for name in ("revision", "contest_year")}
    values |= {name: document.get(name) is True for name in ("has_id_numbers", "has_phones")}
    for name in ("signing_key", "encryption_key"):
        try:
            values[name] = decoded(document.get(name))
        except ValueError as error:
            raise PackageProblem("not_a_package", _UNREADABLE, what=name) from error
    if values["kind"] not in KINDS:
        raise PackageProblem("not_a_package", _UNREADABLE, what="kind")
    if not _ID.fullmatch(values["id"]):
        raise PackageProblem("not_a_package", _UNREADABLE, what="id")
    values["counts"] = tuple(
        CategoryCount(_text(one, "code"), _text(one, "name"), _number(one, "entries"))
        for one in _items(document, "counts")
    )
    values["files"] = tuple(
        PackedFile(_text(one, "path"), _number(one, "size"), _hash(one)) for one in _items(document, "files")
    )
    values["struck"] = _texts(document, "struck")
    return Manifest(**values)


def _items(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = document.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise PackageProblem("not_a_package", _UNREADABLE, what=name)
    if len(found) > MOST_FILES:
        raise PackageProblem(
            "too_large",
            N_("上报包列出了 %(measured)s 个文件，上限 %(limit)s 个。"),
            measured=len(found),
            limit=MOST_FILES,
        )
    return found


def _text(document: Mapping[str, Any], name: str) -> str:
    found = document.get(name)
    if not isinstance(found, str) or len(found) > 1000:
        raise PackageProblem("not_a_package", _UNREADABLE, what=name)
    return found


def _texts(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of short texts; empty where an older program did not write it."""
    found = document.get(name, [])
    if not isinstance(found, list) or len(found) > MOST_FILES:
        raise PackageProblem("not_a_package", _UNREADABLE, what=name)
    if not all(isinstance(one, str) and len(one) <= LONGEST_NUMBER for one in found):
        raise PackageProblem("not_a_package", _UNREADABLE, what=name)
    return tuple(found)


def _number(document: Mapping[str, Any], name: str) -> int:
    found = document.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 1 << 53:
        raise PackageProblem("not_a_package", _UNREADABLE, what=name)
    return found


def _hash(document: Mapping[str, Any]) -> str:
    found = _text(document, "sha256")
    if not _SHA256.fullmatch(found):
        raise PackageProblem("not_a_package", _UNREADABLE, what="sha256")
    return found
