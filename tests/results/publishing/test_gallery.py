"""The gallery: published awards whose authors' guardians agreed, down at once when a consent is withdrawn."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.models import Notice
from contest_portal.core.storage import storage
from contest_portal.entries.models import EntryFile
from contest_portal.media.models import Blob, Derivative
from contest_portal.people.consent_rules import ConsentInput
from contest_portal.people.models import Consent
from contest_portal.people.services.consents import record_consents, withdraw_consent
from contest_portal.results.awards.services import prizes
from contest_portal.results.publishing.queries import gallery
from contest_portal.results.publishing.queries.publications import public_versions
from contest_portal.results.publishing.services import publications
from tests.factories import made
from tests.results.awards.test_awards import Place

pytestmark = pytest.mark.database


class Shown(Place):
    """Approved awards; of the first two works there are pictures, and for the first one alone the guardian agreed."""

    def __init__(self) -> None:
        super().__init__()
        self.approved()
        for number, entry in enumerate(self.entries[:2]):
            self._picture(entry.id, f"{number}".encode() * 10)
        self.consent = self._consent(0, showing=True)
        self._consent(1, showing=False)

    def _consent(self, place: int, *, showing: bool) -> Consent:
        student_id = self.entries[place].authors[0].student_id or 0
        given = ConsentInput(student_id, "张大山", "父亲", date(2018, 1, 5), covers_showing=showing)
        return record_consents(self.staff, self.school.id, [given])[0]

    def _picture(self, entry_id: int, content: bytes) -> None:
        sha256 = storage().put_bytes(content).sha256
        blob = made(Blob(sha256=sha256, size_bytes=len(content), kind="jpeg", facts={}, created_at=now()))
        made(EntryFile(entry_id=entry_id, slot_code="painting", blob_id=blob.id, file_name="画.jpg", added_at=now()))
        for kind in ("thumb", "screen"):
            made(Derivative(blob_id=blob.id, kind=kind, state="ready", sha256=sha256))

    def published(self) -> None:
        draft = publications.draft_publication(self.staff, self.contest.id, "获奖名单公示", kind="award")
        publications.publish_list(self.leader, draft.id, draft.content_sha256)

    def address(self, place: int | None = None) -> str:
        base = f"/contests/{self.contest.id}/gallery"
        return base if place is None else f"{base}/{self.entries[place].id}/thumb"


@pytest.fixture
def shown(app: Flask) -> Shown:
    return Shown()


def test_nothing_is_shown_before_the_awards_are_published(shown: Shown, client: FlaskClient) -> None:
    assert client.get(shown.address()).status_code == 404
    assert client.get(shown.address(0)).status_code == 404


def test_a_published_award_is_shown_where_the_guardian_agreed(shown: Shown, client: FlaskClient) -> None:
    shown.published()
    page = client.get(shown.address()).text
    assert "火星医院1" in page
    assert "火星医院2" not in page
    picture = client.get(shown.address(0))
    assert picture.data == b"0" * 10
    assert picture.headers["Cache-Control"] == "no-store"
    assert client.get(shown.address(1)).status_code == 404
    (listed,) = public_versions(shown.contest.id, "award")
    assert shown.address() in client.get(f"/lists/{listed.id}").text


def test_a_withdrawn_consent_takes_the_work_down_at_once(shown: Shown, client: FlaskClient) -> None:
    shown.published()
    assert client.get(shown.address(0)).status_code == 200
    withdraw_consent(shown.staff, shown.consent.id, "家长不再同意")
    assert client.get(shown.address(0)).status_code == 404
    assert client.get(shown.address()).status_code == 404


def test_the_consent_that_was_recorded_last_decides(shown: Shown, client: FlaskClient) -> None:
    shown.published()
    newer = shown._consent(0, showing=False)
    assert client.get(shown.address(0)).status_code == 404
    assert client.get(shown.address()).status_code == 404
    withdraw_consent(shown.staff, newer.id, "登记错了")
    assert client.get(shown.address(0)).status_code == 200
    shown._consent(1, showing=True)
    assert client.get(shown.address(1)).status_code == 200


def test_a_yes_that_was_taken_back_is_not_overruled_by_an_older_one(shown: Shown, client: FlaskClient) -> None:
    shown.published()
    student_id = shown.entries[0].authors[0].student_id or 0
    other = ConsentInput(student_id, "李大海", "母亲", date(2018, 1, 6), covers_showing=True)
    newer = record_consents(shown.staff, shown.school.id, [other])[0]
    assert client.get(shown.address(0)).status_code == 200
    withdraw_consent(shown.staff, newer.id, "母亲不再同意")
    assert client.get(shown.address(0)).status_code == 404


def test_the_office_is_told_of_works_whose_guardian_takes_the_consent_back(shown: Shown) -> None:
    withdraw_consent(shown.staff, shown.consent.id, "家长不再同意")
    notice = db.session.scalars(select(Notice).where(Notice.account_id == shown.staff.account_id)).one()
    assert shown.entries[0].number in str(notice.params)
    assert "火星医院1" not in str((notice.title, notice.body, notice.params))
    assert notice.url == f"/office/entries/{shown.entries[0].id}"


def test_a_cancelled_award_takes_the_work_down(shown: Shown, client: FlaskClient) -> None:
    shown.published()
    with unit_of_work(shown.leader, "results.test_cancel") as work:
        prizes.cancel_award(work, shown.entries[0].id, "抄袭")
    assert client.get(shown.address(0)).status_code == 404


def test_of_several_authors_every_guardian_agrees(shown: Shown, client: FlaskClient) -> None:
    shown.published()
    second = shown.entries[1].authors[0]
    second.entry_id, second.position, second.is_first = shown.entries[0].id, 2, False
    db.session.commit()
    assert client.get(shown.address(0)).status_code == 404


def test_the_list_is_made_once_for_the_page_and_not_for_a_picture(
    shown: Shown, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.published()
    made_lists, read = [], gallery.gallery
    monkeypatch.setattr(gallery, "gallery", lambda contest_id: made_lists.append(contest_id) or read(contest_id))
    assert client.get(shown.address()).status_code == 200
    assert len(made_lists) == 1
    assert client.get(shown.address(0)).status_code == 200
    assert client.get(f"/contests/{shown.contest.id}/gallery/{shown.entries[0].id}/large").data == b"0" * 10
    assert client.get(shown.address(1)).status_code == 404
    assert len(made_lists) == 1
