"""What judges have been given is not screened again."""

from __future__ import annotations

import pytest
from flask import Flask

from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.screening import Seen, reopen_entry
from tests.judging.making import make_scene, open_round, tasks_of


def submitted_once(entry_id: int) -> int:
    """The work as a school has sent it in: a decision says which version it has seen."""
    entry_by_id(entry_id).submission_count = 1
    db.session.commit()
    return entry_id


def test_an_entry_is_not_screened_again_once_judges_have_it(app: Flask) -> None:
    scene = make_scene()
    given = submitted_once(tasks_of(open_round(scene))[0].entry_id)
    with pytest.raises(Conflict, match="已进入评审"):
        reopen_entry(scene.staff, given, Seen(1), "签字有误")
    assert entry_by_id(given).state == "accepted"


def test_an_accepted_entry_that_no_judge_has_may_be_screened_again(app: Flask) -> None:
    scene = make_scene(entries=1)
    entry_id = submitted_once(scene.entries[0].id)
    reopen_entry(scene.staff, entry_id, Seen(1), "签字有误")
    assert entry_by_id(entry_id).state == "submitted"
