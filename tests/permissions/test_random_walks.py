"""Random people look around, send forms and act, one after the other on the same rows; nobody reads what is not theirs.

The table asks each route on rows as they were made. Here what one did stays, so that the others are asked in states
that nobody thought of. What is looked for: words of the district's own (`SECRETS`) with everybody outside, and whole
numbers with everybody.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from werkzeug.test import TestResponse

from fuzzing.page_forms import PageForm, PageReader
from tests.permissions.matrix import ASKING, Line, read_lines
from tests.permissions.scene import JUDGE, SECRETS
from tests.permissions.site import Site, text_of
from tests.permissions.test_matrix import OUTSIDE
from tests.permissions.test_no_numbers import NUMBERS, numbered

__all__ = ["numbered"]  # a fixture

WALKS, STEPS = 14, 40
SCHOOLS = tuple(column for column in ASKING if column.startswith(("教师", "管理员")))
LOOKS = [line for line in read_lines() if line.method == "GET"]
ACTS = [line for line in read_lines() if line.method != "GET"]


class Walk(RuleBasedStateMachine):
    """The pages that each last saw are kept: their forms can be sent."""

    site: Site

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, list[tuple[str, PageForm]]] = {}

    @initialize()
    def begin(self) -> None:
        self.site.put_back()

    @rule(line=st.sampled_from(LOOKS), column=st.sampled_from(ASKING))
    def look(self, line: Line, column: str) -> None:
        address = self.site.address(line)
        answer = self._ask(column, "GET", address)
        if answer.mimetype == "text/html":
            forms = PageReader(answer.get_data(as_text=True)).forms
            self.forms[column] = [(form.action or address, form) for form in forms if form.method == "POST"]

    @rule(line=st.sampled_from(ACTS), column=st.sampled_from(ASKING))
    def act(self, line: Line, column: str) -> None:
        self._ask(column, line.method, self.site.address(line))

    @rule(column=st.sampled_from(ASKING), which=st.integers(0, 20), chosen=st.integers(0, 5))
    def send(self, column: str, which: int, chosen: int) -> None:
        """One of the forms that this person was shown, as it stands, with the choices that it offers."""
        if not self.forms.get(column):
            return
        address, form = self.forms[column][which % len(self.forms[column])]
        fields: dict[str, Any] = dict(form.fields)
        for name, values in form.choices.items():
            if values:
                fields.setdefault(name, values[chosen % len(values)])
        self._ask(column, "POST", address, fields)

    def _ask(self, column: str, method: str, address: str, fields: dict[str, Any] | None = None) -> TestResponse:
        client = self.site.app.test_client()
        if self.site.cookies[column]:
            client.set_cookie(self.site.app.config["SESSION_COOKIE_NAME"], self.site.cookies[column])
        number = next(self.site.requests)
        origin = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}
        answer = client.open(address, method=method, data=fields, environ_base=origin)
        told = text_of(answer) + str(answer.headers)
        assert answer.status_code < 500, f"{column}: {method} {address} gave {answer.status_code}"
        for word in self._forbidden(column, method):
            assert word not in told, f"{column} reads {word} at {method} {address}"
        return answer

    def _forbidden(self, column: str, method: str) -> list[str]:
        found = [*NUMBERS.values()] if method == "GET" else []
        if column in OUTSIDE:
            found += SECRETS
        if column in SCHOOLS:
            found.append(JUDGE)
        return found


def test_nobody_reads_what_is_not_theirs_whatever_was_done_before(numbered: Site) -> None:
    # Kept with the numbers in it: each walk begins there.
    numbered.keep()
    Walk.site = numbered
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


@pytest.mark.parametrize("column", sorted(OUTSIDE))
def test_the_walk_would_notice(numbered: Site, column: str) -> None:
    """Who is inside does read the words that are looked for, so a leak would be one of them."""
    Walk.site = numbered
    assert set(Walk()._forbidden(column, "GET")) >= {*SECRETS, *NUMBERS.values()}
