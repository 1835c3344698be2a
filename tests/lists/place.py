"""A filled deployment whose pages can be opened and measured."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.factories import sign_in
from tests.lists.pages import ListPage
from tests.lists.world import World
from tests.statements import counted


@dataclass
class Place:
    """An application with its rows; each person's browser is signed in once."""

    app: Flask
    engine: Engine
    world: World
    _browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def open(self, page: ListPage) -> tuple[bytes, list[str]]:
        """What the page answers, and the statements that it took."""
        browser = self.browser(page.reader)
        with counted(self.engine) as statements:
            answer = browser.get(page.address.format(**self.world.ids))
        assert answer.status_code == 200, f"{page.endpoint}: {answer.status_code}"
        return answer.data, statements

    def browser(self, reader: str) -> FlaskClient:
        """The browser in which that person is signed in."""
        if reader not in self._browsers:
            browser = self.app.test_client()
            if reader != "public":
                with self.app.app_context():
                    sign_in(browser, self.world.people[reader])
            self._browsers[reader] = browser
        return self._browsers[reader]
