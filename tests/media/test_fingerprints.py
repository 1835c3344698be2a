"""Fingerprints made by two jobs at the same moment."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.core.database import Work, db
from contest_portal.media.models import Fingerprint
from contest_portal.media.services import fingerprints

pytestmark = pytest.mark.database


def test_whoever_comes_second_takes_the_firsts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "雨水从屋顶流进水箱。"
    first, keep = fingerprints.fingerprint_of_words(words), fingerprints._keep

    def not_seen(work: Work, row: Fingerprint, made: fingerprints._Made) -> None:
        keep(work, Fingerprint(kind=row.kind, sha256=row.sha256), made)

    monkeypatch.setattr(fingerprints, "_keep", not_seen)
    assert fingerprints.fingerprint_of_words(words, again=True) == first
    assert db.session.scalar(select(func.count(Fingerprint.id))) == 1
