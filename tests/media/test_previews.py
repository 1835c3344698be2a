"""Previews from the file's arrival to the page: made by jobs, with a state that is seen, a second try, and no harm done
where one fails."""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, select, update
from waitress.server import create_server

from contest_portal.core import jobs
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import NotFound
from contest_portal.core.models import Job
from contest_portal.core.storage import storage
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.screening import Seen, accept_entry
from contest_portal.entries.services.submission import submit_entry
from contest_portal.media import renditions
from contest_portal.media.facts import Problem
from contest_portal.media.models import Derivative
from contest_portal.media.preview_commands import previews_command
from contest_portal.media.probing import DerivativeError
from contest_portal.media.queries import previews_of
from contest_portal.media.services import derivatives
from contest_portal.media.services.receiving import remember
from tests.entries.entry_factories import Place, jpeg, make_painting, make_place, make_project, received
from tests.factories import sign_in
from tests.judging import making
from tests.media.film_factory import write_film
from tests.serving import running

pytestmark = pytest.mark.database


@dataclass
class Asked:
    """What the commands find as their application."""

    app: Flask


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


def rows(blob_id: int) -> dict[str, Derivative]:
    db.session.rollback()
    found = db.session.scalars(
        select(Derivative).where(Derivative.blob_id == blob_id).execution_options(populate_existing=True)
    )
    return {row.kind: row for row in found}


def painting(place: Place) -> tuple[Entry, int]:
    entry = make_painting(place)
    return entry, entry.files[0].blob_id


def film_of(place: Place, folder: Path, **values: Any) -> int:
    """The blob of a film that came in."""
    file = received(write_film(folder / "film.mkv", **values).read_bytes(), "film.mkv")
    with unit_of_work(place.teacher, "test.remember") as work:
        blob = remember(work, file)
        work.record(blob)
    return blob.id


def failing(monkeypatch: pytest.MonkeyPatch, kind: str, problem: Problem) -> None:
    """Making previews of that kind fails, as it does when the sandbox gives a file up."""
    make = renditions.make

    def refuse(wanted: str, *rest: Any) -> Any:
        if wanted == kind:
            raise DerivativeError(problem)
        return make(wanted, *rest)

    monkeypatch.setattr(renditions, "make", refuse)


def test_what_comes_in_has_its_previews_when_the_jobs_are_done(place: Place, tmp_path: Path) -> None:
    entry, picture = painting(place)
    film = film_of(place, tmp_path)
    report = make_project(place, [place.pupil]).files[1].blob_id
    assert {row.state for blob in (picture, film, report) for row in rows(blob).values()} == {"waiting"}
    jobs.run_all()
    for blob, kinds in ((picture, {"thumb", "screen", "tiles"}), (film, {"poster", "film720"}), (report, {"pages"})):
        found = rows(blob)
        assert set(found) == kinds
        for row in found.values():
            assert (row.state, row.progress, row.error) == ("ready", 100, "")
            assert row.sha256 is not None
            assert storage().size(row.sha256) > 0
    assert list((tmp_path / "instance" / "making").iterdir()) == []
    assert entry_by_id(entry.id).state == "draft"


def test_long_ones_do_not_hold_up_thumbnails(place: Place, tmp_path: Path) -> None:
    film = film_of(place, tmp_path)
    _entry, picture = painting(place)
    while jobs.run_next([jobs.QUICK]):
        pass
    assert rows(film)["film720"].state == "waiting"
    assert rows(picture)["thumb"].state == "ready"
    while jobs.run_next([jobs.SLOW]):
        pass
    assert rows(film)["film720"].state == "waiting", "nor other slow work"
    assert rows(picture)["tiles"].state == "ready"


