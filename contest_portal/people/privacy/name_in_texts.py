"""One person's name taken out of texts, and nobody else's: what belongs to others of the same work stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

SHORTEST_NAME = 2
"""A single character stands in too many words to be looked for."""


def name_taken_out(name: str, pseudonym: str, others: Iterable[str]) -> Callable[[str], str]:
    """A function that puts the pseudonym in the name's place. `others`: who else has a part in what is read.

    Of two of the same name nobody can say whom a text means, and the other has a right to stand there: then all stays.
    A longer name in which this one is contained (王小 in 王小雨) is left alone.
    """
    names = set(others)
    if len(name) < SHORTEST_NAME or name in names:
        return lambda text: text
    longer = sorted((one for one in names if name in one), key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(one) for one in (*longer, name)))
    return lambda text: pattern.sub(lambda found: pseudonym if found[0] == name else found[0], text)


def in_all_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A value as JSON has it, changed in all its texts; names of fields stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [in_all_texts(one, change) for one in value]
    return {key: in_all_texts(one, change) for key, one in value.items()} if isinstance(value, dict) else value
