"""Packages that are not taken: each with its reason and its exit code, and nothing of it left behind."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import func, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.people.models import Office, School, Student
from contest_portal.results.handoff.models import Handoff, HandoffPlaces
from tests.factories import made, make_contest
from tests.results.handoff.deployments import Deployment
from tests.results.handoff.test_packages import rebuilt


def exported(place: Deployment, file: Path, *options: str | int) -> Path:
    place.run("export", place.contest_id, "-o", file, *options)
    return file


def nothing_came(city: Deployment) -> None:
    with city.open():
        assert db.session.scalar(select(func.count(Entry.id))) == 0
        assert db.session.scalar(select(func.count(Student.id))) == 0
        assert db.session.scalar(select(func.count(School.id))) == 0
        assert db.session.scalar(select(func.count(Office.id))) == 1
        assert set(db.session.scalars(select(Handoff.state))) <= {"refused", "received"}


def test_a_tampered_a_truncated_and_a_foreign_file_are_refused_with_their_codes(
    pair: tuple[Deployment, Deployment], tmp_path: Path
) -> None:
    district, city = pair
    whole = exported(district, tmp_path / "up.zip").read_bytes()
    bad = {
        "tampered": (rebuilt(whole, {"data/people.json": b"{}"}), 5),
        "truncated": (whole[: len(whole) // 2], 4),
        "not_a_package": (b"Rar!" + whole, 3),
    }
    for reason, (content, code) in bad.items():
        file = tmp_path / f"{reason}.zip"
        file.write_bytes(content)
        told = json.loads(city.run("inspect", file, "--json", code=code))
        assert (told["ok"], told["code"]) == (False, reason)
        city.run("import", file, "--contest", city.contest_id, "--yes", code=code)
    nothing_came(city)


def test_a_sender_that_nobody_confirmed_is_not_believed(
    pair: tuple[Deployment, Deployment], tmp_path: Path, empty_sqlite: Path
) -> None:
    district, _city = pair
    other = Deployment(tmp_path / "other", empty_sqlite, "酒泉市科学技术协会", level="city")
    file = exported(district, tmp_path / "up.zip")
    other.run("import", file, "--contest", other.contest_id, "--yes", code=9)
    nothing_came(other)


def test_a_package_for_another_office_does_not_open(
    pair: tuple[Deployment, Deployment], tmp_path: Path, empty_sqlite: Path
) -> None:
    district, _city = pair
    other = Deployment(tmp_path / "other", empty_sqlite, "酒泉市科学技术协会", level="city")
    other.trust(district, tmp_path)
    file = exported(district, tmp_path / "up.cpsealed", "--to", 1)
    assert json.loads(other.run("inspect", file, "--json", code=7))["code"] == "wrong_receiver"
    other.run("import", file, "--contest", other.contest_id, "--yes", code=7)
    nothing_came(other)


def test_id_numbers_never_travel_in_the_clear(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    district, _city = pair
    error = district.refused("export", district.contest_id, "-o", tmp_path / "up.zip", "--id-numbers")
    assert "必须加密" in str(error)
    assert not (tmp_path / "up.zip").exists()


def test_more_than_the_places_of_that_office_is_refused_as_a_whole(
    pair: tuple[Deployment, Deployment], tmp_path: Path
) -> None:
    district, city = pair
    file = exported(district, tmp_path / "up.zip")
    with city.open():
        category = db.session.scalars(
            select(Category).where(Category.contest_id == city.contest_id, Category.code == "KH")
        ).one()
        everybody = made(HandoffPlaces(category_id=category.id, sender="", places=1))
    preview = json.loads(city.run("import", file, "--contest", city.contest_id, "--json"))
    assert "上报 2 件，名额 1 件，超出 1 件" in preview["over_places"][0]
    error = city.refused("import", file, "--contest", city.contest_id, "--yes")
    assert "超出 1 件" in str(error)
    nothing_came(city)
    with city.open():  # the office gives this district a place more
        made(HandoffPlaces(category_id=db.session.merge(everybody).category_id, sender="甘州区科学技术协会", places=2))
    city.run("import", file, "--contest", city.contest_id, "--yes")


def test_categories_of_other_codes_are_chosen_by_a_person(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    district, city = pair
    file = exported(district, tmp_path / "up.zip")
    with city.open():
        category = db.session.scalars(
            select(Category).where(Category.contest_id == city.contest_id, Category.code == "KH")
        ).one()
        category.code = "ART"
        db.session.commit()
    error = city.refused("import", file, "--contest", city.contest_id, "--yes")
    assert "KH" in str(error)
    nothing_came(city)
    city.run("import", file, "--contest", city.contest_id, "--map", "KH=ART", "--yes")
    with city.open():
        assert {one.category.code for one in db.session.scalars(select(Entry))} == {"ART"}


def test_an_older_version_never_replaces_a_newer_one(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    district, city = pair
    old, new = exported(district, tmp_path / "1.zip"), exported(district, tmp_path / "2.zip")
    city.run("import", new, "--contest", city.contest_id, "--yes")
    error = city.refused("import", old, "--contest", city.contest_id, "--yes")
    assert "第 2 版已经收下" in str(error)


def test_nothing_is_handed_up_without_an_approved_list(
    tmp_path: Path, empty_sqlite: Path, pair: tuple[Deployment, Deployment]
) -> None:
    district, city = pair
    with district.open():
        empty = make_contest(db.session.get_one(Office, district.office_id), name="别的赛事")
        number = empty.id
    assert "还没有已审定的推荐名单" in str(district.refused("export", number, "-o", tmp_path / "x.zip"))
    assert "还没有收下任何上报" in str(city.refused("results", city.contest_id, "-d", tmp_path / "r"))
    with city.open():
        db.session.get_one(Contest, city.contest_id).state = "closed"
        db.session.commit()
    file = exported(district, tmp_path / "up.zip")
    assert "不在进行中" in str(city.refused("import", file, "--contest", city.contest_id, "--yes"))


def test_a_wrong_fingerprint_is_not_confirmed(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    district, city = pair
    city.run("keys", "-o", tmp_path / "own.json")
    assert "本单位自己的公钥" in str(city.refused("partner", "add", tmp_path / "own.json"))
    assert "不符" in str(city.refused("partner", "confirm", 1, "00000000"))
    assert "甘州区" in city.run("partner", "list")
    assert "指纹" in district.run("keys")
