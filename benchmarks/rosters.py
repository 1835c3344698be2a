"""A roster of 20,000 pupils: previewed and applied, and the first page of their list."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import tempfile
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Self

from benchmarks.measurement import Measurement, summed_up

ROWS = 20_000
RUNS = 3
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "明华强伟芳娜静敏丽军洋勇艳杰涛磊超霞平刚英鹏飞琳雪梅晨宇轩涵"


def measure() -> list[Measurement]:
    """Seconds and peak memory of preview and apply (the reading process counted in), milliseconds of the first page."""
    workbook, size = roster_workbook(ROWS), f"{ROWS} rows"
    runs = [_in_own_process(workbook) for _ in range(RUNS)]

    def figure(name: str, key: str, unit: str, limit: float) -> Measurement:
        return summed_up(name, [value for run in runs for value in run[key]], unit, limit)

    return [
        figure(f"roster preview and apply, XLSX, {size}", "seconds", "s", 20),
        figure(f"roster preview and apply, peak memory, {size}", "megabytes", "MB", 400),
        figure(f"roster preview and apply again, all known, {size}", "again", "s", 20),
        figure(f"first page of {ROWS} pupils, server time", "page_ms", "ms", 100),
        figure(f"search of a pupil among {ROWS} by pinyin initials", "search_ms", "ms", 20),
    ]


def _in_own_process(workbook: bytes) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "benchmarks.rosters"]
    done = subprocess.run(command, input=workbook, capture_output=True, check=True, timeout=600)  # noqa: S603 - our own
    figures: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return figures


def roster_workbook(rows: int, *, today: date = date(2018, 3, 1)) -> bytes:
    """An XLSX roster of made-up pupils of grades 1 to 9, whose ID numbers are right and belong to nobody."""
    from contest_portal.core.spreadsheets import Column, write_table
    from contest_portal.people.grades import grade_name
    from contest_portal.people.id_number import check_character

    draw = random.Random(2018)  # noqa: S311 — made-up names, no secret
    titles = ("姓名", "身份证号", "性别", "出生日期", "民族", "年级", "班级", "监护人电话")
    lines = []
    for number in range(rows):
        grade = number % 9 + 1
        born = date(today.year - 7 - grade, 9, 1) + timedelta(days=number // 9 % 360)
        first = f"990000{born:%Y%m%d}{number // (9 * 360) + 1:03d}"
        name = draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=2))
        sex = "男" if int(first[16]) % 2 else "女"
        phone = f"138{number:08d}"
        lines.append(
            (
                name,
                first + check_character(first),
                sex,
                born,
                "汉族",
                str(grade_name(grade)),
                f"{number % 40 + 1}班",
                phone,
            )
        )
    return write_table([Column(title) for title in titles], lines, name="学生")


class _Peak:
    """The most memory that this process and those it starts hold together, looked at every 5 milliseconds."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        import psutil

        this = psutil.Process()
        while not self._over.wait(0.005):
            held = 0
            for process in [this, *this.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    held += process.memory_info().rss
            self.megabytes = max(self.megabytes, held / 2**20)


def _run() -> dict[str, list[float]]:
    """The figures of a process of its own, so that its peak is that of the work; the workbook comes by standard input."""
    import time

    from contest_portal import create_app
    from contest_portal.core.actor import Role, console_actor
    from contest_portal.core.database import db
    from contest_portal.core.models import AuditHead
    from contest_portal.people.queries.people_search import search_students
    from contest_portal.people.services.rosters import apply_roster, preview_roster
    from contest_portal.settings import Settings
    from tests.factories import make_account, make_office, make_school, sign_in

    content = sys.stdin.buffer.read()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder), jobs_embedded=False))
        with app.app_context():
            db.create_all()
            db.session.add(AuditHead(id=1, count=0, digest="0" * 64))
            db.session.commit()
            school = make_school(make_office(), "张掖市某某九年制学校", kind="nine_year")
            manager = make_account(Role.SCHOOL_MANAGER, school=school)

            def upload() -> float:
                start = time.perf_counter()
                row = preview_roster(console_actor(), school.id, "students", content, "名册.xlsx")
                apply_roster(console_actor(), row.id)
                return time.perf_counter() - start

            with _Peak() as peak:
                seconds = upload()
            again = upload()
            client = sign_in(app.test_client(), manager)
            pages, searches = [], []
            for _ in range(10):
                start = time.perf_counter()
                assert client.get(f"/schools/{school.id}/students").status_code == 200
                pages.append(time.perf_counter() - start)
                start = time.perf_counter()
                search_students(school.id, "zxm", limit=10)
                searches.append(time.perf_counter() - start)
            db.session.remove()
            db.engine.dispose()
    return {
        "seconds": [seconds],
        "again": [again],
        "megabytes": [peak.megabytes],
        "page_ms": [value * 1000 for value in pages[1:]],
        "search_ms": [value * 1000 for value in searches[1:]],
    }


if __name__ == "__main__":
    print(json.dumps(_run()))
