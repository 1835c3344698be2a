"""How much of one text stands in another, and where. Pure: texts in, shares and passages out.

Letters are compared, not layout: width, case, spaces and punctuation are dropped, so that a line broken elsewhere is
the same line. A Chinese letter tells about as much as four Latin ones, so lengths are weighed: `WEIGHT` for a Chinese
letter, a half of that for a digit, a quarter for any other letter.

Candidates among many texts: shingles of eight Chinese letters, of which winnowing keeps a few by their own content
(Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003): whatever agrees over twenty letters shares one that was kept.
Shares and passages: common shingles grow to the longest runs, and those tile both texts, the longest first
(Wise: String similarity via greedy string tiling, 1993).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from contest_portal.core.radicals import AS_CHARACTERS

WEIGHT = 4
SHINGLE = 8 * WEIGHT
WINDOW = 13
SHORTEST_TILE = 6 * WEIGHT
SHORTEST_PASSAGE = 20 * WEIGHT
WIDEST_GAP = 24
LEAST_AGREEMENT = 0.5
MOST_REPEATS = 16
"""A shingle that occurs so often in both texts is paired in order, not each with each."""

SAME_SHARE, NOTED_SHARE = 0.5, 0.25
LEAST_EVIDENCE, WHOLE_SHARE = 60 * WEIGHT, 0.8
"""A sentence in common is half of a short text and still says little; all of a short text says enough."""
NOTED_BY_LENGTH = ((0.1, 60 * WEIGHT), (0.0, 150 * WEIGHT))
"""From which share on a passage of which weight is worth a look: a turn of phrase here and there is not."""

Verdict = Literal["same", "unsure", "different"]
Tile = tuple[int, int, int]
"""Letters that agree: where they begin in the first text, where in the second, how many."""
Numbers = NDArray[Any]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_BASE_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))


@dataclass(frozen=True)
class Passage:
    """What stands in both texts: the words of each as they stand there, from which letter on (counted from 0), and how
    many letters agree."""

    a: str
    b: str
    at_a: int
    at_b: int
    length: int


@dataclass(frozen=True)
class TextLikeness:
    """`share_a`: the share of the first text that also stands in the second; `score` the larger of both, 0 to 1.

    Verdict same: half of one text or more. Unsure: a quarter of one, or a tenth with a passage of 60 letters, or a
    passage of 150 letters. Else different, and so is what has fewer than 60 letters in common, unless they are nearly
    all of one text.
    """

    score: float
    verdict: Verdict
    share_a: float
    share_b: float
    passages: tuple[Passage, ...]


class Letters:
    """A text reduced to what is compared. `codes`: its letters; `places`: where in the text each stands; `weights`:
    what the letters before each weigh together, one longer than `codes`."""

    def __init__(self, text: str) -> None:
        self.text = text
        codes: list[int] = []
        places: list[int] = []
        for place, letter in enumerate(text):
            for normal in _normal(letter):
                codes.append(normal)
                places.append(place)
        self.codes = np.array(codes, dtype=np.uint32)
        self.places = np.array(places, dtype=np.int64)
        self.weights = np.concatenate([[0], np.cumsum(_weights(self.codes))])

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def ends(self) -> Numbers:
        """Where the shingle that begins at each letter ends; letters near the end begin none."""
        found = np.searchsorted(self.weights, self.weights[:-1] + SHINGLE)
        return found[found <= len(self.codes)]

    @cached_property
    def hashes(self) -> Numbers:
        """The shingles' hashes, signed and 64 bits wide, as databases keep them."""
        powers = _powers(_BASE, len(self.codes) + 1)
        terms = (self.codes.astype(np.uint64) + np.uint64(1)) * powers[:-1]
        sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(terms, dtype=np.uint64)])
        starts = np.arange(len(self.ends))
        return _mixed((sums[self.ends] - sums[starts]) * _powers(_BASE_INVERSE, len(self.codes) + 1)[starts])

    @cached_property
    def kept(self) -> Numbers:
        """Which shingles winnowing keeps, by where they begin: the least of each window, the last of equal ones."""
        if len(self.hashes) == 0:
            return np.zeros(0, dtype=np.int64)
        width = min(WINDOW, len(self.hashes))
        windows = np.lib.stride_tricks.sliding_window_view(self.hashes, width)
        last = width - 1 - np.argmin(windows[:, ::-1], axis=1)
        return np.unique(last + np.arange(len(windows)))

    def weight_of(self, tiles: list[Tile]) -> int:
        """What the letters of those tiles weigh, which lie in this text as the first of two."""
        return sum(int(self.weights[at + length] - self.weights[at]) for at, _, length in tiles)

    def marks(self) -> list[int]:
        """The hashes by which the text is found among others, each once."""
        return [int(one) for one in np.unique(self.hashes[self.kept])]

    def printed(self, common: Collection[int]) -> NDArray[np.bool_]:
        """For each letter, whether it belongs to a form's own words: to shingles of `common`, or between two of them
        where winnowing kept none between."""
        is_printed = np.zeros(len(self.codes), dtype=bool)
        if not common:
            return is_printed
        is_common = np.isin(self.hashes[self.kept], np.fromiter(common, dtype=np.int64))
        for place, (start, here) in enumerate(zip(self.kept, is_common, strict=True)):
            if here:
                begin = self.kept[place - 1] if place and is_common[place - 1] else start
                is_printed[begin : self.ends[start]] = True
        return is_printed


