"""Whole stories in a real Chromium against the real server: an application with CSRF checks on, on a port of its own.

The clock stands where the story puts it. `people()` opens a browser for one person, on a desk or on a phone; whatever
page that person comes to is looked at (see browsing.py). With CONTEST_PORTAL_SCREENSHOTS=FOLDER every page looked at is
also kept as a picture there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from waitress.server import create_server

from contest_portal import create_app
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.settings import Settings
from tests.conftest import START
from tests.journeys.browsing import Person
from tests.journeys.kept import Kept
from tests.journeys.site import Site
from tests.serving import running

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 60_000
"""Milliseconds that a page may take on a busy machine, e.g. beside the building of a whole year. Nothing waits so long that
is right; what is wrong fails after them."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser: the one named by CONTEST_PORTAL_CHROMIUM, else one on the PATH, else Playwright's own."""
    named = os.environ.get("CONTEST_PORTAL_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def seen() -> set[tuple[str, str]]:
    """The kinds of pages that have been looked at in this run: each is looked at once."""
    return set()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Kept:
    """The scenes that several stories begin with: each is built once in this run."""
    return Kept(tmp_path_factory.mktemp("kept"), empty_sqlite)


@pytest.fixture
def site(tmp_path: Path, kept: Kept, seen: set[tuple[str, str]]) -> Iterator[Site]:
    """A running site on an empty database; the slow work (previews) is done when the story says so."""
    instance = tmp_path / "instance"
    kept.prepare(instance)
    clock = MovingClock(START)
    app = create_app(Settings(instance=instance, jobs_embedded=False), clock=clock, testing=True)
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    with running(server):
        yield Site(f"http://127.0.0.1:{server.effective_port}", app, clock, seen, kept)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def people(chromium: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """Opens a browser for one more person: `people()` at a desk, `people(phone=True)`, `people(scripts=False)`.

    At the end of the story everybody's browser is asked what went wrong in it.
    """
    everybody: list[Person] = []

    def join(*, phone: bool = False, scripts: bool = True) -> Person:
        width, height = (360, 740) if phone else (1280, 860)
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            has_touch=phone,
        )
        context.set_default_timeout(PATIENCE)
        person = Person(context.new_page(), site, width=width, scripts=scripts)
        everybody.append(person)
        return person

    yield join
    faults = [fault for person in everybody for fault in person.faults]
    for person in everybody:
        person.page.context.close()
    assert faults == []
