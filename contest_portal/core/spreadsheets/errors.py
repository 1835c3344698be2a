"""What can be wrong with an uploaded table as a whole."""

from __future__ import annotations

from contest_portal.core.errors import Invalid
from contest_portal.core.text import Message


class SpreadsheetError(Invalid):
    """The file cannot be read as a table. `code` is `spreadsheets.` and what is wrong: kind, encrypted, corrupt,
    empty, too_large, too_many_rows, too_many_columns, too_slow."""

    def __init__(self, what: str, message: Message) -> None:
        super().__init__(f"spreadsheets.{what}", message, field="file")
