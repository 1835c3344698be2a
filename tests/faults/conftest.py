"""What the fault tests share: a program read once, sites on both kinds of storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import Site, Starter, new_site


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    one = Starter()
    yield one
    one.close()


@pytest.fixture
def s3_environment(s3_url: str) -> dict[str, str]:
    return {"CONTEST_PORTAL_STORAGE_URL": s3_url, "AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}


@pytest.fixture
def site(tmp_path: Path, empty_sqlite: Path, starter: Starter) -> Iterator[Site]:
    with new_site(tmp_path, empty_sqlite, starter, accounts=2) as one:
        yield one


@pytest.fixture
def s3_site(tmp_path: Path, empty_sqlite: Path, starter: Starter, s3_environment: dict[str, str]) -> Iterator[Site]:
    with new_site(tmp_path, empty_sqlite, starter, environment=s3_environment) as one:
        yield one


@pytest.fixture(params=["site", "s3_site"])
def any_site(request: pytest.FixtureRequest) -> Site:
    """A site on each kind of storage."""
    found: Site = request.getfixturevalue(request.param)
    return found
