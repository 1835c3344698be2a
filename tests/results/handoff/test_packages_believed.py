"""Jobs and files that come once more, late, or from somebody else: what was taken stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from contest_portal.core.actor import console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.core.storage import storage
from contest_portal.entries.models import Entry
from contest_portal.people.models import School, Student
from contest_portal.results.handoff.models import Handoff, HandoffPartner
from contest_portal.results.handoff.services import deciding, keys, receiving
from contest_portal.results.records.models import ExternalResult
from tests.factories import made
from tests.results.handoff.deployments import Deployment, district_with_paintings


def exported(place: Deployment, file: Path, *options: str | int) -> Path:
    place.run("export", place.contest_id, "-o", file, *options)
    return file


def test_a_check_that_two_workers_were_given_leaves_what_was_taken(
    pair: tuple[Deployment, Deployment], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district, city = pair
    file = exported(district, tmp_path / "up.zip")
    other = [True]

    def meanwhile(_share: float) -> None:
        """While the first worker reads the files, another one checks the package and an office clerk takes it."""
        if other and other.pop():
            receiving.check_now(row.id)
            seen = db.session.get_one(Handoff, row.id).version
            deciding.ask_to_take(console_actor(), row.id, seen)
            deciding.take_package(console_actor(), row.id)

    with city.open():
        stored = storage().put_path(file)
        row = receiving.receive_package(console_actor(), city.contest_id, stored.sha256, file.name, stored.size)
        monkeypatch.setattr(receiving, "report_progress", meanwhile)
        receiving.check_package(row.id)
        after = db.session.get_one(Handoff, row.id, populate_existing=True)
        assert not other
        assert (after.state, after.problem) == ("taken", None)
        assert after.receipt_number


def awarded(place: Deployment, award: str) -> None:
    """The first entry there won this."""
    with place.open():
        entry = db.session.scalars(select(Entry).order_by(Entry.id)).first()
        assert entry is not None
        values = {"office_id": place.office_id, "year": 2018, "contest_name": "省赛", "award": award, "count": 1}
        made(ExternalResult(**values, entry_id=entry.id, recorded_at=now()))


def results_of(place: Deployment, folder: Path) -> Path:
    place.run("results", place.contest_id, "-d", folder)
    (file,) = folder.iterdir()
    return file


def awards_below(place: Deployment) -> list[str]:
    with place.open():
        return list(db.session.scalars(select(ExternalResult.award).order_by(ExternalResult.id)))


@pytest.mark.parametrize("sealed", [True, False])
def test_results_of_another_partner_are_not_believed(
    sealed: bool, pair: tuple[Deployment, Deployment], tmp_path: Path, empty_sqlite: Path
) -> None:
    """A neighbour got hold of the same package. Of a sealed one nobody else answers; of an open one not after the first."""
    district, city = pair
    neighbour = Deployment(tmp_path / "neighbour", empty_sqlite, "某区科学技术协会")
    for one, other in ((district, neighbour), (neighbour, district)):
        one.trust(other, tmp_path)
    up = exported(district, tmp_path / "up.zip")
    for place in (city, neighbour):
        place.run("import", up, "--contest", place.contest_id, "--yes")
    with district.open():
        (sent,) = db.session.scalars(select(Handoff))
        if sealed:  # as if the package had been encrypted to the city, and opened there by somebody else
            partner = db.session.scalars(select(HandoffPartner).order_by(HandoffPartner.id)).first()
            assert partner is not None
            sent.fingerprint = partner.fingerprint
            db.session.commit()
    if not sealed:
        district.run("import", results_of(city, tmp_path / "first"))
    awarded(neighbour, "一等奖")
    file = results_of(neighbour, tmp_path / "foreign")
    told = district.run("import", file, code=9)
    assert "不是这次上报的收件单位" in told
    assert awards_below(district) == []
    awarded(city, "三等奖")
    district.run("import", results_of(city, tmp_path / "right"))
    assert awards_below(district) == ["三等奖"]


def test_an_older_file_of_results_takes_nothing_away(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    district, city = pair
    city.run("import", exported(district, tmp_path / "up.zip"), "--contest", city.contest_id, "--yes")
    old = results_of(city, tmp_path / "old")
    awarded(city, "一等奖")
    new = results_of(city, tmp_path / "new")
    district.run("import", new)
    assert "更新的结果文件" in str(district.refused("import", old))
    district.run("import", new)
    assert awards_below(district) == ["一等奖"]


def test_an_award_that_was_corrected_above_is_on_record(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    district, city = pair
    city.run("import", exported(district, tmp_path / "up.zip"), "--contest", city.contest_id, "--yes")
    awarded(city, "一等奖")
    district.run("import", results_of(city, tmp_path / "1"))
    with city.open():
        db.session.scalars(select(ExternalResult)).one().award = "二等奖"
        db.session.commit()
    district.run("import", results_of(city, tmp_path / "2"))
    assert awards_below(district) == ["二等奖"]
    with district.open():
        (gone,) = db.session.scalars(
            select(AuditRecord).where(AuditRecord.action == "results.withdraw_award_from_above")
        )
        assert gone.before is not None
        assert gone.before["award"] == "一等奖"


def test_two_offices_of_one_name_do_not_share_their_people(
    pair: tuple[Deployment, Deployment], tmp_path: Path, empty_sqlite: Path
) -> None:
    district, city = pair
    twin = Deployment(tmp_path / "twin", empty_sqlite, "甘州区科学技术协会")
    itself = Deployment(tmp_path / "itself", empty_sqlite, "张掖市科学技术协会")
    for number, other in enumerate((twin, itself)):
        file = tmp_path / f"{number}.json"
        other.run("keys", "-o", file)
        assert "公钥与这个文件的不同" in str(city.refused("partner", "add", file))
    with city.open():  # the first one got new keys: a leader stops the old ones
        (old,) = db.session.scalars(select(HandoffPartner).where(HandoffPartner.name == "甘州区科学技术协会"))
        keys.remove_partner(console_actor(), old.id)
    city.trust(twin, tmp_path)
    file = tmp_path / "old.json"
    district.run("keys", "-o", file)
    assert "公钥与这个文件的不同" in str(city.refused("partner", "add", file))


def test_what_another_office_of_that_name_hands_up_changes_nobody_of_the_first(
    pair: tuple[Deployment, Deployment], tmp_path: Path, empty_sqlite: Path
) -> None:
    """Keys of the records (`student-1`) are the sender's own numbers: two senders have the same ones."""
    district, city = pair
    city.run("import", exported(district, tmp_path / "1.zip"), "--contest", city.contest_id, "--yes")
    with city.open():
        (old,) = db.session.scalars(select(HandoffPartner).where(HandoffPartner.name == "甘州区科学技术协会"))
        keys.remove_partner(console_actor(), old.id)
        before = people_of(city)
    twin = district_with_paintings(tmp_path / "twin", empty_sqlite, 1)
    with twin.open():
        db.session.scalars(select(School)).one().name = "东关小学"
        for student in db.session.scalars(select(Student)):
            student.name = "王晓二"
        db.session.commit()
    city.trust(twin, tmp_path)
    city.run("import", exported(twin, tmp_path / "2.zip"), "--contest", city.contest_id, "--yes")
    with city.open():
        after = people_of(city)
    assert {("王晓二", "东关小学")} == set(after) - set(before)
    assert set(before) <= set(after)


def people_of(place: Deployment) -> list[tuple[str, str]]:
    """Pupils of the entries there, with their school."""
    entries = db.session.scalars(select(Entry).where(Entry.contest_id == place.contest_id)).all()
    return [(one.student.name, one.student.school.name) for entry in entries for one in entry.authors if one.student]
