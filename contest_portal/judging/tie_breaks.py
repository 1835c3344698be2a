"""What decides between works of equal points, in order: criteria, the sum of the raw scores, a vote. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from contest_portal.contests.rules import Criterion
from contest_portal.core.text import N_, Message

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


def what_is_wrong(keys: Sequence[str], names: Mapping[str, str]) -> Message | None:
    """The first thing wrong with an ordered list: something unknown, something twice, a vote that is not last. `names`:
    criterion code → name, of all criteria that there are. None where nothing is."""
    words = {
        **{criterion_key(code): name for code, name in names.items()},
        **{key: Message(w) for key, w in WORDS.items()},
    }
    for place, key in enumerate(keys, start=1):
        if key not in words:
            unknown = N_("并列时的第 %(place)s 个比较项（%(key)s）不在这些类别的评分标准中，请重新选择。")
            return Message.of(unknown, place=place, key=code_of(key) or key)
        if key in keys[: place - 1]:
            return Message.of(N_("并列时的比较项「%(name)s」选了两次，请去掉一个。"), name=words[key])
    if VOTE in keys[:-1]:
        after = N_("并列时的比较项「%(vote)s」应排在最后：表决之后不再比较「%(next)s」。")
        return Message.of(after, vote=words[VOTE], next=words[keys[list(keys).index(VOTE) + 1]])
    return None


def still_valid(keys: Sequence[str], codes: Iterable[str]) -> list[str]:
    """Those that a rubric of these criteria can be asked for, in their order."""
    known = {*(criterion_key(code) for code in codes), *WORDS}
    return [key for key in keys if key in known]
