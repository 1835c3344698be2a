"""Several workers send at the same time: every message goes out, none twice."""

from __future__ import annotations

import threading

from flask import Flask

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.outbox import sending
from tests.entries.entry_factories import Place
from tests.factories import make_account
from tests.notices.acts import messages, reached, tell
from tests.notices.servers import MailServer

PEOPLE, WORKERS = 24, 4


def test_four_workers_at_once_send_each_mail_once(
    app: Flask, place: Place, mailing: MailServer, clock: MovingClock
) -> None:
    people = [make_account(Role.TEACHER, school=place.school) for _number in range(PEOPLE)]
    for number, one in enumerate(people):
        reached(one, f"ren{number}@example.org")
    tell(place.staff, *people)
    clock.advance(minutes=10)
    begin = threading.Barrier(WORKERS)

    def work() -> None:
        with app.app_context():
            begin.wait()
            sending.send_messages({})
            db.session.remove()

    threads = [threading.Thread(target=work) for _number in range(WORKERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(mailing.receivers) == sorted(f"ren{number}@example.org" for number in range(PEOPLE))
    assert [(row.state, row.attempts) for row in messages()] == [("sent", 1)] * PEOPLE
