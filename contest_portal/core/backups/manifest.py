"""The page of a generation that says what belongs to it; written last, so that what has one is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from contest_portal.core.backups.places import AnyPlace
from contest_portal.core.backups.vault import GENERATIONS, Damaged, Part, Vault
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.secret_files import is_secret_name
from contest_portal.core.storage import Missing
from contest_portal.core.text import N_, Message

FORMAT = 1
NAME = "manifest.json"
_GENERATION = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
_PART = re.compile(r"(secrets/)?[A-Za-z0-9_][A-Za-z0-9_.]*")


@dataclass(frozen=True)
class TableRows:
    """How many rows a table has, and the digest of these (`rows.Tally`)."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """`rows`: the part with all tables. `files`: the part that lists names and lengths. `keys`: fingerprint of each
    version of the data key. `secrets`: name → part, empty where the backup is not encrypted. `missing`: files that the
    site itself had lost."""

    generation: str
    taken_at: str
    program: str
    revision: str
    database: str
    audit_count: int
    audit_digest: str
    keys: dict[str, str]
    tables: dict[str, TableRows]
    rows: Part
    files: Part
    file_count: int
    file_bytes: int
    secrets: dict[str, Part] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.taken_at)

    @property
    def parts(self) -> list[Part]:
        return [self.rows, self.files, *self.secrets.values()]

    @property
    def size_bytes(self) -> int:
        return self.file_bytes + sum(part.size for part in self.parts)


def write(vault: Vault, manifest: Manifest) -> None:
    content = asdict(manifest)
    document = {**content, "mark": vault.mark(_canonical(content))}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    vault.place.write(f"{GENERATIONS}{manifest.generation}/{NAME}", [text.encode()])


def read(vault: Vault, generation: str) -> Manifest:
    """Raises NotFound, Damaged, and Conflict for a backup of a newer program."""
    name = f"{GENERATIONS}{generation}/{NAME}"
    try:
        with vault.place.open(name) as file:
            text = file.read()
    except Missing:
        source = N_("%(place)s 里没有名为 %(generation)s 的完整备份。")
        raise NotFound("core.no_backup", Message.of(source, place=str(vault.place), generation=generation)) from None
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise Conflict("core.backup_newer", N_("这份备份是由更新版本的程序做的。请先升级程序，再恢复。"))
        mark = content.pop("mark")
        if mark != vault.mark(_canonical(content)):
            raise Damaged(name)
        manifest = _from_json(content)
        if not _is_of(manifest, generation, is_sealed=vault.is_sealed):
            raise Damaged(name)
        return manifest
    except (ValueError, KeyError, TypeError):
        raise Damaged(name) from None


def generations(place: AnyPlace) -> list[str]:
    """The whole ones, oldest first."""
    found = [name.split("/") for name in place.names(GENERATIONS)]
    return sorted(name for _below, name, *rest in found if rest == [NAME] and _GENERATION.fullmatch(name))


def unfinished(place: AnyPlace) -> Iterator[str]:
    """Parts of generations that have no manifest. What others keep there is none of ours."""
    whole = set(generations(place))
    for name in list(place.names(GENERATIONS)):
        generation = name.split("/")[1]
        if generation not in whole and _GENERATION.fullmatch(generation):
            yield name


def _is_of(manifest: Manifest, generation: str, *, is_sealed: bool) -> bool:
    """Whether it says of itself that it is this generation, and names its own parts and the program's secrets alone.
    Secrets in an open place are nobody's: there no backup puts any."""
    below = f"{GENERATIONS}{generation}/"
    names = [part.name.removeprefix(below) for part in manifest.parts if part.name.startswith(below)]
    return (
        manifest.generation == generation
        and len(names) == len(manifest.parts)
        and all(_PART.fullmatch(name) for name in names)
        and all(is_secret_name(name) for name in manifest.secrets)
        and (is_sealed or not manifest.secrets)
    )


def _from_json(content: dict[str, Any]) -> Manifest:
    tables = {name: TableRows(**one) for name, one in content["tables"].items()}
    secrets = {name: Part(**one) for name, one in content["secrets"].items()}
    parts = {"rows": Part(**content["rows"]), "files": Part(**content["files"]), "secrets": secrets}
    return Manifest(**{**content, "tables": tables, **parts})


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
