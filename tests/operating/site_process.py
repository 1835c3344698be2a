"""A site as `contest-portal serve` runs it, with one slow page and one slow job. Run as a process; argument: the instance.

GET /slow/<secret> and the job `tests.slow` say `begun` by an empty file of that name in the instance and end when the
file `go-on` stands there. The job is asked for at the start, where the file `with-job` stands.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import Any

from flask import Response

from contest_portal import create_app
from contest_portal.core.actor import console_actor
from contest_portal.core.cli import run_server
from contest_portal.core.database import unit_of_work
from contest_portal.core.jobs import enqueue, job
from contest_portal.core.operating.logs import begin_to_log
from contest_portal.core.permissions import permission
from contest_portal.settings import read_settings


def main(instance: str) -> None:
    folder = Path(instance)

    def wait() -> None:
        (folder / "begun").touch()
        while not (folder / "go-on").exists():
            time.sleep(0.02)

    @permission("core.public")
    def slow(secret: str, pupil_id: int) -> Response:
        logging.getLogger("tests").warning("the pupil 990000201001011234 of 13912345678 asked for /join/%s", secret)
        wait()
        return Response("whole", mimetype="text/plain")

    @job("tests.slow", "慢活")
    def work(_payload: dict[str, Any]) -> None:
        wait()

    app = create_app(read_settings(instance=instance))
    app.add_url_rule("/slow/<secret>/<int:pupil_id>", "slow", slow)
    begin_to_log(app)
    with app.app_context():
        if (folder / "with-job").exists():
            (folder / "with-job").unlink()
            with unit_of_work(console_actor(), "tests.ask") as unit:
                enqueue(unit, "tests.slow", {}, key="slow")
                unit.record(("test", 1))
        run_server(app, "127.0.0.1", 0)


if __name__ == "__main__":
    main(sys.argv[1])
