"""A round's bundle: the same bytes from the same round, computed again without a database, every change found."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.judging.bundles import PARTS, BundleError, read_bundle, replay, write_bundle
from contest_portal.judging.models import Judge, Ranking, Round, RoundCategory
from contest_portal.judging.queries.bundles import bundle_of_round
from contest_portal.judging.queries.repairing import RepairWish, preview_repair
from contest_portal.judging.ranking import VERSION
from contest_portal.judging.services import progress, rankings
from contest_portal.judging.services.repairing import apply_repair
from tests.judging.making import Scene, make_scene, open_round, score, tasks_of

pytestmark = pytest.mark.database
COMMAND = Path(sysconfig.get_path("scripts")) / "contest-portal"
TOTALS = (71, 84.5, 66, 90, 77.5, 59, 81, 70)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=4, entries=8)


@pytest.fixture
def ranked(scene: Scene) -> Round:
    """A round that was repaired once and ranked by the mixed model."""
    running = open_round(scene, reads=2, method="mixed")
    wish = RepairWish(leaving=frozenset({scene.judges[0].id}))
    shown = preview_repair(fresh(running), wish)
    apply_repair(scene.staff, running.id, wish, shown.digest, fresh(running).version, "因病退出")
    place = db.session.scalars(select(RoundCategory).where(RoundCategory.round_id == running.id)).one()
    place.wanted = {"": 3}
    db.session.commit()
    for number, task in enumerate(tasks_of(running)):
        score(scene, task, TOTALS[number % len(TOTALS)] + number % 3)
    progress.close_round(scene.staff, running.id, fresh(running).version)
    rankings.rank_round(scene.staff, running.id)
    return fresh(running)


def fresh(row: Round) -> Round:
    return db.session.get_one(Round, row.id, populate_existing=True)


def test_the_same_round_gives_the_same_bytes_and_comes_out_the_same(ranked: Round) -> None:
    content = write_bundle(bundle_of_round(ranked))
    assert content == write_bundle(bundle_of_round(fresh(ranked)))
    findings = replay(read_bundle(content))
    assert [one.same for one in findings] == [True] * 4  # opening, repair, the category and its one stage group
    lines = db.session.scalars(select(Ranking.lines).where(Ranking.stage_code == "")).one()
    chances = [line["p_in_quota"] for line in lines]
    assert sum(chances) == pytest.approx(3, abs=0.01)


def test_nobody_is_named_in_it(scene: Scene, ranked: Round) -> None:
    content = write_bundle(bundle_of_round(ranked))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    for name in (*(judge.name for judge in scene.judges), *(school.name for school in scene.schools), "因病", "学生"):
        assert name not in text
    for judge in db.session.scalars(select(Judge)):
        assert judge.employer not in text


@pytest.mark.parametrize(
    ("part", "change", "what"),
    [
        ("inputs.json", lambda data: data[0]["inputs"]["scores"][0].__setitem__(2, 99.0), "排名"),
        ("ranking.json", lambda data: data[0]["lines"][0].__setitem__("rank", 2), "排名"),
        ("plan.json", lambda data: data[0]["plan"].pop(), "第 1 次分配"),
        ("plan.json", lambda data: data[1].__setitem__("seed", 999_999), "第 2 次分配"),
    ],
)
def test_what_was_changed_and_packed_again_is_found(ranked: Round, part: str, change: Any, what: str) -> None:
    parts = json.loads(json.dumps(bundle_of_round(ranked)))
    change(parts[part])
    findings = replay(read_bundle(write_bundle(parts)))
    wrong = [str(one.what) for one in findings if not one.same]
    if what == "第 2 次分配":  # another seed may draw the same repair; nothing else may differ
        assert all(one.startswith(what) for one in wrong)
    else:
        assert {one[: len(what)] for one in wrong} == {what}


def test_a_ranking_of_another_version_is_said_to_be_one_whatever_its_inputs_look_like(ranked: Round) -> None:
    parts = json.loads(json.dumps(bundle_of_round(ranked)))
    parts["inputs.json"][0]["inputs"] = {"format": 1, "carried": [[3, 70.5, None, None]]}
    for row in parts["ranking.json"]:
        row["facts"]["version"] = "2"
    told = [str(one.detail) for one in replay(parts) if not one.same]
    assert len(told) == 2
    assert all("第 2 版" in one and f"第 {VERSION} 版" in one for one in told)


class TestDamage:
    def test_a_file_that_was_changed_is_named(self, ranked: Round) -> None:
        changed = repacked(ranked, {"plan.json": b"[]\n"})
        with pytest.raises(BundleError, match=r"plan\.json.*改动过"):
            read_bundle(changed)

    def test_what_is_no_bundle_is_said(self, ranked: Round) -> None:
        with pytest.raises(BundleError, match="ZIP"):
            read_bundle(b"not a zip")
        with pytest.raises(BundleError, match="ZIP"):
            read_bundle(write_bundle(bundle_of_round(ranked))[:500])
        with pytest.raises(BundleError, match="缺少"):
            read_bundle(repacked(ranked, {}, without="ranking.json"))

    def test_whatever_byte_is_damaged_is_said_in_words_or_does_no_harm(self, ranked: Round) -> None:
        content = write_bundle(bundle_of_round(ranked))
        whole = read_bundle(content)
        directory = content.index(b"PK\x01\x02")
        step = max(1, directory // 300)
        for place in (*range(0, directory, step), *range(directory, len(content))):
            for flipped in (0xFF, 0x01):
                damaged = content[:place] + bytes([content[place] ^ flipped]) + content[place + 1 :]
                with contextlib.suppress(BundleError):
                    assert read_bundle(damaged) == whole

    def test_parts_that_make_no_sense_are_said_to(self) -> None:
        content = write_bundle({name: [{"kind": "opening"}] for name in PARTS})
        with pytest.raises(BundleError, match="不完整"):
            replay(read_bundle(content))

    def test_a_number_longer_than_python_reads_is_said_by_its_file(self) -> None:
        content = write_bundle({name: [] for name in PARTS})
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        files["plan.json"] = b"[" + b"1" * 5000 + b"]"
        manifest = json.loads(files["manifest.json"])
        manifest["files"]["plan.json"] = hashlib.sha256(files["plan.json"]).hexdigest()
        files["manifest.json"] = json.dumps(manifest).encode()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        with pytest.raises(BundleError, match=r"plan\.json"):
            read_bundle(out.getvalue())

    def test_a_round_without_a_ranking_has_no_bundle(self, scene: Scene) -> None:
        with pytest.raises(Conflict, match="还没有排名"):
            bundle_of_round(open_round(scene, reads=2))


def test_another_process_with_another_seed_of_hashes_says_the_same(ranked: Round, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(write_bundle(bundle_of_round(ranked)))
    for seed in ("1", "2018"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "CONTEST_PORTAL_INSTANCE": str(tmp_path / "none")}
        done = subprocess.run(
            [COMMAND, "judging", "replay", bundle, "--json"],
            env=env,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["same"] is True
    parts = json.loads(json.dumps(bundle_of_round(ranked)))
    parts["ranking.json"][0]["lines"][0]["score"] += 0.01
    bundle.write_bytes(write_bundle(parts))
    done = subprocess.run([COMMAND, "judging", "replay", bundle], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 3
    assert "不一致\t排名" in done.stdout
    bundle.write_bytes(repacked(ranked, {"inputs.json": b"[]\n"}))
    done = subprocess.run([COMMAND, "judging", "replay", bundle], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 3
    assert "不一致\t数据包的内容　「inputs.json」与清单中的指纹不符" in done.stdout
    bundle.write_bytes(b"PK nonsense")
    done = subprocess.run([COMMAND, "judging", "replay", bundle], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "ZIP" in done.stderr


def repacked(ranked: Round, changed: dict[str, bytes], *, without: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(write_bundle(bundle_of_round(ranked)))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != without:
                new.writestr(name, changed.get(name, old.read(name)))
    return out.getvalue()
