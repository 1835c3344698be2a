"""How the files in a package are called, for people who open it without this program. Pure."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')
MOST_TITLE = 40


def plain_name(text: str, most: int = 80) -> str:
    """A text as part of a path on any system: nothing that leads elsewhere, no dots or blanks at its ends."""
    visible = "".join(c for c in _FORBIDDEN.sub("_", text) if c.isprintable())
    return visible.strip(" .")[:most].strip(" .") or "_"


class PackagePaths:
    """Gives paths, each only once: where two files are called alike, the second gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def material(self, category: str, number: str, title: str, label: str, name: str) -> str:
        """作品材料/科幻画/GZ2018-KH-X-0001 火星医院/作品图片 火星医院.jpg."""
        folder = plain_name(f"{number} {title[:MOST_TITLE]}")
        stem, dot, ending = name.rpartition(".")
        ending = plain_name(ending, 10) if dot else ""
        file = plain_name(f"{label} {stem if dot else name}", 100)
        return self._once(f"作品材料/{plain_name(category)}/{folder}/{file}", f".{ending}" if ending else "")

    def application(self, category: str, number: str, title: str, authors: str) -> str:
        """申报书/科幻画/GZ2018-KH-X-0001 火星医院 张晓明.pdf."""
        file = plain_name(f"{number} {title[:MOST_TITLE]} {authors[:30]}", 120)
        return self._once(f"申报书/{plain_name(category)}/{file}", ".pdf")

    def table(self, name: str, ending: str) -> str:
        return self._once(plain_name(name), ending)

    def _once(self, stem: str, ending: str) -> str:
        path, number = stem + ending, 2
        while path.lower() in self._taken:
            path, number = f"{stem} ({number}){ending}", number + 1
        self._taken.add(path.lower())
        return path
