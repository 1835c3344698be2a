"""The copy of all that is held about one person: a ZIP with the data as JSON, as a workbook to read, and the files."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO, Any

from flask_babel import gettext as _

from contest_portal.core.clock import now
from contest_portal.core.durable_files import disk_errors_in_words
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import minute, translate
from contest_portal.core.sealed_files import open_sealed
from contest_portal.core.spreadsheets import Column, Notes, Table, write_workbook
from contest_portal.core.spreadsheets.write import sheet_name
from contest_portal.core.staging import staging
from contest_portal.core.storage import Missing, storage
from contest_portal.people.privacy.registry import FATES, Held, HeldFile, Person

FORMAT = 1


def copy_of(person: Person, held: Sequence[Held]) -> IO[bytes]:
    """The ZIP, a nameless file at its begin: films make it larger than the memory. The caller closes it.

    Raises StorageFull.
    """
    staging().prepare()
    out = tempfile.TemporaryFile(dir=staging().temporary)  # noqa: SIM115  it is handed on
    try:
        with disk_errors_in_words():
            _write(out, person, held)
            out.seek(0)
    except BaseException:
        out.close()
        raise
    return out


def _write(out: IO[bytes], person: Person, held: Sequence[Held]) -> None:
    """data.json, a workbook with a sheet for each kind, files/. Of files that are gone it says so."""
    missing = list[str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in held:
            for number, file in enumerate(one.files, start=1):
                name = f"files/{one.code}/{number:03d}-{_safe(file.name)}"
                if not _added(archive, name, file):
                    missing.append(name)
        document = {
            "format": FORMAT,
            "made_at": now().isoformat(),
            "person": {"kind": person.kind, "id": person.id, "name": person.name},
            "held": {one.code: {"title": str(one.title), "rows": list(one.rows)} for one in held},
            "missing_files": missing,
        }
        archive.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=1))
        archive.writestr(f"{_('个人信息')}.xlsx", _workbook(person, held))


def _workbook(person: Person, held: Sequence[Held]) -> bytes:
    lines = [
        _("%(name)s的个人信息，%(at)s导出。", name=person.name, at=minute(now())),
        *(
            _(
                "%(title)s：%(count)s 条。申请删除时：%(fate)s。%(why)s",
                title=translate(one.title),
                count=len(one.rows),
                fate=translate(FATES[one.fate]),
                why=translate(one.why),
            )
            for one in held
        ),
    ]
    taken = [_("说明")]
    sheets: list[Table | Notes] = [Notes(taken[0], lines)]
    for one in held:
        keys = list(dict.fromkeys(key for row in one.rows for key in row))
        if not keys:
            continue
        taken.append(sheet_name(translate(one.title), taken))
        rows = [tuple(_cell(row.get(key)) for key in keys) for row in one.rows]
        sheets.append(Table(taken[-1], [Column(key, 18, "text") for key in keys], rows, landscape=True))
    return write_workbook(sheets)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _added(archive: zipfile.ZipFile, name: str, file: HeldFile) -> bool:
    """Whether it is there. Pictures and films are packed already; scans that are sealed are small."""
    try:
        if file.is_sealed:
            archive.writestr(name, open_sealed(file.sha256))
        else:
            with storage().local_copy(file.sha256) as path:
                archive.write(path, name, zipfile.ZIP_STORED)
    except (Missing, NotFound):
        return False
    return True


def _safe(name: str) -> str:
    return "".join("_" if letter in '/\\:*?"<>|' or not letter.isprintable() else letter for letter in name)[-80:]
