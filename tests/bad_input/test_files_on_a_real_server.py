"""Bad files over HTTP against a real server: refused in words beside their field, no row changed, memory bounded.

What each reader refuses is tested beside it (see test_index.py); here the whole way is gone with the real file, and all
rows of the database are compared.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from contest_portal import create_app
from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from contest_portal.entries.services.drafts import create_draft
from contest_portal.settings import Settings
from tests.bad_input import bad_files
from tests.bad_input.real_site import RealSite, Visitor, upload
from tests.contests.pages import form_of
from tests.entries.entry_factories import Place, make_place, pdf
from tests.factories import sign_in
from tests.media.bad_files.boxes import mp4
from tests.media.bad_files.documents import pdf_that_opens_with, pdf_with_an_attachment

MOST_MB = 500

WORKBOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a renamed PDF": (pdf, "其实是「PDF 文档」"),
    "an encrypted workbook": (bad_files.encrypted_workbook, "设有打开密码"),
    "1,048,576 empty rows": (bad_files.workbook_of_empty_rows, "没有任何内容"),
    "empty rows and a word far below": (bad_files.workbook_with_a_word_far_below, "内容过多"),
    "a zip bomb": (bad_files.zip_bomb, "解压后过大"),
}
WORKS: dict[str, tuple[str, str, Callable[[], bytes], str, str]] = {
    "12,000 × 12,000": ("KH", "painting", bad_files.huge_painting, "大画.jpg", "14400 万像素"),
    "a truncated JPEG": ("KH", "painting", bad_files.truncated_painting, "半张.jpg", "损坏或不完整"),
    "an SVG": ("KH", "painting", bad_files.drawing_with_a_script, "画.svg", "SVG"),
    "a PNG named .jpg": ("KH", "painting", bad_files.png_painting, "画.jpg", "内容其实是 PNG"),
    "a PDF with a script": ("CG", "report", lambda: pdf_that_opens_with("JavaScript"), "研究报告.pdf", "带有脚本"),
    "a PDF with an attachment": ("CG", "report", pdf_with_an_attachment, "研究报告.pdf", "夹带了附件"),
    "10⁶ tiny packets": ("DV", "film", lambda: mp4(samples_of_sound=1_000_000), "影片.mp4", "要求 3–8 分钟"),
    "an HTML page named .pdf": ("CG", "report", bad_files.web_page, "研究报告.pdf", "内容其实是 HTML 网页"),
}


def prepared(instance: Path) -> SimpleNamespace:
    """A school with a manager and a teacher who has begun a painting and a project, each signed in."""
    app = create_app(Settings(instance=instance, jobs_embedded=False), testing=True)
    with app.app_context():
        place: Place = make_place()
        drafts = {
            code: create_draft(place.teacher, place.contest.id, place.category(code).id, place.school.id).id
            for code in ("KH", "CG", "DV")
        }

        def browser(actor: Actor) -> Visitor:
            kept = sign_in(app.test_client(), actor).get_cookie(app.config["SESSION_COOKIE_NAME"])
            assert kept is not None
            return Visitor(f"{kept.key}={kept.value}")

        found = SimpleNamespace(
            drafts=drafts, school=place.school.id, manager=browser(place.manager), teacher=browser(place.teacher)
        )
        db.session.remove()
        db.engine.dispose()
    return found


@pytest.fixture(scope="module")
def scene(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, empty_sqlite: Path
) -> Iterator[SimpleNamespace]:
    instance = tmp_path_factory.mktemp("bad-input")
    shutil.copyfile(empty_sqlite, instance / "contest.sqlite3")
    found = prepared(instance)
    found.site = RealSite(instance)
    yield found
    peaks = found.site.stop()
    if sys.platform == "linux":  # elsewhere memory is counted in other units
        assert sum(peaks.values()) < MOST_MB, f"the server and its largest process took {peaks} MB"


def beside(page: str, field: str) -> str:
    """The error that stands beside the field."""
    found = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert found, f"no error stands beside {field}"
    return found[1]


@pytest.mark.parametrize("case", WORKBOOKS)
def test_a_workbook_is_refused_beside_its_field_and_nothing_changes(scene: SimpleNamespace, case: str) -> None:
    make, message = WORKBOOKS[case]
    path = f"/schools/{scene.school}/roster"
    fields = form_of(scene.site.ask("GET", path, scene.manager).page, "csrf_token")
    before = scene.site.contents()
    answer = scene.site.ask("POST", path, scene.manager, {**fields, "file": upload(make(), "名册.xlsx")})
    assert answer.status == 422
    assert message in beside(answer.page, "file")
    assert "名册.xlsx" in beside(answer.page, "file")
    assert scene.site.contents() == before


@pytest.mark.parametrize("case", WORKS)
def test_a_works_file_is_refused_beside_its_slot_and_nothing_changes(scene: SimpleNamespace, case: str) -> None:
    category, slot, make, name, message = WORKS[case]
    path = f"/entries/{scene.drafts[category]}/edit"
    fields = form_of(scene.site.ask("GET", path, scene.teacher).page, "version")
    before = scene.site.contents()
    answer = scene.site.ask("POST", path, scene.teacher, {**fields, f"slot_{slot}": upload(make(), name)})
    assert answer.status == 422
    assert message in beside(answer.page, f"slot-{slot}")
    assert scene.site.contents() == before