def test_a_film_that_gives_no_poster_has_one_of_its_rendition(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, make = film_of(place, tmp_path), renditions.make

    def refuse(kind: str, source: Path, *rest: Any) -> Any:
        if kind == "poster" and source.read_bytes().startswith(b"\x1aE\xdf\xa3"):  # Matroska: the film itself
            raise DerivativeError(Problem.BROKE_THE_READER)
        return make(kind, source, *rest)

    monkeypatch.setattr(renditions, "make", refuse)
    while jobs.run_next([jobs.QUICK]):
        pass
    assert rows(film)["poster"].state == "failed"
    jobs.run_all()
    found = rows(film)["poster"]
    assert (found.state, found.error) == ("ready", "")
    assert found.sha256 is not None
    assert storage().size(found.sha256) > 0


def test_progress_is_seen_while_it_runs(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film, seen = film_of(place, tmp_path), []
    make = renditions.make

    def watched(kind: str, source: Path, target: Path, facts: Any, report: Any, most_pages: int) -> Any:
        if kind != "film720":
            return make(kind, source, target, facts, report, most_pages)
        for percent in (10, 40, 80):
            report(percent)
            preview = previews_of([film])[film].get("film720")
            assert preview is not None
            seen.append((preview.state, preview.progress))
        return make(kind, source, target, facts, lambda _percent: None, most_pages)

    monkeypatch.setattr(renditions, "make", watched)
    monkeypatch.setattr(derivatives, "PROGRESS_SECONDS", 0)
    jobs.run_all()
    assert seen == [("running", 10), ("running", 40), ("running", 80)]
    assert rows(film)["film720"].state == "ready"


def test_a_job_that_runs_twice_leaves_one_result(place: Place) -> None:
    _entry, picture = painting(place)
    jobs.run_all()
    before = {kind: row.sha256 for kind, row in rows(picture).items()}
    count = len(list(storage().names()))
    for kind in before:
        derivatives.make_rendition({"blob_id": picture, "kind": kind})
    assert {kind: row.sha256 for kind, row in rows(picture).items()} == before
    assert len(list(storage().names())) == count


def test_a_job_killed_in_the_middle_is_done_by_the_next_and_clears_up(
    place: Place, clock: MovingClock, tmp_path: Path
) -> None:
    _entry, picture = painting(place)
    while jobs.run_next([jobs.QUICK]):
        pass
    claimed = jobs._claim()  # and its process dies, with a file half made
    assert claimed is not None
    derivatives._note(rows(picture)["tiles"].id, state="running", progress=30)
    left = tmp_path / "instance" / "making" / f"{rows(picture)['tiles'].id}-killed"
    left.mkdir(parents=True, exist_ok=True)
    (left / "made").write_bytes(b"half")
    clock.advance(seconds=(jobs.LEASE + timedelta(seconds=1)).total_seconds())
    assert jobs.run_all() == 1
    assert rows(picture)["tiles"].state == "ready"
    assert not left.exists()


def test_a_failed_preview_stops_no_submission_and_is_made_again_when_asked(
    place: Place, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, picture = painting(place)
    with monkeypatch.context() as broken:
        failing(broken, "tiles", Problem.TOOK_TOO_LONG)
        jobs.run_all()
    assert rows(picture)["tiles"].state == "failed"
    assert submit_entry(place.teacher, entry.id, entry.version).state == "submitted"

    sign_in(client, place.teacher)
    page = client.get(f"/entries/{entry.id}").text
    assert "放大浏览图没有生成：在规定时间内没有生成完。服务器空闲时可以再试一次。" in page
    assert "文件已经保存，不影响提交。" in page
    wanted = re.search(r'name="wanted" value="([^"]+)"', page)[1]  # type: ignore[index]
    for _twice in range(2):
        response = client.post(f"/entries/{entry.id}/previews/again", data={"wanted": wanted, "page": "show"})
        assert response.location.endswith(f"/entries/{entry.id}#files")
    assert "等待生成：放大浏览图" in client.get(f"/entries/{entry.id}").text
    waiting = db.session.scalars(select(Job.key).where(Job.kind == "media.render", Job.state == "waiting")).all()
    assert waiting == [f"derive-{picture}-tiles"]
    jobs.run_all()
    assert rows(picture)["tiles"].state == "ready"
    assert "没有生成" not in client.get(f"/entries/{entry.id}").text


def test_a_job_that_was_given_up_can_be_tried_again(place: Place, client: FlaskClient) -> None:
    entry, picture = painting(place)
    jobs.run_all()
    db.session.execute(update(Derivative).where(Derivative.kind == "screen").values(state="running", sha256=None))
    db.session.execute(update(Job).where(Job.key == f"derive-{picture}-screen").values(state="failed"))
    db.session.commit()
    sign_in(client, place.manager)
    assert "大图没有生成：生成时服务器中断了。可以再试一次。" in client.get(f"/entries/{entry.id}").text
    derivatives.make_again(place.manager, picture, "screen")
    jobs.run_all()
    assert rows(picture)["screen"].state == "ready"


def test_only_what_is_made_of_the_file_can_be_asked_for(place: Place, client: FlaskClient) -> None:
    entry, picture = painting(place)
    with pytest.raises(NotFound):
        derivatives.make_again(place.teacher, picture, "film720")
    sign_in(client, place.teacher)
    other = make_project(place, [place.pupil]).files[0].blob_id
    wrong = client.post(f"/entries/{entry.id}/previews/again", data={"wanted": f"{other}:pages"})
    assert wrong.status_code == 404  # a file of another entry


def test_files_from_before_get_their_previews_by_command(app: Flask, place: Place) -> None:
    _entry, picture = painting(place)
    jobs.run_all()
    db.session.execute(delete(Derivative).where(Derivative.kind == "tiles"))
    db.session.execute(update(Derivative).where(Derivative.kind == "screen").values(state="failed", error="x"))
    db.session.commit()
    assert "缺少的 1 项。" in CliRunner().invoke(previews_command, obj=Asked(app)).output
    assert "缺少的 0 项，重新生成 1 项。" in CliRunner().invoke(previews_command, ["--failed"], obj=Asked(app)).output
    jobs.run_all()
    assert {row.state for row in rows(picture).values()} == {"ready"}


def test_a_preview_of_a_file_that_is_gone_is_no_failure(place: Place) -> None:
    _entry, picture = painting(place)
    db.session.execute(delete(Derivative).where(Derivative.blob_id == picture))
    db.session.commit()
    jobs.run_all()
    assert not db.session.scalars(select(Job).where(Job.kind.startswith("media."), Job.state != "done")).all()


def test_a_page_asks_for_nothing_to_be_made(place: Place, client: FlaskClient) -> None:
    entry, picture = painting(place)
    sign_in(client, place.teacher)
    waiting = client.get(f"/entries/{entry.id}/files/{picture}/thumb")
    assert (waiting.status_code, waiting.mimetype) == (202, "image/svg+xml")
    assert waiting.headers["Cache-Control"] == "no-store"
    assert client.get(f"/entries/{entry.id}/files/{picture}/tiles/12/0_0.jpg").status_code == 404
    assert {row.state for row in rows(picture).values()} == {"waiting"}
    page = client.get(f"/entries/{entry.id}").text
    assert "等待生成：" in page
    assert 'hx-trigger="every 4s"' in page
    jobs.run_all()
    assert 'hx-trigger="every 4s"' not in client.get(f"/entries/{entry.id}").text
    made = client.get(f"/entries/{entry.id}/files/{picture}/thumb")
    assert max(Image.open(io.BytesIO(made.data)).size) == 480


def test_tiles_and_pages_are_served_part_by_part(place: Place, client: FlaskClient) -> None:
    entry, picture = painting(place)
    project = make_project(place, [place.pupil])
    report = project.files[1].blob_id
    jobs.run_all()
    sign_in(client, place.teacher)
    base = f"/entries/{entry.id}/files/{picture}/tiles"
    tile = client.get(f"{base}/12/1_1.jpg")  # 3,240 × 2,280: 2^12 is the first power of two above
    assert (tile.mimetype, Image.open(io.BytesIO(tile.data)).size) == ("image/jpeg", (514, 514))
    again = client.get(f"{base}/12/1_1.jpg", headers={"If-None-Match": tile.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{base}/12/7_0.jpg").status_code == 404
    assert client.get(f"{base}/12/0_5.jpg").status_code == 404
    assert client.get(f"{base}/13/0_0.jpg").status_code == 404
    page = client.get(f"/entries/{project.id}/files/{report}/pages/1")
    assert Image.open(io.BytesIO(page.data)).size[0] == 1200
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    for number in (0, 2):
        assert client.get(f"/entries/{project.id}/files/{report}/pages/{number}").status_code == 404


# --- Judges -----------------------------------------------------------------------------------------------------------


def test_the_judges_copy_is_made_when_the_work_is_accepted(place: Place) -> None:
    entry, picture = painting(place)
    submit_entry(place.teacher, entry.id, entry.version)
    jobs.run_all()
    assert "blind" not in rows(picture)
    accept_entry(place.staff, entry.id, Seen(1))
    assert rows(picture)["blind"].state == "waiting"
    jobs.run_all()
    assert rows(picture)["blind"].state == "ready"


def test_an_early_judge_is_told_that_the_copy_is_coming(app: Flask, client: FlaskClient) -> None:
    scene = making.make_scene(entries=1, judges=1)
    file = making.add_file(scene.entries[0], "painting", "jpeg", "张晓明.jpg", jpeg(1200, 900))
    row = making.open_round(scene, reads=1)
    assert set(rows(file.blob_id)) == {"blind"}  # asked for at the opening, since nothing had been before
    [task] = making.tasks_of(row)
    sign_in(client, scene.actor(scene.judges[0]))
    page = client.get(f"/judge/tasks/{task.id}").text
    assert "等待生成：匿名副本" in page
    assert 'hx-trigger="every 4s"' in page
    original = f"/judge/tasks/{task.id}/files/{file.id}/original"
    early = client.get(original)
    assert early.status_code == 409
    assert "匿名副本正在准备" in early.text
    jobs.run_all()
    assert original in client.get(f"/judge/tasks/{task.id}").text
    assert Image.open(io.BytesIO(client.get(original).data)).size == (1200, 900)


def test_a_judge_gets_the_rendition_of_a_film_and_no_tag_of_it(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    scene = making.make_scene(entries=1, judges=1, category="DV")
    content = write_film(tmp_path / "film.mkv", metadata={"artist": "Zhang Xiaoming"}).read_bytes()
    file = making.add_file(scene.entries[0], "film", "mkv", "张晓明.mkv", content)
    [task] = making.tasks_of(making.open_round(scene, reads=1, codes=("DV",)))
    jobs.run_all()
    sign_in(client, scene.actor(scene.judges[0]))
    base = f"/judge/tasks/{task.id}/files/{file.id}"
    assert f'<source src="{base}/film720" type="video/mp4">' in client.get(f"/judge/tasks/{task.id}").text
    shown, copy = client.get(f"{base}/film720"), client.get(f"{base}/original")
    assert shown.data == copy.data != content
    assert copy.mimetype == "video/mp4"
    assert b"Zhang" not in copy.data
    assert "张" not in copy.headers.get("Content-Disposition", "")
    with av.open(io.BytesIO(copy.data)) as film:
        assert film.streams.video[0].codec_context.name == "h264"


# --- By range, through a server ---------------------------------------------------------------------------------------


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    server = create_server(app, host="127.0.0.1", port=0, threads=2)
    with running(server):
        yield server.effective_port


def test_a_film_is_sent_by_range(app: Flask, client: FlaskClient, place: Place, tmp_path: Path, port: int) -> None:
    entry = make_painting(place)
    content = write_film(tmp_path / "film.mkv", seconds=4).read_bytes()
    blob = film_of(place, tmp_path, seconds=4)
    with unit_of_work(place.teacher, "test.put") as work:
        entry_by_id(entry.id).files[0].blob_id = blob
        work.record(entry)
    jobs.run_all()
    whole = storage().open(rows(blob)["film720"].sha256 or "").read()
    assert whole != content
    sign_in(client, place.teacher)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    size, last = len(whole), len(whole) - 1
    for asked, begin, end in (("bytes=0-99", 0, 99), ("bytes=500-", 500, last), ("bytes=-70", size - 70, last)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Cookie": f"{cookie.key}={cookie.value}", "Range": asked}
        connection.request("GET", f"/entries/{entry.id}/files/{blob}/film720", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Range")) == (206, f"bytes {begin}-{end}/{size}")
        assert answer.read() == whole[begin : end + 1]
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert "sandbox" in (answer.getheader("Content-Security-Policy") or "")
        connection.close()
