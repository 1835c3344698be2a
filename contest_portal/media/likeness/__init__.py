"""Whether two pictures show the same sheet: fingerprints, an index of them, and the comparison of two.

Pure: pictures come as arrays of pixels, fingerprints go as bytes. Reading files is for the sandbox (media/sandbox.py).
"""

from contest_portal.media.likeness.comparing import Likeness, Verdict, compare
from contest_portal.media.likeness.fingerprint import PictureFingerprint, fingerprint
from contest_portal.media.likeness.index import Index
from contest_portal.media.likeness.searching import alike_among

__all__ = ["Index", "Likeness", "PictureFingerprint", "Verdict", "alike_among", "compare", "fingerprint"]
