"""The start page of each role: what is under way, with the numbers of its own scope and the pages behind them."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from tests import factories
from tests.judging.making import Scene, make_scene, open_round, score, tasks_of


def figures(client: FlaskClient, actor: Actor) -> dict[str, tuple[str, str]]:
    """{label: (value, address)} of the first block on the actor's start page."""
    page = factories.sign_in(client, actor).get("/work").text
    found = re.findall(
        r'stat-label"><a class="stretched-link" href="([^"]+)">([^<]+)</a></p>\s*<p class="stat-value">([^<]+)<', page
    )
    return {label: (value, url.replace("&amp;", "&")) for url, label, value in found}


def test_the_office_sees_what_waits_and_how_far_its_rounds_are(client: FlaskClient) -> None:
    scene = make_scene(judges=3, entries=4)
    round_ = open_round(scene)
    tasks = tasks_of(round_)
    score(scene, tasks[0], 80)
    scene.entries[0].state = "submitted"
    db.session.commit()
    shown = figures(client, scene.staff)
    assert shown["待审核"] == ("1", f"/office/contests/{scene.contest.id}/screening")
    assert shown["审核通过"][0] == "3"
    progress = next(value for label, value in shown.items() if label.startswith(round_.name))
    assert progress == (f"1 / {len(tasks)}", f"/office/rounds/{round_.id}")


def test_a_school_sees_only_its_own_numbers(client: FlaskClient) -> None:
    scene = make_scene(schools=2, judges=3, entries=4)
    own = [entry for entry in scene.entries if entry.school_id == scene.schools[0].id]
    own[0].state = "draft"
    db.session.commit()
    manager = factories.make_account(Role.SCHOOL_MANAGER, school=scene.schools[0])
    shown = figures(client, manager)
    assert shown["草稿，未提交"] == ("1", f"/entries?contest={scene.contest.id}&state=draft")
    assert shown["审核通过"][0] == str(len(own) - 1)
    assert client.get(shown["草稿，未提交"][1]).status_code == 200


def test_a_judge_goes_straight_to_the_next_work(client: FlaskClient) -> None:
    scene: Scene = make_scene(judges=3, entries=4)
    round_ = open_round(scene)
    judge = scene.judges[0]
    own = tasks_of(round_, judge)
    shown = figures(client, scene.actor(judge))
    assert shown["还没有评"][0] == str(len(own))
    answer = client.get(shown["还没有评"][1])
    assert answer.status_code == 200
    assert shown["还没有评"][1] in {f"/judge/tasks/{task.id}" for task in own}
