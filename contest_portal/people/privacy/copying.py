"""The copy of all that is held about one person: a ZIP with the data as JSON, as a workbook to read, and the files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from contest_portal.core.clock import now
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import minute, translate
from contest_portal.core.sealed_files import open_sealed
from contest_portal.core.spreadsheets import Column, Notes, Table, write_workbook
from contest_portal.core.spreadsheets.write import sheet_name
from contest_portal.core.storage import Missing, storage
from contest_portal.people.privacy.registry import FATES, Held, HeldFile, Person

FORMAT = 1


def copy_of(person: Person, held: Sequence[Held]) -> bytes:
    """The ZIP: data.json, a workbook with a sheet for each kind, files/. Of files that are gone it says so."""
    out, missing = io.BytesIO(), list[str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in held:
            for number, file in enumerate(one.files, start=1):
                name = f"files/{one.code}/{number:03d}-{_safe(file.name)}"
                content = _content(file)
                if content is None:
                    missing.append(name)
                else:
                    archive.writestr(name, content)
        document = {
            "format": FORMAT,
            "made_at": now().isoformat(),
            "person": {"kind": person.kind, "id": person.id, "name": person.name},
            "held": {one.code: {"title": str(one.title), "rows": list(one.rows)} for one in held},
            "missing_files": missing,
        }
        archive.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=1))
        archive.writestr(f"{_('个人信息')}.xlsx", _workbook(person, held))
    return out.getvalue()


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


def _content(file: HeldFile) -> bytes | None:
    try:
        if file.is_sealed:
            return open_sealed(file.sha256)
        with storage().open(file.sha256) as stream:
            return stream.read()
    except (Missing, NotFound):
        return None


def _safe(name: str) -> str:
    return "".join("_" if letter in '/\\:*?"<>|' or not letter.isprintable() else letter for letter in name)[-80:]
