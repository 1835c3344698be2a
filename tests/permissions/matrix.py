"""The table of permissions: the files in `matrix/`, a line for each route, a sign for each who asks.

A line is seven groups of signs and then the route as it stands in the URL map; words in square brackets behind it say
which of several rows is meant. What the signs and the columns mean stands in `matrix/README.txt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "matrix"
SIGNS = {"可": "allowed", "登": "asked to sign in", "拒": "refused (403)", "藏": "hidden (404)"}
COLUMNS = {
    "": ("访客", "无身份"),
    "教师": ("本人", "同校", "他校", "外区"),
    "管理员": ("本校", "他校", "外区"),
    "评委": ("本人", "同区", "外区"),
    "工作人员": ("本级", "上级", "外区"),
    "领导": ("本级", "上级", "外区"),
    "监督员": ("本级", "上级", "外区"),
}
ASKING = tuple(role + whose for role, places in COLUMNS.items() for whose in places)
_SIGNS = " ".join(f"([{''.join(SIGNS)}]{{{len(places)}}})" for places in COLUMNS.values())
_LINE = re.compile(rf"{_SIGNS}  (GET|POST|PATCH|DELETE) (/.*?)(?: \[(\S+)\])?")


@dataclass(frozen=True)
class Line:
    """One line: a request, and the sign for each who may make it."""

    method: str
    address: str
    variant: str
    signs: str
    place: str = ""

    @property
    def request(self) -> str:
        return f"{self.method} {self.address}" + (f" [{self.variant}]" if self.variant else "")


def read_lines() -> list[Line]:
    """Every line of the table. Raises ValueError where one cannot be read."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if path.stem == "README" or not text.strip() or text.startswith("#"):
                continue
            match = _LINE.fullmatch(text)
            if match is None:
                raise ValueError(f"matrix/{path.name}:{number}: no line of the table: {text}")
            *signs, method, address, variant = match.groups()
            found.append(Line(method, address, variant or "", "".join(signs), f"matrix/{path.name}:{number}"))
    return found


def grouped(signs: str) -> str:
    """The signs as a line of the table has them."""
    groups, start = [], 0
    for places in COLUMNS.values():
        groups.append(signs[start : start + len(places)])
        start += len(places)
    return " ".join(groups)
