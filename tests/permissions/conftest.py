"""The site that the table is asked of, made once for its test file."""

from __future__ import annotations

from pathlib import Path

import pytest

from contest_portal.core.clock import MovingClock
from tests.conftest import START
from tests.permissions.site import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Site:
    return Site(tmp_path_factory.mktemp("permissions"), empty_sqlite, MovingClock(START))
