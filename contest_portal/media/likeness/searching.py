"""Which of a picture's candidates show the same sheet, without comparing more of them than it takes to be sure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from contest_portal.media.likeness.comparing import Likeness, Verdict, compare
from contest_portal.media.likeness.fingerprint import PictureFingerprint

PATIENCE = 8  # so many different pictures in a row, and those that lie farther are not asked


def alike_among(
    picture: PictureFingerprint,
    nearest_first: Iterable[int],
    read: Callable[[int], PictureFingerprint | None],
    patience: int = PATIENCE,
) -> Iterator[tuple[int, Likeness]]:
    """(number, likeness) of those candidates that are "same" or "unsure", the nearest first; ends after `patience`
    different ones in a row.

    `read` gives a candidate's fingerprint, None where there is none any more: it is passed over. One "same" does not end
    the search: of one sheet there may be many copies, and each pair is shown. Copies cost little to compare; it is the
    different ones, mostly far, that take the time.
    """
    different = 0
    for number in nearest_first:
        other = read(number)
        if other is None:
            continue
        likeness = compare(other, picture)
        if likeness.verdict is not Verdict.DIFFERENT:
            different = 0
            yield number, likeness
            continue
        different += 1
        if different >= patience:
            return
