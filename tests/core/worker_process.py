"""A worker as `contest-portal worker` runs it, with jobs of the tests. Run as a process: instance, database, Redis.

Each begun job appends a line to `begun.txt` of the instance and puts its result into `results/`. A job with `waits`
goes on only when the file of that name stands in the instance.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from contest_portal import create_app
from contest_portal.core.job_worker import Worker
from contest_portal.core.jobs import job, report_progress
from contest_portal.settings import Settings


def main(instance: str, database: str, redis_url: str) -> None:
    folder = Path(instance)

    @job("tests.slow", "慢活")
    def work(payload: dict[str, Any]) -> None:
        with (folder / "begun.txt").open("a", encoding="utf-8") as file:
            file.write(f"{payload['number']}\n")
        report_progress(0.42)
        while payload.get("waits") and not (folder / payload["waits"]).exists():
            time.sleep(0.05)
        (folder / "results").mkdir(exist_ok=True)
        (folder / "results" / str(payload["number"])).write_text("done", encoding="utf-8")

    app = create_app(Settings(instance=folder, database_url=database, redis_url=redis_url))
    worker = Worker(app)
    worker.start()
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    worker.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
