"""The manuals use the program's own words: whatever stands in 「」 is said by a page, a form or a menu."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from contest_portal.core.manuals import MANUALS

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def said() -> re.Pattern[str]:
    """Matches each text that the program says, with any value at its named places."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    keywords = {**DEFAULT_KEYWORDS, "_l": None, "N_": None, "lazy_gettext": None}
    texts = set()
    for _path, _line, message_id, *_ in extract_from_dir(str(ROOT / "contest_portal"), methods, options, keywords):
        texts.add(message_id if isinstance(message_id, str) else message_id[0])
    patterns = (".+?".join(map(re.escape, PLACE.split(text))) for text in sorted(texts) if PLACE.sub("", text))
    return re.compile("|".join(patterns))


@pytest.mark.parametrize("name", MANUALS)
def test_every_quoted_word_of_a_manual_is_said_by_the_program(name: str, said: re.Pattern[str]) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    unknown = [word for word in re.findall(r"「(.+?)」", text) if not said.fullmatch(word)]
    assert not unknown, f"docs/{name}.md quotes words that no page shows (anymore): {unknown}"


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}.md" for name in (*MANUALS, "architecture", "states"))])
def test_every_link_between_the_documents_leads_somewhere(page: str) -> None:
    file = ROOT / page
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
    broken = [target for target in targets if not (file.parent / target).exists()]
    assert not broken
