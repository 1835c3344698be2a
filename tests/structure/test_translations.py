"""Every text has its English: nothing missing, nothing doubtful, every named place kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "contest_portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
ADVICE = "Run `make messages`, fill in contest_portal/translations/en/LC_MESSAGES/messages.po"
PLACE = re.compile(r"%\((\w+)\)[sd]")


def texts_of(message_id: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (message_id,) if isinstance(message_id, str) else tuple(message_id)


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """Each text that the sources mark for translation → where it stands."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    keywords = {**DEFAULT_KEYWORDS, "_l": None, "N_": None, "lazy_gettext": None}
    found = {}
    for path, line, message_id, *_ in extract_from_dir(str(ROOT / "contest_portal"), methods, options, keywords):
        found.setdefault(texts_of(message_id)[0], f"{path}:{line}")
    return found


@pytest.fixture(scope="module")
def english() -> Catalog:
    with CATALOGUE.open("rb") as lines:
        return read_po(lines, locale="en")


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_every_text_is_in_the_english_catalogue(sources: dict[str, str], english: Catalog) -> None:
    missing = [f"{where}: {text}" for text, where in sources.items() if english.get(text) is None]
    assert not missing, f"{ADVICE}; {len(missing)} are missing:\n" + "\n".join(missing[:40])


def test_the_english_catalogue_has_no_text_that_nobody_says(sources: dict[str, str], english: Catalog) -> None:
    idle = [texts_of(message.id)[0] for message in messages(english) if texts_of(message.id)[0] not in sources]
    assert not idle, f"Run `make messages`; {len(idle)} texts are no longer used:\n" + "\n".join(idle[:40])


def test_every_text_has_its_english(english: Catalog) -> None:
    empty = [
        texts_of(message.id)[0] for message in messages(english) if message.fuzzy or not all(texts_of(message.string))
    ]
    assert not empty, f"{ADVICE}; {len(empty)} are empty or fuzzy:\n" + "\n".join(empty[:40])


def test_every_translation_keeps_the_named_places(english: Catalog) -> None:
    wrong = []
    for message in messages(english):
        wanted = set().union(*(PLACE.findall(text) for text in texts_of(message.id)))
        wrong += [text for text in texts_of(message.string) if text and not set(PLACE.findall(text)) <= wanted]
        full = texts_of(message.string)[-1]
        wrong += [full] if full and set(PLACE.findall(full)) != wanted else []
    assert not wrong, "These name other places than their source, and would fail or lose a value:\n" + "\n".join(wrong)
