"""The call's plain text as blocks: whom it addresses, headings, numbered items, paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、.{1,40}")
_ITEM = re.compile(r"(?:\d{1,2}[.．、]|[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳])")


@dataclass(frozen=True)
class Block:
    """One block of the call."""

    kind: Literal["salutation", "heading", "item", "paragraph"]
    text: str


def blocks_of(text: str) -> list[Block]:
    """Each line that is not blank as a block: a first line ending with 「：」 addresses the readers, 「一、…」 is a
    heading, 「1.」 「（一）」 「①」 begin an item."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [_block(line, is_first=number == 0) for number, line in enumerate(lines)]


def _block(line: str, *, is_first: bool) -> Block:
    if is_first and line.endswith(("：", ":")):
        return Block("salutation", line)
    if _HEADING.fullmatch(line) and not line.endswith(("。", "；", ";")):
        return Block("heading", line)
    return Block("item" if _ITEM.match(line) else "paragraph", line)
