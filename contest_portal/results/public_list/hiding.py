"""Names that a public list may show no longer, though it is still up: the guardian has taken the consent back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contest_portal.results.public_list.content import masked_name


@dataclass(frozen=True)
class Authors:
    """Of one work: the names of those who may be shown no longer, and of those who may."""

    hidden: frozenset[str]
    shown: frozenset[str]


def with_names_hidden(content: Mapping[str, Any], works: Mapping[str, Authors]) -> dict[str, Any]:
    """The stored list without the names of these works' (by number) hidden authors; `hidden` counts the lines.

    A name on the list that none of the work's people has any more (erased, or changed since) is hidden too. Tutors are
    left out of such a line, as in the archive; school, title and award stay, and the line can be objected to as before.
    """
    sections = [
        {**section, "lines": [_line(line, works.get(line.get("entry_number", ""))) for line in section["lines"]]}
        for section in content["sections"]
    ]
    count = sum(line.get("entry_number", "") in works for section in content["sections"] for line in section["lines"])
    return {**content, "sections": sections, "hidden": count} if count else dict(content)


def _line(line: Mapping[str, Any], authors: Authors | None) -> dict[str, Any]:
    if authors is None:
        return dict(line)
    names = [name for name in line["names"].split("、") if name]
    gone = [name for name in names if name in authors.hidden or name not in authors.shown]
    title = line["title"]
    for name in sorted({*gone, *authors.hidden}, key=len, reverse=True):
        title = title.replace(name, masked_name(name)) if len(name) > 1 else title
    shown = "、".join(masked_name(name) if name in gone else name for name in names)
    return {**line, "names": shown, "title": title, "tutors": ""}
