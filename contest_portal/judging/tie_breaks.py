"""What decides between works of equal points, in order: criteria, the sum of the raw scores, a vote. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contest_portal.contests.rules import Criterion
from contest_portal.core.text import N_

RAW, VOTE = "raw", "vote"
_CRITERION = "criterion:"
MOST = 4
_CUSTOM = ("创新", "科学")
"""Criteria that customs of the trade look at first (DEFAULT)."""

WORDS: dict[str, str] = {RAW: N_("原始总分之和"), VOTE: N_("评委会表决")}


def criterion_key(code: str) -> str:
    """A criterion as a tie-break."""
    return _CRITERION + code


def code_of(key: str) -> str | None:
    """The criterion that a tie-break looks at, None where it is another kind."""
    return key.removeprefix(_CRITERION) if key.startswith(_CRITERION) else None


def customary(criteria: Iterable[Criterion]) -> list[str]:
    """创新性, then 科学性, then the sum of the raw scores, then a vote."""
    listed = list(criteria)
    first = [next((one.code for one in listed if word in one.name), None) for word in _CUSTOM]
    return [*(criterion_key(code) for code in dict.fromkeys(first) if code), RAW, VOTE]


def are_valid(keys: Sequence[str], codes: Iterable[str]) -> bool:
    """Whether each names a criterion or a known way, none twice, the vote last."""
    known = {*(criterion_key(code) for code in codes), *WORDS}
    return len(set(keys)) == len(keys) and set(keys) <= known and VOTE not in keys[:-1]


def still_valid(keys: Sequence[str], codes: Iterable[str]) -> list[str]:
    """Those that a rubric of these criteria can be asked for, in their order."""
    known = {*(criterion_key(code) for code in codes), *WORDS}
    return [key for key in keys if key in known]
