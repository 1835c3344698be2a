"""Likeness of pictures: what is found again after each edit, what is wrongly called alike, and how long it takes.

Two sets of base pictures from other seeds: the method and the thresholds of the two others were chosen on the tuning set,
the figures that count are those of the held-out set. The packages of likeness_pictures.PHOTOGRAPHS bring the photographs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import cv2
import numpy as np

from benchmarks.likeness_edits import EDITS
from benchmarks.likeness_pictures import Pixels, base_pictures
from benchmarks.measurement import Measurement, summed_up, timed
from contest_portal.media.likeness import Index, PictureFingerprint, Verdict, alike_among, compare, fingerprint
from contest_portal.media.likeness.fingerprint import WORKING_SIDE, resized
from contest_portal.media.likeness.sketch import SKETCH_BYTES, perceptual_hash

TUNING, HELD_OUT = 1, 3  # seeds; 2 was the held-out set until the method changed
TUNING_PICTURES, PICTURES = 150, 300
CANDIDATES = 20
FOLDER_CANDIDATES = 30  # media/picture_pairs.py: what `contest-portal media scan` compares each picture with
NEIGHBOURS = 9  # itself and the eight nearest others, which are compared for false pairs however far they are
SIZES = (1_000, 10_000, 100_000)


@dataclass(frozen=True)
class Seen:
    """A picture as the three methods know it: `hashes` 2 × 4 words (as it is and mirrored), `orb`: places, descriptors."""

    own: PictureFingerprint
    hashes: np.ndarray
    orb: tuple[np.ndarray, np.ndarray]
    orb_mirrored: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Scores:
    """What the three methods say of a pair, and whether the index would have shown it."""

    verdict: str
    score: float
    hash_closeness: float
    orb_inliers: int
    shown: bool = True


def seen(picture: Pixels) -> Seen:
    """All that is measured of one picture."""
    working = resized(picture, WORKING_SIDE)
    mirrored = np.ascontiguousarray(working[:, ::-1])
    hashes = np.stack([perceptual_hash(one) for one in (working, mirrored)])
    return Seen(fingerprint(picture), hashes, _orb(working), _orb(mirrored))


def _orb(picture: Pixels) -> tuple[np.ndarray, np.ndarray]:
    points, looks = cv2.ORB_create(500).detectAndCompute(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), None)
    places = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
    return places, np.zeros((0, 32), np.uint8) if looks is None else looks


def hash_closeness(a: Seen, b: Seen) -> float:
    """1 less the share of differing bits, the better of as it is and mirrored."""
    return 1 - float(np.bitwise_count(a.hashes[0] ^ b.hashes).sum(axis=1).min()) / 256


def orb_inliers(a: Seen, b: Seen) -> int:
    """Matches that one homography explains, the better of as it is and mirrored."""
    return max(_inliers(a.orb, b.orb), _inliers(a.orb, b.orb_mirrored))


def _inliers(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]) -> int:
    if min(len(a[0]), len(b[0])) < 8:
        return 0
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(a[1], b[1])
    if len(matches) < 8:
        return 0
    here = np.array([a[0][match.queryIdx] for match in matches])
    there = np.array([b[0][match.trainIdx] for match in matches])
    found = cv2.findHomography(there, here, cv2.RANSAC, 5.0, None, 1000)[1]
    return 0 if found is None else int(found.sum())


def _edited(job: tuple[int, int, Pixels]) -> tuple[Seen, dict[str, tuple[Seen, Scores]]]:
    """One base picture and, for each edit, the edited one with what the methods say of the pair."""
    cv2.setNumThreads(1)
    seed, number, picture = job
    base, found = seen(picture), {}
    for place, (name, edit) in enumerate(EDITS.items()):
        other = seen(edit(picture, np.random.default_rng([seed, number, place])))
        found[name] = other, _scores((base, other))
    return base, found


def _scores(pair: tuple[Seen, Seen]) -> Scores:
    likeness = compare(pair[0].own, pair[1].own)
    return Scores(likeness.verdict.value, likeness.score, hash_closeness(*pair), orb_inliers(*pair))


@dataclass(frozen=True)
class Trial:
    """One set: for each edit the pairs of a picture and its edited copy, and the pairs of different base pictures."""

    edits: dict[str, list[Scores]]
    different: list[tuple[str, str, Scores]]
    fingerprints: list[PictureFingerprint]


def trial(seed: int, count: int, executor: ProcessPoolExecutor) -> Trial:
    """All edits of all pictures; each picture is compared with those others that are nearest to it."""
    pictures = base_pictures(seed, count)
    jobs = ((seed, number, picture) for number, picture in enumerate(pictures.values()))
    made = list(executor.map(_edited, jobs, chunksize=4))
    index = Index((number, base.own.sketch) for number, (base, _) in enumerate(made))
    edits: dict[str, list[Scores]] = {name: [] for name in EDITS}
    for number, (_, found) in enumerate(made):
        for name, (other, scores) in found.items():
            shown = number in dict(index.candidates(other.own, CANDIDATES))
            edits[name].append(Scores(scores.verdict, scores.score, scores.hash_closeness, scores.orb_inliers, shown))
    pairs = sorted(
        {
            (min(number, other), max(number, other))
            for number, (base, _) in enumerate(made)
            for other, _distance in (
                *index.candidates(base.own, FOLDER_CANDIDATES),
                *index.candidates(base.own, NEIGHBOURS, farthest=1.0),
            )
            if other != number
        }
    )
    scored = executor.map(_scores, ((made[a][0], made[b][0]) for a, b in pairs), chunksize=32)
    names = list(pictures)
    different = [(names[a], names[b], scores) for (a, b), scores in zip(pairs, scored, strict=True)]
    return Trial(edits, different, [base.own for base, _ in made])


def measure() -> Iterator[Measurement]:
    """Recall and false pairs of three methods on the held-out set, then times."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as executor:
        tuning = trial(TUNING, TUNING_PICTURES, executor)
        held_out = trial(HELD_OUT, PICTURES, executor)
    least_closeness = max(scores.hash_closeness for _, _, scores in tuning.different)
    least_inliers = max(scores.orb_inliers for _, _, scores in tuning.different)

    def methods(scores: Scores) -> dict[str, bool]:
        return {
            "chosen method": scores.shown and scores.verdict == Verdict.SAME,
            "pHash alone": scores.hash_closeness > least_closeness,
            "ORB inliers alone": scores.orb_inliers > least_inliers,
        }

    for name, which in (("tuning", tuning), ("held-out", held_out)):
        missed = [not methods(scores)["chosen method"] for found in which.edits.values() for scores in found]
        yield _share(f"likeness, {name} set, all edits: missed", missed, limit=5.0)
        unsure = [scores.verdict == Verdict.UNSURE for found in which.edits.values() for scores in found]
        yield _share(f"likeness, {name} set, all edits: unsure, left to a person", unsure, limit=None)
        for verdict, limit in ((Verdict.SAME, 1), (Verdict.UNSURE, None)):
            wrong = [(a, b) for a, b, scores in which.different if scores.verdict == verdict]
            label = (
                f'likeness, {name} set: different pictures called "{verdict}" in {len(which.different):,} comparisons'
            )
            yield Measurement(f"{label} {wrong or ''}".strip(), len(wrong), "pairs", limit)
    for method in ("chosen method", "pHash alone", "ORB inliers alone"):
        for edit, found in held_out.edits.items():
            missed = [not methods(scores)[method] for scores in found]
            yield _share(
                f"likeness, {method}, {edit}: missed", missed, limit=5.0 if method == "chosen method" else None
            )
        wrong = [pair for pair in held_out.different if methods(pair[2])[method]]
        limit = 1 if method == "chosen method" else None
        yield Measurement(f"likeness, {method}: false pairs of {PICTURES} base pictures", len(wrong), "pairs", limit)
    not_shown = [not scores.shown for found in held_out.edits.values() for scores in found]
    yield _share(f"likeness, the index: not among the nearest {CANDIDATES} of {PICTURES}", not_shown, limit=3.0)
    yield from _times(held_out)


