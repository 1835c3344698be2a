"""The page of a generation that says what belongs to it; written last, so that what has one is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from contest_portal.core.backups.places import AnyPlace
from contest_portal.core.backups.vault import GENERATIONS, Damaged, Part, Vault
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.storage import Missing
from contest_portal.core.text import N_, Message

FORMAT = 1
NAME = "manifest.json"


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
        return _from_json(content)
    except (ValueError, KeyError, TypeError):
        raise Damaged(name) from None


def generations(place: AnyPlace) -> list[str]:
    """The whole ones, oldest first."""
    return sorted(name.split("/")[1] for name in place.names(GENERATIONS) if name.split("/")[2:] == [NAME])


def unfinished(place: AnyPlace) -> Iterator[str]:
    """Parts of generations that have no manifest."""
    whole = set(generations(place))
    for name in list(place.names(GENERATIONS)):
        if name.split("/")[1] not in whole:
            yield name


def _from_json(content: dict[str, Any]) -> Manifest:
    tables = {name: TableRows(**one) for name, one in content["tables"].items()}
    secrets = {name: Part(**one) for name, one in content["secrets"].items()}
    parts = {"rows": Part(**content["rows"]), "files": Part(**content["files"]), "secrets": secrets}
    return Manifest(**{**content, "tables": tables, **parts})


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
