"""What strangers hand in is shown to the scanner first, on every way in; nothing unscanned is taken."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from contest_portal import create_app
from contest_portal.contests.services.attachments import add_attachment
from contest_portal.core.actor import console_actor
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.i18n import translate
from contest_portal.core.looks import virus_scanner
from contest_portal.core.storage import storage
from contest_portal.core.virus_scan import ScannerAway, refuse_virus
from contest_portal.events.attendance.services.photos import keep_photo
from contest_portal.events.planning.services.files import GivenFile as EventFile
from contest_portal.events.planning.services.files import add_files
from contest_portal.media.services.receiving import receive_file
from contest_portal.people.consent_rules import ConsentInput
from contest_portal.people.services.consents import record_consents
from contest_portal.results.evidence import GivenFile, require_good
from contest_portal.settings import Settings
from tests.conftest import ON_S3
from tests.entries.entry_factories import jpeg
from tests.media.virus_scanner import MARK, VIRUS, real_clamd, stand_in

Scanner = Callable[..., AbstractContextManager[str]]
NO_CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") is None


@pytest.fixture(
    params=[stand_in, pytest.param(real_clamd, marks=pytest.mark.skipif(NO_CLAMD, reason="clamd is not installed"))]
)
def scanner(request: pytest.FixtureRequest) -> Scanner:
    return request.param  # type: ignore[no-any-return]


def set_clamd(app: Flask, address: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], clamd=address)


@pytest.fixture
def clamd(app: Flask, scanner: Scanner, tmp_path: Path) -> Iterator[str]:
    with scanner(tmp_path / "clamd") as address:
        set_clamd(app, address)
        yield address


def ways_in(content: bytes) -> dict[str, Callable[[], object]]:
    """Each way by which a file of somebody comes in; the scanner speaks before anything else is looked at."""
    actor = console_actor()
    consent = ConsentInput(1, "张建国", "父亲", date(2018, 2, 20), content, "同意书.jpg")
    return {
        "work": lambda: receive_file(io.BytesIO(content), "画.jpg"),
        "event": lambda: add_files(actor, 1, [EventFile("画.jpg", content)]),
        "photo": lambda: keep_photo(actor, 1, "画.jpg", content),
        "evidence": lambda: require_good([GivenFile("画.jpg", content)]),
        "consent": lambda: record_consents(actor, 1, [consent]),
        "call": lambda: add_attachment(
            actor, 1, kind="attachment", title="", file_name="画.jpg", stream=io.BytesIO(content)
        ),
    }


@pytest.mark.parametrize("way", sorted(ways_in(b"")))
def test_a_virus_comes_in_by_no_way(clamd: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contest_portal.people.services.consents._checked", list)  # no pupil is needed to be refused
    with pytest.raises(Invalid) as refused:
        ways_in(jpeg() + MARK)[way]()
    assert refused.value.code == "core.virus_found"
    assert VIRUS in translate(refused.value.message)


@pytest.mark.skipif(
    ON_S3, reason="S3 cannot tell whether content was new: the daily sweep removes what nothing refers to"
)
def test_a_clean_file_is_taken_and_a_refused_one_does_not_stay(clamd: str) -> None:
    clean = receive_file(io.BytesIO(jpeg()), "画.jpg")
    with pytest.raises(Invalid):
        receive_file(io.BytesIO(jpeg() + MARK), "画.jpg")
    assert list(storage().names()) == [clean.sha256]


def test_more_than_the_scanner_reads_is_not_taken_unscanned(app: Flask, scanner: Scanner, tmp_path: Path) -> None:
    with scanner(tmp_path / "clamd", most_bytes=1 << 20) as address:
        set_clamd(app, address)
        with pytest.raises(ScannerAway) as told:
            refuse_virus(bytes(3 << 20), "影片.mp4")
    assert "StreamMaxLength" in told.value.why


def test_while_the_scanner_is_away_nothing_is_taken_and_that_is_not_the_files_fault(app: Flask, tmp_path: Path) -> None:
    set_clamd(app, str(tmp_path / "nobody.ctl"))
    with pytest.raises(DomainError) as refused:
        receive_file(io.BytesIO(jpeg()), "画.jpg")
    assert refused.value.status == 503
    assert ON_S3 or list(storage().names()) == [], "on S3 the daily sweep removes it"


def test_a_deployment_looked_over_says_how_it_is(app: Flask, scanner: Scanner, tmp_path: Path) -> None:
    assert [one.level for one in virus_scanner(app)] == ["warn"]
    with scanner(tmp_path / "clamd") as address:
        set_clamd(app, address)
        assert [one.level for one in virus_scanner(app)] == ["ok"]
    assert [one.level for one in virus_scanner(app)] == ["bad"]


def test_an_address_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="CONTEST_PORTAL_CLAMD"):
        create_app(Settings(instance=tmp_path / "i", clamd="clamav"), testing=True)