def _share(name: str, missed: list[bool], limit: float | None) -> Measurement:
    return Measurement(f"{name} ({sum(missed)} of {len(missed)})", 100 * sum(missed) / len(missed), "%", limit)


def _times(held_out: Trial) -> Iterator[Measurement]:
    picture = next(iter(base_pictures(HELD_OUT, 30).values()))
    yield timed("likeness, fingerprint of a picture", lambda: fingerprint(picture)).in_milliseconds(300)
    known = held_out.fingerprints
    one = known[0]
    walls = []
    for other in known[1:60]:
        start = time.perf_counter()
        compare(one, other)
        walls.append(time.perf_counter() - start)
    yield summed_up("likeness, comparison of two fingerprints", walls, "s").in_milliseconds(500)
    for size in SIZES:
        index = Index(_many(known, size))
        label = f"of {size:,} fingerprints"
        yield timed(f"likeness, candidates {label}", lambda index=index: index.candidates(one)).in_milliseconds()

        def whole(index: Index = index) -> None:
            asked = fingerprint(picture)
            near = (number for number, _ in index.candidates(asked, CANDIDATES))
            for _ in alike_among(asked, near, lambda number: known[number % len(known)]):
                pass

        yield timed(
            f"likeness, a painting against all {label}: fingerprint, candidates, the search among {CANDIDATES} of them",
            whole,
            repeats=3,
            limit=1.0,
        )


def _many(fingerprints: list[PictureFingerprint], size: int) -> Iterator[tuple[int, bytes]]:
    """Sketches of so many pictures: those there are, again and again with a third of their bits changed."""
    random = np.random.default_rng(5)
    known = np.stack([np.frombuffer(one.sketch, np.uint8) for one in fingerprints])
    for number in range(size):
        noise = random.integers(0, 256, (3, SKETCH_BYTES), np.uint8)
        changed = known[number % len(known)] ^ (noise[0] & noise[1] | noise[2] & noise[0] & ~noise[1] & 0x55)
        yield number, (known[number] if number < len(known) else changed).tobytes()
