"""What an objection below took away is told above: by the next version, also where the work is accepted and places are full."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.clock import now, today
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.jobs import run_all
from contest_portal.core.models import Notice
from contest_portal.entries.models import Entry
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.awards.services.prizes import approve_awards
from contest_portal.results.handoff.models import HandoffPlaces
from contest_portal.results.handoff.services import deciding, handing_over, recalls
from contest_portal.results.objections.models import Objection
from contest_portal.results.public_list.content import PublicLine, Section, content_digest, to_content
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.services.publications import publish_list
from tests.factories import made
from tests.results.handoff.deployments import Deployment, approve, category_of, painting
from tests.results.handoff.test_one_deployment import World, above_entries, objected, page, posted, rows

pytestmark = pytest.mark.database


@pytest.fixture
def world(app: Flask) -> World:
    """Two works, both accepted above; an objection about the first was upheld, a third stands in its place."""
    world = World()
    handing_over.hand_over(world.staff, world.contest_id)
    for entry in above_entries(world):
        entry.state = "accepted"
    db.session.commit()
    objected(world, 0, state="decided", outcome="upheld", decided_at=now())
    world.entries.append(painting(world.contest, world.school, 3))
    approve(world.contest, world.entries[1:])
    return world


def places(world: World, count: int) -> None:
    made(HandoffPlaces(category_id=category_of(world.above, "KH").id, sender="", places=count))


def states(world: World) -> list[tuple[str, str]]:
    return [(one.title, one.state) for one in above_entries(world)]


def prize(world: World, entry: Entry) -> AwardList:
    """A draft above that gives the work an award."""
    values = {"contest_id": world.above_id, "category_id": entry.category_id, "version": 1, "made_at": now()}
    draft = AwardList(**values, state="draft", row_version=1)
    draft.lines = [AwardLine(entry_id=entry.id, award="三等奖", position=1)]
    return made(draft)


def told(account_id: int) -> list[str]:
    return [
        f"{one.title} {one.body} {one.params}"
        for one in db.session.scalars(select(Notice).where(Notice.account_id == account_id).order_by(Notice.id))
    ]


def test_a_recalled_work_waits_on_the_start_page(world: World, client: FlaskClient) -> None:
    assert "报送单位撤回待处理" not in page(client, world.upper, "/work")
    handing_over.hand_over(world.staff, world.contest_id)
    shown = page(client, world.upper, "/work")
    assert f'href="/office/contests/{world.above_id}/handoff"' in shown
    assert "报送单位撤回待处理" in shown
    assert "已上报第 2 版，共 2 件" in shown
    assert "其中撤回了 1 件" in page(client, world.upper, "/notices")
    assert "报送单位撤回待处理" not in page(client, world.staff, "/work")


def test_with_full_places_it_waits_and_one_act_takes_out_and_in(world: World, client: FlaskClient) -> None:
    places(world, 2)
    assert "等上级看过之后收下" in posted(client, world.staff, f"/office/contests/{world.contest_id}/handoff")
    assert states(world) == [("火星医院/1", "accepted"), ("火星医院/2", "accepted")]
    came = rows("in")[-1]
    assert came.state == "received"
    shown = page(client, world.upper, f"/office/handoffs/{came.id}")
    assert "收下，并撤回 1 件" in shown
    with pytest.raises(Invalid, match="超出 1 件"):
        deciding.ask_to_take(world.upper, came.id, came.version)
    posted(client, world.upper, f"/office/handoffs/{came.id}/take", version=came.version, taking_out="y")
    run_all()
    assert states(world) == [("火星医院/1", "withdrawn"), ("火星医院/2", "accepted"), ("火星医院/3", "submitted")]
    assert "异议成立" in (above_entries(world)[0].withdrawn_why or "")


def test_more_than_the_places_is_refused_even_so(world: World) -> None:
    places(world, 1)
    with pytest.raises(Invalid, match="请减少推荐，或请张掖市科学技术协会增加名额"):
        handing_over.hand_over(world.staff, world.contest_id)
    assert len(rows("in")) == 1


def test_with_room_it_is_taken_and_the_upper_office_is_told(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    assert [one.outcome for one in rows("in")[-1].lines] == ["same", "new", "recalled"]
    first = above_entries(world)[0]
    assert first.state == "accepted"
    assert any("撤回了" in one for one in told(world.upper.account_id or 0))
    assert "报送单位撤回：异议成立" in page(client, world.upper, f"/office/contests/{world.above_id}/handoff")
    assert "报送单位已撤回，待处理" in page(client, world.upper, f"/office/entries/{first.id}")


def test_no_awards_are_approved_before_somebody_dealt_with_it(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    first = above_entries(world)[0]
    draft = prize(world, first)
    with pytest.raises(Conflict, match=f"{first.number}.*「上报与收件」"):
        approve_awards(world.upper_leader, draft.id, 1)
    came = rows("in")[-1]
    line = came.lines[-1]
    done = posted(client, world.upper, f"/office/handoffs/{came.id}/take-out", line=line.id)
    assert "取消奖项 1 项" in done
    assert db.session.get_one(AwardLine, draft.lines[0].id).state == "cancelled"
    assert above_entries(world)[0].state == "withdrawn"
    assert any("上级已撤回作品" in one for one in told(world.staff.account_id or 0))
    assert "已经处理过" in posted(client, world.upper, f"/office/handoffs/{came.id}/take-out", line=line.id)
    assert "报送单位撤回" not in page(client, world.upper, f"/office/contests/{world.above_id}/handoff")


def test_what_the_upper_office_keeps_stays_kept_through_the_next_version(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    came = rows("in")[-1]
    address = f"/office/handoffs/{came.id}/keep"
    assert "请写明原因" in posted(client, world.upper, address, line=came.lines[-1].id)
    posted(client, world.upper, address, line=came.lines[-1].id, why="市级另行核查")
    approve(world.contest, [*world.entries[1:], painting(world.contest, world.school, 4)])
    handing_over.hand_over(world.staff, world.contest_id)
    assert [one.outcome for one in rows("in")[-1].lines] == ["same", "same", "new", "kept"]
    assert above_entries(world)[0].state == "accepted"
    line = next(one for one in rows("in")[-1].lines if one.outcome == "kept")
    with pytest.raises(Conflict):
        recalls.take_out(world.upper, rows("in")[-1].id, line.id)


def test_a_work_that_is_recommended_again_is_not_withdrawn(world: World) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    line = rows("in")[-1].lines[-1]
    db.session.delete(db.session.scalars(select(Objection)).one())  # as if it had never been
    db.session.commit()
    approve(world.contest, world.entries)
    handing_over.hand_over(world.staff, world.contest_id)
    with pytest.raises(Conflict, match="又上报了新的一版"):
        recalls.take_out(world.upper, line.handoff_id, line.id)
    assert above_entries(world)[0].state == "accepted"


def test_a_package_tells_it_too(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    district, city = pair
    district.run("export", district.contest_id, "-o", tmp_path / "1.zip")
    city.run("import", tmp_path / "1.zip", "--contest", city.contest_id, "--yes")
    with city.open():
        for entry in db.session.scalars(select(Entry)):
            entry.state = "accepted"
        contest = db.session.get_one(Contest, city.contest_id)
        made(HandoffPlaces(category_id=category_of(contest, "KH").id, sender="", places=2))
    with district.open():
        first, second = db.session.scalars(select(Entry).order_by(Entry.id))
        contest = first.contest
        case = Publication(
            contest_id=contest.id, version=1, state="amended", title="公示", content={"sections": []}, content_sha256="",
            shortlist_ids=[], made_at=now(),
        )  # fmt: skip
        made(case)
        given = {"objector_name": "高某某", "objector_unit": "", "objector_phone": "", "grounds": "不是本人所画"}
        made(
            Objection(
                number="YY-1", secret_digest="1", contest_id=contest.id, publication_id=case.id, entry_id=first.id,
                received_at=now(), state="decided", outcome="upheld", decided_at=now(), **given,
            )
        )  # fmt: skip
        approve(contest, [second, painting(contest, first.school, 3)])
    district.run("export", district.contest_id, "-o", tmp_path / "2.zip")
    preview = json.loads(city.run("import", tmp_path / "2.zip", "--contest", city.contest_id, "--json"))
    assert [one["outcome"] for one in preview["entries"]] == ["same", "new", "recalled"]
    options = ("--contest", city.contest_id, "--yes")
    assert "超出 1 件" in str(city.refused("import", tmp_path / "2.zip", *options))
    city.run("import", tmp_path / "2.zip", *options, "--take-out")
    with city.open():
        entries = db.session.scalars(select(Entry).order_by(Entry.id)).all()
        assert [one.state for one in entries] == ["withdrawn", "accepted", "submitted"]
        assert "异议成立" in (entries[0].withdrawn_why or "")


def test_a_correction_of_an_accepted_work_is_told_and_comes_in_once_screening_is_taken_back(
    world: World, client: FlaskClient
) -> None:
    approve(world.contest, world.entries[1:2])
    world.entries[1].title = "火星医院，改正的题目"
    first = above_entries(world)[0]
    first.state = "rejected"  # of which there is nothing to withdraw
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    came = rows("in")[-1]
    assert above_entries(world)[1].title == "火星医院/2"
    assert any("更正没有写入" in one for one in told(world.upper.account_id or 0))
    assert "对它们的更正没有写入" in page(client, world.upper, f"/office/handoffs/{came.id}")
    above_entries(world)[1].state = "submitted"  # screening was taken back
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    assert above_entries(world)[1].title == "火星医院，改正的题目"


@pytest.mark.parametrize("kind", ["award", "shortlist"])
def test_no_list_with_it_is_made_public_before_somebody_dealt_with_it(world: World, kind: str) -> None:
    first, second = above_entries(world)
    draft = publications_with(world, [first, second], kind)
    handing_over.hand_over(world.staff, world.contest_id)
    with pytest.raises(Conflict, match=f"{first.number}.*再公示"):
        publish_list(world.upper_leader, draft.id, draft.content_sha256)
    other = publications_with(world, [second], kind, version=2)
    with pytest.raises(
        Conflict, match="重新生成公示稿"
    ):  # nothing is held against a list without it but what these rows lack
        publish_list(world.upper_leader, other.id, other.content_sha256)


def publications_with(world: World, entries: list[Entry], kind: str, version: int = 1) -> Publication:
    """A draft above that names the works."""
    lines = tuple(
        PublicLine(place, "张晓", "西关小学", one.title, "三等奖", entry_number=one.number or "")
        for place, one in enumerate(entries, start=1)
    )
    content = to_content([Section("科幻画", "幅", lines)])
    return made(
        Publication(
            contest_id=world.above_id,
            kind=kind,
            version=version,
            title="名单公示",
            content=content,
            content_sha256=content_digest(content),
            shortlist_ids=[],
            made_at=now(),
            open_until=today() + timedelta(days=9),
        )
    )
