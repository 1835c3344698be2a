"""区 → 市 → 省 through three deployments and the real command line, and the results all the way back."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.storage import storage
from contest_portal.entries.models import Entry, EntryVersion
from contest_portal.people.models import Office, Student, Teacher
from contest_portal.results.handoff.models import Handoff
from contest_portal.results.records.models import ExternalResult
from tests.factories import made
from tests.results.handoff.deployments import Deployment, approve, picture


def accept_all(place: Deployment) -> None:
    """The office's own screening and judging, and its approved list."""
    with place.open():
        contest = db.session.get_one(Contest, place.contest_id)
        entries = list(db.session.scalars(select(Entry).order_by(Entry.id)))
        assert {one.state for one in entries} == {"submitted"}
        for one in entries:
            one.state = "accepted"
        db.session.commit()
        approve(contest, entries)


def test_the_chain_up_and_the_results_back(chain: tuple[Deployment, Deployment, Deployment], tmp_path: Path) -> None:
    district, city, province = chain
    up, further = tmp_path / "up.cpsealed", tmp_path / "further.zip"

    district.run("export", district.contest_id, "-o", up, "--to", 1, "--id-numbers", "--phones")
    assert b"PK" not in up.read_bytes()[:8]
    told = json.loads(city.run("inspect", up, "--json"))
    assert (told["from"], told["entries"], told["has_id_numbers"]) == ("甘州区科学技术协会", 2, True)
    city.run("import", up, "--contest", city.contest_id, "--yes")

    with city.open():
        entries = list(db.session.scalars(select(Entry).order_by(Entry.id)))
        assert [one.number for one in entries] == ["ZY2018-KH-X-0001", "ZY2018-KH-X-0002"]
        assert [one.title for one in entries] == ["火星医院/1", "火星医院/2"]
        first = entries[0]
        assert first.school.name == "西关小学"
        assert first.school.office.name == "甘州区科学技术协会"
        assert first.school.office.parent_id == city.office_id
        pupil = first.authors[0].student
        assert pupil is not None
        assert (pupil.name, pupil.id_number is not None, first.tutors[0].teacher.phone) == (
            "张晓二",
            True,
            "13800001111",
        )
        with storage().open(first.files[0].blob.sha256) as stream:
            assert stream.read() == picture(1)
        assert db.session.scalar(select(func.count(EntryVersion.id))) == 2
    accept_all(city)

    city.run("export", city.contest_id, "-o", further)
    province.run("inspect", further)
    province.run("import", further, "--contest", province.contest_id, "--yes")
    with province.open():
        entries = list(db.session.scalars(select(Entry).order_by(Entry.id)))
        office = entries[0].school.office
        assert (office.name, office.level) == ("甘州区科学技术协会", "district")
        assert office.parent is not None
        assert office.parent.name == "张掖市科学技术协会"
        assert office.parent.parent_id == province.office_id
        # Nothing was ticked: no numbers, no telephones went up.
        assert db.session.scalars(select(Student.id_number)).all() == [None, None]
        assert set(db.session.scalars(select(Teacher.phone))) == {None}
        assert db.session.scalar(select(func.count(Office.id)).where(~Office.is_sender_record)) == 1
        made(
            ExternalResult(
                office_id=province.office_id,
                year=2018,
                contest_name="第三十三届全国青少年科技创新大赛",
                award="二等奖",
                count=1,
                entry_id=entries[1].id,
                recorded_at=now(),
            )
        )

    province.run("results", province.contest_id, "-d", tmp_path / "from-province")
    (back,) = (tmp_path / "from-province").iterdir()
    city.run("import", back)
    city.run("results", city.contest_id, "-d", tmp_path / "from-city")
    (further_back,) = (tmp_path / "from-city").iterdir()
    district.run("import", further_back)
    district.run("import", further_back)  # twice is once
    with district.open():
        rows = list(db.session.scalars(select(ExternalResult)))
        assert [(row.contest_name, row.award, row.entry.number) for row in rows if row.entry] == [
            ("第三十三届全国青少年科技创新大赛", "二等奖", "GZ2018-KH-X-0002")
        ]
        sent = db.session.scalars(select(Handoff)).one()
        assert sent.receipt_number == f"GZ{now().year}-SB-0001"
        assert sent.options["their_receipt"] == f"ZY{now().year}-JS-0001"


