"""Random people look around, send forms and act, one after the other on the same rows; nobody reads what is not theirs.

The table asks each route on rows as they were made. Here what one did stays, so that the others are asked in states
that nobody thought of. At the end of each walk some of the pages that are open to people who may read little are looked
at in that state; the walks together look at all of them. What is looked for stands in kept_secrets.py.
"""

from __future__ import annotations

import io
import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from pypdf import PdfReader
from werkzeug.test import TestResponse

from fuzzing.page_forms import PageForm, PageReader
from tests.permissions.kept_secrets import (
    FOREIGN,
    TO_AUTHORS,
    TO_THE_PANEL,
    WHOLE,
    forbidden,
    plant,
    sheet_addresses,
)
from tests.permissions.matrix import ASKING, Line, read_lines
from tests.permissions.scene import SECRETS
from tests.permissions.site import Site, text_of
from tests.permissions.test_no_numbers import numbered

__all__ = ["numbered"]  # a fixture

WALKS, STEPS = 6, 25
OPEN = {
    (column, is_look): [
        line for line in read_lines() if (line.method == "GET") is is_look and line.signs[ASKING.index(column)] == "可"
    ]
    for column in ASKING
    for is_look in (True, False)
}
"""What each may ask for, by whether it is looked at or done."""
LINES = read_lines()
READ_LITTLE = (
    "访客", "教师他校", "教师外区", "管理员本校", "管理员他校", "评委本人", "工作人员上级", "工作人员外区",
)  # fmt: skip
"""One of each that a rule tells apart: all that is open to them is looked at."""
EVERY_LOOK = [(column, line) for column in READ_LITTLE for line in OPEN[column, True]]


def of_ones_own(*, is_look: bool) -> st.SearchStrategy[tuple[str, Line]]:
    """Somebody, and a request that is open to them."""
    return st.sampled_from(ASKING).flatmap(
        lambda column: st.tuples(st.just(column), st.sampled_from(OPEN[column, is_look]))
    )


class Walk(RuleBasedStateMachine):
    """What each last saw is kept: its forms can be sent, its links followed."""

    site: Site
    walks = itertools.count()
    asked: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, tuple[str, PageReader]] = {}

    @initialize()
    def begin(self) -> None:
        self.site.put_back()
        self.cookies = dict(self.site.cookies)

    @rule(chosen=of_ones_own(is_look=True))
    def look(self, chosen: tuple[str, Line]) -> None:
        self._ask(chosen[0], "GET", self.site.address(chosen[1]))

    @rule(line=st.sampled_from(LINES), column=st.sampled_from(ASKING))
    def pry(self, line: Line, column: str) -> None:
        self._ask(column, line.method, self.site.address(line))

    @rule(chosen=of_ones_own(is_look=False))
    def act(self, chosen: tuple[str, Line]) -> None:
        column, line = chosen
        self._ask(column, line.method, self.site.address(line))

    @rule(column=st.sampled_from(ASKING), which=st.integers(0, 60))
    def follow(self, column: str, which: int) -> None:
        links = [one for one in self._page(column)[1].addresses if one.startswith("/") and "/static/" not in one]
        if links:
            self._ask(column, "GET", links[which % len(links)])

    @rule(column=st.sampled_from(ASKING), which=st.integers(0, 20), chosen=st.integers(0, 5))
    def send(self, column: str, which: int, chosen: int) -> None:
        """One of the forms that this person was shown, as it stands, with the choices that it offers."""
        address, page = self._page(column)
        forms = [form for form in page.forms if form.method == "POST"]
        if not forms:
            return
        form: PageForm = forms[which % len(forms)]
        fields: dict[str, Any] = dict(form.fields)
        for name, values in form.choices.items():
            if values:
                fields.setdefault(name, values[chosen % len(values)])
        self._ask(column, "POST", form.action or address, fields)

    def teardown(self) -> None:
        """This walk's share of all that is open to who may read little."""
        for column, line in EVERY_LOOK[next(self.walks) % WALKS :: WALKS]:
            self._ask(column, "GET", self.site.address(line))
        for column, address in itertools.product(("评委本人", "评委同区"), sheet_addresses(self.site)):
            self._ask(column, "GET", address)

    def _page(self, column: str) -> tuple[str, PageReader]:
        """What this person last saw; at first the start page."""
        if column not in self.seen:
            self._ask(column, "GET", "/")
        return self.seen.get(column, ("/", PageReader("")))

    def _ask(self, column: str, method: str, address: str, fields: dict[str, Any] | None = None) -> None:
        answer = self._open(column, method, address, fields)
        if answer.location and "/login" in answer.location and self.cookies[column]:
            # Signed out by what was done before.
            with self.site.app.app_context():
                self.cookies[column] = self.site.new_cookie(column)
            answer = self._open(column, method, address, fields)
        assert answer.status_code < 500, f"{column}: {method} {address} gave {answer.status_code}"
        told = told_by(answer)
        for word in forbidden(self.site, column, method, address):
            assert word not in told, f"{column} reads {word} at {method} {address}"
        self.asked.append(column)
        if answer.mimetype == "text/html":
            self.seen[column] = address, PageReader(answer.get_data(as_text=True))

    def _open(self, column: str, method: str, address: str, fields: dict[str, Any] | None) -> TestResponse:
        client = self.site.app.test_client()
        if self.cookies[column]:
            client.set_cookie(self.site.app.config["SESSION_COOKIE_NAME"], self.cookies[column])
        number = next(self.site.requests)
        origin = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}
        return client.open(address, method=method, data=fields, environ_base=origin)


