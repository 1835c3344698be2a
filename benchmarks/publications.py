"""A public list of 5,000 lines: page, PDF, workbook, and reading both back to see whether they are what was published."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from benchmarks.lists import empty_application
from benchmarks.measurement import Measurement, timed
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.results.public_list.content import PublicLine, Section, content_digest, to_content
from contest_portal.results.publishing.documents import public_pdf, public_workbook
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import publication_by_id
from contest_portal.results.publishing.verifying import verify_file

LINES = 5_000
CATEGORIES = ("科技创新成果竞赛项目", "科幻画作品", "科技实践活动", "科学DV作品", "科教方案")
LIMIT_SECONDS = 5


def measure() -> list[Measurement]:
    """Seconds of each, without the network."""
    from tests.factories import make_contest, make_office

    with empty_application() as app, app.app_context(), tempfile.TemporaryDirectory() as folder:
        content = to_content([_section(name) for name in CATEGORIES], "甘州区青少年科技创新大赛获奖名单公示")
        row = Publication(
            contest_id=make_contest(make_office()).id, kind="award", version=1, state="public", title=content["title"],
            content=content, content_sha256=content_digest(content), shortlist_ids=[], made_at=now(),
            published_at=now(), open_until=date(2018, 3, 8),
        )  # fmt: skip
        db.session.add(row)
        db.session.commit()
        publication = publication_by_id(row.id)
        files = {"PDF": Path(folder) / "list.pdf", "XLSX": Path(folder) / "list.xlsx"}
        client, url = app.test_client(), f"/lists/{row.id}"
        works: list[tuple[str, Callable[[], object], float | None]] = [
            ("as PDF", lambda: files["PDF"].write_bytes(public_pdf(publication)), LIMIT_SECONDS),
            ("as XLSX", lambda: files["XLSX"].write_bytes(public_workbook(publication)), LIMIT_SECONDS),
            ("as a page", partial(client.get, url), None),
            ("read back from PDF and checked", partial(verify_file, files["PDF"]), None),
            ("read back from XLSX and checked", partial(verify_file, files["XLSX"]), None),
        ]
        # Once, and cold: what is printed a second time is remembered by the printer.
        return [
            timed(f"public list of {LINES} lines {name}", work, limit=limit, repeats=1, warm=False)
            for name, work, limit in works
        ]


def _section(category: str) -> Section:
    count = LINES // len(CATEGORIES)
    lines = (
        PublicLine(
            number=place,
            names="张晓明、李小红、王子涵" if place % 5 == 0 else "欧阳雨桐",
            school=f"甘州区第{place % 40 + 1}小学",
            title=f"基于机器视觉的校园垃圾自动分类装置{place}",
            award=("一等奖", "二等奖", "三等奖")[place % 3],
            tutors="李文静、赵老师" if place % 2 else "李文静",
            stage="小学",
            entry_number=f"GZ2018-{category[:2]}-X-{place:04d}",
        )
        for place in range(1, count + 1)
    )
    return Section(category, "项", tuple(lines))
