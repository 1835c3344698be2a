"""Every route by everybody who may ask, over HTTP on real rows, against the table in `matrix/`."""

from __future__ import annotations

import pytest

from contest_portal.core.permissions import ACTION_ATTRIBUTE
from tests.permissions.matrix import ASKING, SIGNS, Line, grouped, read_lines
from tests.permissions.scene import SECRETS
from tests.permissions.site import Site, sign_of, text_of

LINES = read_lines()
WITHOUT_ACTION = {"static"}

OUTSIDE = {"访客", "无身份", "教师他校", "教师外区", "管理员他校", "管理员外区", "评委外区"} | {
    role + whose for role in ("工作人员", "领导", "监督员") for whose in ("上级", "外区")
}
"""Who may read none of `SECRETS`, whatever page is open to them."""


def _requests_of(site: Site) -> dict[str, str]:
    """Every request that the program answers, with the room whose file its line stands in."""
    return {
        f"{method} {rule.rule}": rule.endpoint.partition(".")[0]
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint not in WITHOUT_ACTION
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_a_line(site: Site) -> None:
    with_a_line = {f"{line.method} {line.address}" for line in LINES if not line.variant}
    lacking = {request: room for request, room in _requests_of(site).items() if request not in with_a_line}
    drafts = [f"  tests/permissions/matrix/{room}.txt:  {_answers(site, request)}" for request, room in lacking.items()]
    assert not lacking, (
        "These routes have no line in the table of permissions. Add each to its room's file. What the program answers"
        " now is a draft: decide each sign by the rules in matrix/README.txt, and mend the room's policy.py where it"
        " answers otherwise.\n" + "\n".join(drafts)
    )


def _answers(site: Site, request: str) -> str:
    method, _space, address = request.partition(" ")
    line = Line(method, address, "", "")
    return f"{grouped(''.join(sign_of(site.ask(line, column)) for column in ASKING))}  {request}"


def test_every_line_has_a_route_and_stands_once(site: Site) -> None:
    known, seen = _requests_of(site), set()
    for line in LINES:
        request = f"{line.method} {line.address}"
        assert request in known, f"{line.place}: there is no route {request} any more: remove the line"
        assert not line.variant or line.variant in site.scene.variants, f"{line.place}: scene.py has no {line.variant}"
        assert line.request not in seen, f"{line.place}: {line.request} stands twice"
        seen.add(line.request)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.request)
def test_the_program_answers_as_the_table_says(site: Site, line: Line) -> None:
    answers = {column: site.ask(line, column) for column in ASKING}
    found = "".join(sign_of(answer) for answer in answers.values())
    wrong = [
        f"  {column}: the table says {SIGNS[want]}, the program answered {answers[column].status_code}"
        for column, want, got in zip(ASKING, line.signs, map(sign_of, answers.values()), strict=True)
        if want != got
    ]
    action = next(
        getattr(site.app.view_functions[rule.endpoint], ACTION_ATTRIBUTE)
        for rule in site.app.url_map.iter_rules()
        if rule.rule == line.address and line.method in (rule.methods or ())
    )
    assert not wrong, (
        f"tests/permissions/{line.place}: {line.request} (action {action})\n"
        + "\n".join(wrong)
        + f"\nIf the table is right, mend the rule of {action} in its policy.py. If not, the line is:\n"
        + f"{grouped(found)}  {line.request}"
    )
    told = [
        f"  {column} reads {word}"
        for column, answer in answers.items()
        if column in OUTSIDE and line.method == "GET" and sign_of(answer) == "可"
        for word in SECRETS
        if word in text_of(answer)
    ]
    assert not told, (
        f"{line.request} (action {action}) tells outsiders what is the district's own. Begin its query from the scope"
        " of who asks:\n" + "\n".join(told)
    )
