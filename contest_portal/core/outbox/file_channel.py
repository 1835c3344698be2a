"""For developing: what would go out is written into a file, one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from urllib.parse import unquote, urlsplit

from contest_portal.core.outbox.channels import NotSent, Outgoing
from contest_portal.core.text import N_, Message


class FileChannel:
    """`file:///folder`: mails end in `mail.jsonl` there, SMS in `sms.jsonl`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def from_url(cls, url: str, channel: str) -> FileChannel:
        return cls(Path(unquote(urlsplit(url).path)) / f"{channel}.jsonl")

    def send(self, message: Outgoing) -> None:
        """Add a line. Raises NotSent where the folder cannot be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(message), ensure_ascii=False) + "\n")
        except OSError as failure:
            words = N_("写不进文件 %(path)s：%(what)s。")
            reason = Message.of(words, path=str(self._path), what=str(failure.strerror))
            raise NotSent(reason, is_down=True) from failure

    def close(self) -> None:
        """Every line is closed already."""
