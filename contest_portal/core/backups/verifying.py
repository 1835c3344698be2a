"""Whether a backup is what it was when it was written: every part, every file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from contest_portal.core.backups.manifest import Manifest, TableRows
from contest_portal.core.backups.rows import Tally, tables_in
from contest_portal.core.backups.vault import Damaged, Part, Vault, lines_in
from contest_portal.core.errors import Conflict
from contest_portal.core.storage import SHA256
from contest_portal.core.text import N_, Message

Told = Callable[[float], None]


def require_whole(
    vault: Vault, manifest: Manifest, *, only: Collection[str] | None = None, told: Told = lambda _share: None
) -> None:
    """Read every part and every file, or of the files `only` these. Raises Conflict that names the first damaged one."""
    try:
        if _tallies(vault, manifest.rows) != manifest.tables:
            raise Damaged(manifest.rows.name)
        for part in manifest.secrets.values():
            _read_through(vault.read_part(part))
        names = [name for name, _size in listed_files(vault, manifest)]
        if len(names) != manifest.file_count:
            raise Damaged(manifest.files.name)
        chosen = names if only is None else [name for name in names if name in only]
        for place, name in enumerate(chosen):
            told(place / len(chosen))
            _read_through(vault.read_file(name))
    except Damaged as failure:
        source = N_("备份 %(generation)s 已损坏：%(part)s 缺失或被改动。请用另一份备份，或重新备份。")
        message = Message.of(source, generation=manifest.generation, part=str(failure))
        raise Conflict("core.backup_damaged", message) from failure


def listed_files(vault: Vault, manifest: Manifest) -> Iterator[tuple[str, int]]:
    """Name and length, as it lies there, of each file of a generation. Raises Damaged."""
    for line in lines_in(vault.read_part(manifest.files)):
        name, _blank, size = line.decode("ascii", "replace").strip().partition(" ")
        if not SHA256.fullmatch(name) or not size.isdecimal():  # it becomes a path
            raise Damaged(manifest.files.name)
        yield name, int(size)


def _tallies(vault: Vault, part: Part) -> dict[str, TableRows]:
    found: dict[str, TableRows] = {}
    for table in tables_in(lines_in(vault.read_part(part))):
        tally = Tally()
        for line in table.rows:
            tally.add(line)
        found[table.name] = TableRows(tally.rows, tally.digest)
    return found


def _read_through(pieces: Iterator[bytes]) -> None:
    for _piece in pieces:
        pass
