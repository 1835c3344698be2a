"""Which certificates cannot be printed: the letters of their names and titles that no font here has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from contest_portal.core.storage import storage
from contest_portal.results.certificates.fonts import OwnFont, missing_letters
from contest_portal.results.certificates.layout import letters_of
from contest_portal.results.certificates.queries.awardees import Awardee
from contest_portal.results.certificates.queries.given import Choices, TemplateLook, chosen_look


@dataclass(frozen=True)
class Unprintable:
    """Somebody whose certificate would have empty boxes, and the letters that would be such."""

    awardee: Awardee
    letters: str

    @property
    def code_points(self) -> str:
        """The letters as one can look them up: U+2CB4E."""
        return "、".join(f"U+{ord(letter):04X}" for letter in self.letters)


@contextmanager
def own_font_of(choices: Choices) -> Iterator[OwnFont | None]:
    """The contest's own font as a file, for the length of the block."""
    if choices.font_file_sha256 is None:
        yield None
        return
    with storage().local_copy(choices.font_file_sha256) as path:
        yield OwnFont(path, choices.font_family, choices.font_file_sha256)


def unprintable(
    awardees: Iterable[Awardee], looks: Mapping[tuple[str, str], TemplateLook], choices: Choices
) -> list[Unprintable]:
    """Those of the awardees whose certificates cannot be printed as they are."""
    written = [
        (one, letters_of(chosen_look(looks, one.kind, one.award).layout, {**one.values, "颁发单位": choices.issuer}))
        for one in awardees
    ]
    with own_font_of(choices) as own_font:
        missing = set(missing_letters("".join(text for _one, text in written), own_font))
    found = []
    for one, text in written if missing else ():
        if letters := "".join(dict.fromkeys(letter for letter in text if letter in missing)):
            found.append(Unprintable(one, letters))
    return found
