"""A party divided over neighbouring sessions in whole classes. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def class_sizes(pupils: Sequence[int], adults: int) -> list[int]:
    """How many people go with each class: its pupils and its share of the party's adults.

    Adults are shared out in proportion to the pupils by largest remainders (the earlier class first where they are
    equal), so that the sizes sum to all pupils and adults.
    """
    total = sum(pupils)
    if not total:
        return []
    whole = [adults * count // total for count in pupils]
    by_rest = sorted(range(len(pupils)), key=lambda place: (-(adults * pupils[place] % total), place))
    for place in by_rest[: adults - sum(whole)]:
        whole[place] += 1
    return [count + grown for count, grown in zip(pupils, whole, strict=True)]


def divide(sizes: Sequence[int], rooms: Sequence[int]) -> list[int] | None:
    """The session of each class (its place in `rooms`), so that no session gets more people than it has room for.

    `rooms`: of sessions that follow each other, the wished one first. As few sessions as can be, from the first on, each
    with at least one class. None where whole classes do not fit.
    """
    for length in range(1, min(len(rooms), len(sizes)) + 1):
        found = _assigned(sizes, tuple(rooms[:length]), exactly=False)
        if found is not None:
            return found
    return None


def divide_exactly(sizes: Sequence[int], people: Sequence[int]) -> list[int] | None:
    """The session of each class, so that each session gets exactly so many people; None where that cannot be."""
    return _assigned(sizes, tuple(people), exactly=True)


def _assigned(sizes: Sequence[int], rooms: tuple[int, ...], *, exactly: bool) -> list[int] | None:
    """Large classes first, every way of filling tried once: what is left of the rooms tells the rest."""
    order = sorted(range(len(sizes)), key=lambda place: (-sizes[place], place))
    dead: set[tuple[int, tuple[int, ...], tuple[bool, ...]]] = set()

    def search(step: int, left: tuple[int, ...], used: tuple[bool, ...]) -> list[int] | None:
        if step == len(order):
            return [] if all(used) and (not exactly or not any(left)) else None
        if (step, left, used) in dead:
            return None
        size = sizes[order[step]]
        for place, room in enumerate(left):
            if size <= room:
                rest = search(
                    step + 1,
                    (*left[:place], room - size, *left[place + 1 :]),
                    (*used[:place], True, *used[place + 1 :]),
                )
                if rest is not None:
                    return [place, *rest]
        dead.add((step, left, used))
        return None

    found = search(0, rooms, (False,) * len(rooms))
    if found is None:
        return None
    return [place for _class, place in sorted(zip(order, found, strict=True))]
