"""Who can sign in to a demo, kept in its instance folder so that a second start shows it again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from contest_portal.reports.table import width

PASSWORD = "kechuang2018"  # noqa: S105  everybody's in the demo, printed at its end
FILE = "demo.json"
SHOWN = {"学校管理员": 6, "教师": 4, "评委": 3}
"""Of these roles so many are printed; of others everybody."""


@dataclass(frozen=True)
class Login:
    """Who can sign in: the role and place as people read them, and the user name."""

    role: str
    name: str
    place: str
    login_name: str
    note: str = ""


@dataclass(frozen=True)
class Built:
    """What the instance folder says of its demo: its seed, whether it was finished, who can sign in."""

    seed: int
    finished: bool
    logins: Sequence[Login] = ()


def read_built(instance: Path) -> Built | None:
    """What was built in the folder, or None where no demo was begun."""
    path = instance / FILE
    if not path.is_file():
        return None
    plain = json.loads(path.read_text("utf-8"))
    return Built(plain["seed"], plain["finished"], [Login(**one) for one in plain["logins"]])


def write_built(instance: Path, built: Built) -> None:
    """Keep it in the folder, readable by its owner alone."""
    with os.fdopen(
        os.open(instance / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as stream:
        stream.write(json.dumps(asdict(built), ensure_ascii=False, indent=1) + "\n")


def logins_table(logins: Iterable[Login]) -> str:
    """Some of each role in columns: role, user name, person, place and what the role is for."""
    left = dict(SHOWN)
    rows = []
    for one in logins:
        if left.get(one.role, 1) > 0:
            left[one.role] = left.get(one.role, 2) - 1
            place = f"{one.place}（{one.note}）" if one.note else one.place
            rows.append((one.role, one.login_name, one.name, place))
    widths = [max(width(row[column]) for row in rows) for column in range(3)] if rows else []
    return "\n".join(
        "  " + "  ".join(f"{text}{' ' * (cells - width(text))}" for text, cells in zip(row, widths, strict=False))
        + f"  {row[3]}"
        for row in rows
    )  # fmt: skip
