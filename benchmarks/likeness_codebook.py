"""Makes contest_portal/media/likeness/codebook.npy: `python -m benchmarks.likeness_codebook`.

A new codebook makes every stored sketch useless: raise the fingerprint's version with it.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from benchmarks.likeness_pictures import PROCEDURES
from contest_portal.media import likeness
from contest_portal.media.likeness.features import Features, find_features
from contest_portal.media.likeness.fingerprint import WORKING_SIDE, resized

CENTRES = 24
_EACH = 8  # pictures of each procedure


def features_of(kind: str, number: int) -> Features:
    """The features of one drawn picture. The seed is used by no measurement."""
    picture = PROCEDURES[kind](np.random.default_rng([777, number]))
    return find_features(cv2.cvtColor(resized(picture, WORKING_SIDE), cv2.COLOR_RGB2GRAY), (1.0, 1.0))


def main() -> None:
    """Gather features of drawn pictures, find their centres, write them."""
    found = [features_of(kind, number) for kind in PROCEDURES for number in range(_EACH)]
    vectors = np.concatenate([one.vectors for one in found] + [one.mirrored_vectors for one in found])
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-4)
    centres = cv2.kmeans(vectors, CENTRES, None, criteria, 3, cv2.KMEANS_PP_CENTERS)[2]
    target = Path(likeness.__file__).with_name("codebook.npy")
    np.save(target, np.clip(np.rint(centres * 255), 0, 255).astype(np.uint8))
    print(f"{len(vectors)} features, {CENTRES} centres: {target.name}")


if __name__ == "__main__":
    main()