def compare_texts(a: str, b: str, common: Collection[int] = ()) -> TextLikeness:
    """How alike two texts are. `common`: hashes of a form's own words, which count for neither text."""
    if b < a:  # one order whoever asks, so that both get the same answer
        turned = compare_texts(b, a, common)
        swapped = tuple(Passage(one.b, one.a, one.at_b, one.at_a, one.length) for one in turned.passages)
        return TextLikeness(turned.score, turned.verdict, turned.share_b, turned.share_a, swapped)
    one, other = Letters(a), Letters(b)
    own_a, own_b = ~one.printed(common), ~other.printed(common)
    matched_a, matched_b = np.zeros(len(one), dtype=bool), np.zeros(len(other), dtype=bool)
    found = _passages(_tiles(one, other, own_a, own_b), one)
    for start_a, start_b, length in (tile for tiles in found for tile in tiles):
        matched_a[start_a : start_a + length] = True
        matched_b[start_b : start_b + length] = True
    share_a, share_b = _share(matched_a, own_a, one), _share(matched_b, own_b, other)
    score = max(share_a, share_b)
    longest = max((one.weight_of(tiles) for tiles in found), default=0)
    passages = tuple(_passage(tiles, one, other) for tiles in found)
    evidence = sum(one.weight_of(tiles) for tiles in found)
    return TextLikeness(score, _verdict(score, longest, evidence), share_a, share_b, passages)


def _verdict(score: float, longest: int, evidence: int) -> Verdict:
    if evidence < LEAST_EVIDENCE and score < WHOLE_SHARE:
        return "different"
    if score >= SAME_SHARE:
        return "same"
    is_noted = score >= NOTED_SHARE or any(score >= share and longest >= weight for share, weight in NOTED_BY_LENGTH)
    return "unsure" if is_noted and longest else "different"


def _share(matched: Numbers, own: Numbers, letters: Letters) -> float:
    weights = _weights(letters.codes) * own
    whole = int(weights.sum())
    return round(float(weights[matched].sum()) / whole, 4) if whole else 0.0


def _tiles(a: Letters, b: Letters, own_a: Numbers, own_b: Numbers) -> list[Tile]:
    """The longest runs of letters that agree, none over another, in the order of the first text."""
    if np.array_equal(a.codes, b.codes) and own_a.all():  # also texts too short for a shingle
        return [(0, 0, len(a))] if len(a) else []
    runs = sorted(_runs(a, b), key=lambda run: (-run[2], run[0] + run[1], run[0]))
    free_a, free_b = own_a.copy(), own_b.copy()
    tiles = []
    for start_a, start_b, length in runs:
        free = free_a[start_a : start_a + length] & free_b[start_b : start_b + length]
        for begin, end in _stretches(free):
            if a.weights[start_a + end] - a.weights[start_a + begin] < SHORTEST_TILE:
                continue
            tiles.append((start_a + begin, start_b + begin, end - begin))
            free_a[start_a + begin : start_a + end] = False
            free_b[start_b + begin : start_b + end] = False
    return sorted(tiles)