def test_a_package_opens_for_people_without_the_program(
    chain: tuple[Deployment, Deployment, Deployment], tmp_path: Path
) -> None:
    district = chain[0]
    file = tmp_path / "up.zip"
    district.run("export", district.contest_id, "-o", file)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert "推荐名单（全部类别）.xlsx" in names
        assert "推荐数量汇总表.pdf" in names
        assert "推荐名单/青少年科技幻画推荐名单.xlsx" in names or any(
            name.startswith("推荐名单/") and name.endswith("推荐名单.xlsx") for name in names
        )
        forms = [name for name in names if name.startswith("申报书/")]
        assert len(forms) == 2
        assert all("张晓" in name and archive.read(name).startswith(b"%PDF") for name in forms)
        works = [name for name in names if name.startswith("作品材料/")]
        assert all("火星医院_" in name for name in works)
        assert archive.read(works[0]) == picture(1)
        people = archive.read("data/people.json").decode()
        assert "13800001111" not in people
        assert "990000" not in people.replace('"990000"', "")


def test_the_same_package_twice_gives_the_same_receipt(
    chain: tuple[Deployment, Deployment, Deployment], tmp_path: Path
) -> None:
    district, city, _province = chain
    file = tmp_path / "up.zip"
    district.run("export", district.contest_id, "-o", file)
    first = json.loads(city.run("import", file, "--contest", city.contest_id, "--yes", "--json"))
    again = json.loads(city.run("import", file, "--contest", city.contest_id, "--yes", "--json"))
    assert first["receipt"] == again["receipt"]
    assert (first["known"], again["known"]) == (False, True)
    with city.open():
        assert db.session.scalar(select(func.count(Entry.id))) == 2


def test_a_next_version_changes_adds_and_withdraws(
    chain: tuple[Deployment, Deployment, Deployment], tmp_path: Path
) -> None:
    district, city, _province = chain
    old, new = tmp_path / "1.zip", tmp_path / "2.zip"
    district.run("export", district.contest_id, "-o", old)
    with district.open():
        contest = db.session.get_one(Contest, district.contest_id)
        entries = list(db.session.scalars(select(Entry).order_by(Entry.id)))
        student = entries[1].authors[0].student
        assert student is not None
        student.name = "张晓叁"  # a name that was spelt wrong
        db.session.commit()
        approve(contest, entries[1:])
    district.run("export", district.contest_id, "-o", new)
    city.run("import", old, "--contest", city.contest_id, "--yes")
    preview = json.loads(city.run("import", new, "--contest", city.contest_id, "--json"))
    assert {one["number"][-1]: one["outcome"] for one in preview["entries"]} == {"2": "changed", "1": "withdrawn"}
    city.run("import", new, "--contest", city.contest_id, "--yes")
    with city.open():
        entries = list(db.session.scalars(select(Entry).order_by(Entry.id)))
        assert [one.state for one in entries] == ["withdrawn", "submitted"]
        assert entries[1].submission_count == 2
        assert entries[1].authors[0].student is not None
        assert entries[1].authors[0].student.name == "张晓叁"
        assert [row.state for row in db.session.scalars(select(Handoff).order_by(Handoff.revision))][-2:] == [
            "superseded",
            "taken",
        ]
    # The old version, replayed, is known; it does not come back.
    assert json.loads(city.run("import", old, "--contest", city.contest_id, "--yes", "--json"))["known"]
    with city.open():
        assert [one.state for one in db.session.scalars(select(Entry).order_by(Entry.id))] == ["withdrawn", "submitted"]
