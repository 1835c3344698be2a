"""Deployments that trust each other, made once and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.results.handoff.deployments import Deployment, district_with_paintings


@pytest.fixture(scope="session")
def first_chain(
    tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path
) -> tuple[Deployment, Deployment, Deployment]:
    folder = tmp_path_factory.mktemp("chain")
    district = district_with_paintings(folder / "district", empty_sqlite)
    city = Deployment(folder / "city", empty_sqlite, "张掖市科学技术协会", level="city", number_prefix="ZY")
    province = Deployment(folder / "province", empty_sqlite, "甘肃省科学技术协会", level="province", number_prefix="GS")
    for lower, upper in ((district, city), (city, province)):
        upper.trust(lower, folder)
        lower.trust(upper, folder)
    return district, city, province


@pytest.fixture
def chain(
    first_chain: tuple[Deployment, Deployment, Deployment], tmp_path: Path
) -> tuple[Deployment, Deployment, Deployment]:
    """区, 市, 省: the district has two paintings on its approved list."""
    district, city, province = first_chain
    return district.copied(tmp_path), city.copied(tmp_path), province.copied(tmp_path)


@pytest.fixture
def pair(chain: tuple[Deployment, Deployment, Deployment]) -> tuple[Deployment, Deployment]:
    """区 and 市 of the chain."""
    return chain[0], chain[1]