def _stretches(free: Numbers) -> list[tuple[int, int]]:
    """(begin, end) of the stretches that are true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _runs(a: Letters, b: Letters) -> list[Tile]:
    """Runs of equal letters that begin and end where the texts begin to differ, from the shingles that both have."""
    at_a, at_b = _seeds(a.hashes, b.hashes)
    if len(at_a) == 0:
        return []
    shift = at_b - at_a
    order = np.lexsort((at_a, shift))
    at_a, at_b, shift = at_a[order], at_b[order], shift[order]
    ends = a.ends[at_a]
    breaks = np.flatnonzero((np.diff(shift) != 0) | (at_a[1:] > ends[:-1])) + 1
    firsts, lasts = np.concatenate([[0], breaks]), np.concatenate([breaks, [len(at_a)]]) - 1
    runs = []
    for first, last in zip(firsts, lasts, strict=True):
        run = _grown(a.codes, b.codes, int(at_a[first]), int(at_b[first]), int(ends[last]))
        if run:
            runs.append(run)
    return runs


def _grown(a: Numbers, b: Numbers, at_a: int, at_b: int, end_a: int) -> Tile | None:
    end_b = at_b + end_a - at_a
    if not np.array_equal(a[at_a:end_a], b[at_b:end_b]):  # two shingles with one hash
        return None
    while at_a and at_b and a[at_a - 1] == b[at_b - 1]:
        at_a, at_b = at_a - 1, at_b - 1
    while end_a < len(a) and end_b < len(b) and a[end_a] == b[end_b]:
        end_a, end_b = end_a + 1, end_b + 1
    return at_a, at_b, end_a - at_a


def _seeds(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    """The places of equal hashes, a pair each."""
    order_a, order_b = np.argsort(a, kind="stable"), np.argsort(b, kind="stable")
    values_a, starts_a, counts_a = np.unique(a[order_a], return_index=True, return_counts=True)
    values_b, starts_b, counts_b = np.unique(b[order_b], return_index=True, return_counts=True)
    _, in_a, in_b = np.intersect1d(values_a, values_b, assume_unique=True, return_indices=True)
    once = (counts_a[in_a] == 1) & (counts_b[in_b] == 1)
    left = [order_a[starts_a[in_a[once]]]]
    right = [order_b[starts_b[in_b[once]]]]
    for one, other in zip(in_a[~once], in_b[~once], strict=True):
        places_a = order_a[starts_a[one] : starts_a[one] + counts_a[one]]
        places_b = order_b[starts_b[other] : starts_b[other] + counts_b[other]]
        if len(places_a) * len(places_b) > MOST_REPEATS:
            shorter = min(len(places_a), len(places_b))
            places_a, places_b = places_a[:shorter], places_b[:shorter]
        else:
            places_a, places_b = np.repeat(places_a, len(places_b)), np.tile(places_b, len(places_a))
        left.append(places_a)
        right.append(places_b)
    return np.concatenate(left), np.concatenate(right)


def _passages(tiles: list[Tile], letters: Letters) -> list[list[Tile]]:
    """Tiles that follow each other closely in both texts, together; those too short to mean anything are left out."""
    found: list[list[Tile]] = []
    for tile in tiles:
        before = next((one for one in reversed(found[-5:]) if _follows(tile, one[-1])), None)
        if before is None:
            found.append([tile])
        else:
            before.append(tile)
    return [one for one in found if _tells_enough(one, letters)]


def _follows(tile: Tile, before: Tile) -> bool:
    gap_a, gap_b = tile[0] - before[0] - before[2], tile[1] - before[1] - before[2]
    return 0 <= gap_a <= WIDEST_GAP and 0 <= gap_b <= WIDEST_GAP


def _tells_enough(tiles: list[Tile], letters: Letters) -> bool:
    agreeing = letters.weight_of(tiles)
    span = int(letters.weights[tiles[-1][0] + tiles[-1][2]] - letters.weights[tiles[0][0]])
    is_whole = len(tiles) == 1 and tiles[0][2] == len(letters)
    return is_whole or (agreeing >= SHORTEST_PASSAGE and agreeing >= LEAST_AGREEMENT * span)


def _passage(tiles: list[Tile], a: Letters, b: Letters) -> Passage:
    first, last = tiles[0], tiles[-1]
    begin_a, end_a = int(a.places[first[0]]), int(a.places[last[0] + last[2] - 1]) + 1
    begin_b, end_b = int(b.places[first[1]]), int(b.places[last[1] + last[2] - 1]) + 1
    length = sum(one[2] for one in tiles)
    return Passage(a.text[begin_a:end_a], b.text[begin_b:end_b], begin_a, begin_b, length)


@lru_cache(maxsize=32_768)
def _normal(letter: str) -> tuple[int, ...]:
    """What remains of a letter: nothing of spaces and punctuation, the plain form of wide and joined ones, characters for
    radicals."""
    plain = unicodedata.normalize("NFKC", letter).casefold().translate(AS_CHARACTERS)
    return tuple(ord(one) for one in plain if one.isalnum())


def _weights(codes: Numbers) -> Numbers:
    """What each letter tells: four for Chinese, Japanese and Korean, two for digits, one for others."""
    is_digit = (codes >= ord("0")) & (codes <= ord("9"))
    return np.where(codes >= 0x2E80, WEIGHT, np.where(is_digit, 2, 1)).astype(np.int64)


def _powers(base: np.uint64, count: int) -> Numbers:
    """base⁰, base¹, … modulo 2⁶⁴."""
    factors = np.full(count, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


def _mixed(values: Numbers) -> Numbers:
    """Each bit of a hash made to depend on all (the finish of SplitMix64), as signed numbers."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (values ^ (values >> np.uint64(31))).view(np.int64)