def told_by(answer: TestResponse) -> str:
    """All that an answer says: its head, a page, a workbook, a list to print, data for a script."""
    head = str(answer.headers)
    if answer.mimetype == "application/json":
        return head + json.dumps(answer.get_json(), ensure_ascii=False)
    if answer.mimetype == "application/pdf" and answer.status_code == 200 and b"/Type /Page" in answer.data:
        return head + "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    return head + text_of(answer)


@pytest.fixture(scope="module")
def planted(numbered: Site) -> Site:
    plant(numbered)
    return numbered


def test_nobody_reads_what_is_not_theirs_whatever_was_done_before(planted: Site) -> None:
    Walk.site, Walk.asked, Walk.walks = planted, [], itertools.count()
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert next(Walk.walks) >= WALKS
    assert len(Walk.asked) > len(EVERY_LOOK)


@pytest.mark.parametrize(
    ("column", "address", "words"),
    [
        ("教师外区", "/entries", FOREIGN[:1]),
        ("教师本人", "/entries", SECRETS[2:3]),
        ("评委本人", "", [TO_AUTHORS["评委本人"], TO_THE_PANEL["评委本人"]]),
        ("评委同区", "", [TO_AUTHORS["评委同区"], TO_THE_PANEL["评委同区"]]),
    ],
)
def test_who_may_does_read_what_is_looked_for(planted: Site, column: str, address: str, words: list[str]) -> None:
    """Else the walks would look for what is nowhere."""
    planted.put_back()
    addresses = [address] if address else sheet_addresses(planted)
    client = planted.app.test_client()
    client.set_cookie(planted.app.config["SESSION_COOKIE_NAME"], planted.cookies[column])
    told = "".join(told_by(client.get(one)) for one in addresses)
    assert [word for word in words if word not in told] == []
    assert not forbidden(planted, column, "GET", addresses[0]) & set(words)


@pytest.mark.parametrize("column", ["访客", "教师外区", "管理员他校", "评委外区", "工作人员上级"])
def test_outsiders_may_read_none_of_it(planted: Site, column: str) -> None:
    assert forbidden(planted, column, "GET", "/") >= {*SECRETS, *WHOLE, *TO_THE_PANEL.values()}
