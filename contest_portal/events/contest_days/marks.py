"""What is typed of a run: points and a time, read and written. Pure."""

from __future__ import annotations

import re
import unicodedata

MOST = 999_999.999
"""What a column of six digits and three decimals holds."""

_NUMBER = re.compile(r"-?\d{1,7}(\.\d{1,3})?")
_TIME = re.compile(r"(?:(\d{1,4})[:分′'])?(\d{1,6}(?:\.\d{1,3})?)(?:秒|″|\")?")
_MINUTES = re.compile(r"(\d{1,4})分")


def read_score(text: str) -> float | None:
    """Points with at most three decimals, also below zero; None for anything else."""
    plain = _plain(text)
    return float(plain) if _NUMBER.fullmatch(plain) and abs(float(plain)) <= MOST else None


def read_seconds(text: str) -> float | None:
    """Seconds of 83.45, 1:23.45, 1分23秒 or 2分; None for anything else, such as 1:75."""
    plain = _plain(text)
    if whole := _MINUTES.fullmatch(plain):
        return 60.0 * int(whole[1])
    found = _TIME.fullmatch(plain)
    if not found:
        return None
    minutes, seconds = found[1], float(found[2])
    if minutes is not None and seconds >= 60:
        return None
    total = round(60 * int(minutes or 0) + seconds, 3)
    return total if total <= MOST else None


def score_text(score: float | None) -> str:
    """85.5, without zeros behind."""
    return "" if score is None else f"{score:.3f}".rstrip("0").rstrip(".")


def time_text(seconds: float | None) -> str:
    """1:23.45, or 45.2 under a minute, without zeros behind."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    plain = f"{rest / 1000:06.3f}" if minutes else f"{rest / 1000:.3f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return f"{minutes}:{plain}" if minutes else plain


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace(":", ":")
