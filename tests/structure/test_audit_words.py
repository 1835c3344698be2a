"""Every act that the program records, and every thing that it is recorded of, has words for who reads the trail."""

from __future__ import annotations

import re
from pathlib import Path

from contest_portal import ROOMS, create_app
from contest_portal.core.audit_words import act_words, thing_words
from contest_portal.settings import Settings

PACKAGE = Path(__file__).resolve().parents[2] / "contest_portal"
ROOM = "|".join(ROOMS)
ACT = re.compile(rf'(?:unit_of_work\(\s*[\w.]+(?:\([^()]*\))?,\s*|action=)f?"((?:{ROOM})\.[a-z_{{}}.]+)"')
THING = re.compile(r'work\.record\(\s*\("([a-z_]+)"')
PLACE = re.compile(r"\{[^}]*\}")


def sources() -> list[str]:
    return [path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if "demo" not in path.parts]


def test_every_act_has_words(tmp_path: Path) -> None:
    create_app(Settings(instance=tmp_path, jobs_embedded=False), testing=True)
    named = act_words()
    acts = {act for text in sources() for act in ACT.findall(text)}
    assert len(acts) > 300
    # A name that is put together stands for several: one of them at least must be known.
    lacking = [act for act in acts if not any(re.fullmatch(PLACE.sub("[a-z_]+", act), one) for one in named)]
    assert sorted(lacking) == []


def test_every_thing_has_words(tmp_path: Path) -> None:
    create_app(Settings(instance=tmp_path, jobs_embedded=False), testing=True)
    things = {thing for text in sources() for thing in THING.findall(text)}
    assert sorted(things - set(thing_words())) == []
