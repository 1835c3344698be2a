"""Page numbers in words, and which of many are shown. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

FEW_PAGES = 12
"""So many are all shown."""
_BESIDE = 2


def in_ranges(pages: Iterable[int]) -> str:
    """1、2、3 and 7 as 1–3、7."""
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def pages_shown(count: int, current: int, marked: Collection[int]) -> list[int]:
    """Of `count` pages those that stand in sight: all of a few, else the first, the last, those beside the current one,
    and the marked ones."""
    if count <= FEW_PAGES:
        return list(range(1, count + 1))
    near = range(current - _BESIDE, current + _BESIDE + 1)
    return sorted(page for page in {1, count, *near, *marked} if 1 <= page <= count)
