"""The account from what came in to what was awarded: always closes, names what does not agree; Liangshan's real numbers."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Round, RoundCategory, RoundEntry
from contest_portal.people.models import Office, School
from contest_portal.people.sessions import visitor
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.objections.services import cases, decisions
from contest_portal.results.objections.services.lodging import Objecting, lodge_objection
from contest_portal.results.public_list.content import PublicLine, Section, content_digest, to_content
from contest_portal.results.publishing.models import Publication
from contest_portal.results.reconciliation.queries import accounts_of
from contest_portal.results.reconciliation.reconciling import CategoryFacts, RoundFacts, reconcile
from tests.factories import id_number, made, make_account, make_contest, make_office, make_school, sign_in

LIANGSHAN = json.loads((Path(__file__).parents[2] / "published" / "liangshan_2020.json").read_text("utf-8"))
CODES = {"成果": "CG", "辅导员": "FA", "实践": "SJ", "科幻画": "KH", "影像": "DV"}
ELIMINATED = {"成果": 20, "辅导员": 12, "实践": 10, "科幻画": 70, "影像": 10}
"""The notice tells the sum of the first judging alone; how it was spread over the categories is made up."""

states = st.sampled_from(["submitted", "returned", "accepted", "rejected", "withdrawn"])
works = st.integers(0, 9)
work_sets = st.frozensets(works)


@st.composite
def facts(draw: st.DrawFn) -> CategoryFacts:
    """Anything that rows could say, however wild."""
    rounds = [
        RoundFacts(number, f"第{number}轮", draw(work_sets), draw(st.none() | work_sets))
        for number in range(draw(st.integers(0, 3)))
    ]
    listed = draw(st.none() | st.dictionaries(works, st.sampled_from(["in", "out", "reserve", "tied"])))
    awarded = draw(st.none() | st.dictionaries(works, st.sampled_from(["", "一等奖"])))
    return CategoryFacts(
        draw(st.dictionaries(works, states)), rounds, listed, awarded, draw(work_sets), draw(st.none() | work_sets)
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts())
def test_every_work_stands_in_exactly_one_line_and_the_sums_close(of: CategoryFacts) -> None:
    account = reconcile(of)
    left: frozenset[int] = account.rows[0].works
    assert left == frozenset(of.states)
    for row in account.rows[1:]:
        if row.kind == "minus":
            assert row.works <= left, "nothing goes off twice"
            left -= row.works
        elif row.kind != "beside":
            assert row.works == left, "what is left is what came in without what went off"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts())
def test_what_is_left_and_the_approved_list_differ_only_by_named_works(of: CategoryFacts) -> None:
    account = reconcile(of)
    if of.awarded is None and of.listed is None:
        assert account.closes
        return
    winners = {work for work, award in of.awarded.items() if award} if of.awarded is not None else set()
    chosen = {work for work, decision in (of.listed or {}).items() if decision == "in"}
    there = winners if of.awarded is not None else chosen
    wrong = {one.code: one.works for one in account.mismatches}
    assert account.end.works - wrong.get("missing", frozenset()) | wrong.get("surplus", frozenset()) == there


def test_a_work_that_vanished_and_one_that_should_not_be_there_are_named() -> None:
    of = CategoryFacts(
        {1: "accepted", 2: "accepted", 3: "rejected", 4: "accepted"},
        listed={1: "in", 3: "in", 4: "out"},
        public=frozenset({1}),
    )
    account = reconcile(of)
    assert [(one.code, set(one.works)) for one in account.mismatches] == [
        ("missing", {2}),
        ("surplus", {3}),
        ("public-missing", {2}),
    ]


def test_an_upheld_objection_shows_until_the_list_is_amended() -> None:
    of: dict[str, Any] = {"states": {1: "accepted", 2: "accepted"}, "upheld": frozenset({2})}
    assert [one.code for one in reconcile(CategoryFacts(**of, listed={1: "in", 2: "in"})).mismatches] == ["surplus"]
    amended = reconcile(CategoryFacts(**of, listed={1: "in", 2: "out"}, public=frozenset({1})))
    assert amended.closes
    cancelled = amended.row("cancelled")
    assert cancelled is not None
    assert cancelled.works == {2}


def test_both_ends_are_told_where_a_category_has_both_lists() -> None:
    of: dict[str, Any] = {"states": dict.fromkeys(range(1, 6), "accepted"), "upheld": frozenset({2})}
    lists: dict[str, Any] = {
        "listed": {1: "in", 2: "in", 3: "in", 4: "out", 5: "out"},
        "awarded": {1: "一等奖", 2: "", 3: "", 5: "二等奖"},
    }
    account = reconcile(CategoryFacts(**of, **lists, public=frozenset({1, 5}), public_listed=frozenset({1, 2, 3})))
    assert account.end.works == {1, 5}, "who won is not who was recommended"
    recommended = account.row("listed")
    assert recommended is not None
    assert recommended.kind == "beside"
    assert recommended.works == {1, 3}
    assert [(one.code, set(one.works)) for one in account.mismatches] == [
        ("listed-surplus", {2}),
        ("listed-public-surplus", {2}),
    ]
    lists["listed"][2] = "out"
    mended = reconcile(CategoryFacts(**of, **lists, public=frozenset({1, 5}), public_listed=frozenset({1, 3})))
    assert mended.closes


class Liangshan:
    """The 35th contest of Liangshan as rows: 961 works, two rounds, lists of all finalists, one objection upheld."""

    def __init__(self) -> None:
        self.office: Office = make_office("凉山州科学技术协会", level="city", region_name="凉山州")
        self.school: School = make_school(self.office)
        self.contest: Contest = make_contest(self.office, name="凉山35届", year=2020)
        self.categories: dict[str, Category] = {}
        for name, code in CODES.items():
            category = next((one for one in self.contest.categories if one.code == code), None)
            assert category is not None, code
            self.categories[name] = category
        self.finalists = {name: self._works(name) for name in CODES}
        self._rounds()
        for name in CODES:
            self._approve(name)

    def _works(self, name: str) -> list[int]:
        count, out, category = LIANGSHAN["finalists_by_category"][name], ELIMINATED[name], self.categories[name]
        base = {
            "contest_id": self.contest.id, "category_id": category.id, "school_id": self.school.id, "state": "accepted",
            "answers": {}, "created_at": now(), "updated_at": now(),
        }  # fmt: skip
        rows = [{**base, "number": f"LS-{CODES[name]}-{n:04d}", "title": f"{name}{n}"} for n in range(count + out)]
        ids = list(db.session.scalars(insert(Entry).returning(Entry.id, sort_by_parameter_order=True), rows))
        return ids[:count]

    def _rounds(self) -> None:
        moment = {"opens_at": now(), "closes_at": now(), "created_at": now(), "reads_per_entry": 3, "plan_facts": {}}
        first = made(Round(contest_id=self.contest.id, name="初评", state="ranked", **moment))
        final = made(Round(contest_id=self.contest.id, name="终评", state="ranked", source_round_id=first.id, **moment))
        every = db.session.query(Entry.id).filter_by(contest_id=self.contest.id)
        db.session.execute(insert(RoundEntry), [{"round_id": first.id, "entry_id": one} for (one,) in every])
        went_on = [one for ids in self.finalists.values() for one in ids]
        db.session.execute(insert(RoundEntry), [{"round_id": final.id, "entry_id": one} for one in went_on])
        for category in self.categories.values():
            made(RoundCategory(round_id=first.id, category_id=category.id, rubric=[]))
            made(RoundCategory(round_id=final.id, category_id=category.id, rubric=[]))

    def _approve(self, name: str) -> None:
        """Every finalist is on the approved list and wins something."""
        category, finalists = self.categories[name], self.finalists[name]
        row = {"contest_id": self.contest.id, "category_id": category.id, "version": 1, "state": "approved"}
        listed = made(Shortlist(**row, quotas={}, ranking_ids=[], made_at=now()))
        awarded = made(AwardList(**row, made_at=now()))
        line = {"shortlist_id": listed.id, "stage_code": "", "reason_code": "rank", "reason": "", "reason_params": {}}
        prize = {"award_list_id": awarded.id, "award": "三等奖"}
        for model, same in ((ShortlistLine, {**line, "decision": "in"}), (AwardLine, prize)):
            rows = [{**same, "entry_id": one, "position": place} for place, one in enumerate(finalists, start=1)]
            db.session.execute(insert(model), rows)
        db.session.commit()

    def publish(self, version: int, without: set[int] = frozenset()) -> Publication:  # type: ignore[assignment]
        db.session.query(Publication).update({"state": "amended"})
        sections = []
        for name, ids in self.finalists.items():
            entries = db.session.query(Entry).filter(Entry.id.in_(set(ids) - without)).order_by(Entry.id)
            lines = [
                PublicLine(n, "某某", self.school.name, one.title, "推荐", entry_number=one.number or "")
                for n, one in enumerate(entries, start=1)
            ]
            sections.append(Section(name, "件", tuple(lines)))
        content = to_content(sections)
        row: Publication = made(
            Publication(
                contest_id=self.contest.id, kind="award", version=version, state="public", title="获奖名单公示", content=content,
                content_sha256=content_digest(content), shortlist_ids=[], made_at=now(), published_at=now(),
                open_until=date(2018, 3, 7),
            )
        )  # fmt: skip
        return row

    def uphold(self, entry_id: int, publication: Publication) -> None:
        """A parent objects to one painting; two people decide that it is cancelled."""
        one, two = (make_account(Role.OFFICE, office=self.office) for _ in range(2))
        leader = make_account(Role.LEADER, office=self.office)
        number = db.session.get_one(Entry, entry_id).number or ""
        given = Objecting(
            "高某某", "13912340000", number, "这幅画不是本人所画，有照片为证。", id_number=id_number(date(1980, 3, 4))
        )
        row, _code = lodge_objection(visitor(), publication.id, given)
        row = cases.assign_case(leader, row.id, row.row_version, one.account_id or 0, two.account_id or 0)
        row = cases.accept_case(one, row.id, row.row_version)
        row = decisions.propose_decision(one, row.id, row.row_version, "upheld", "经查属实，取消资格。")
        decisions.sign_decision(two, row.id, row.row_version)

    def counts(self, code: str) -> dict[str, int]:
        names = {category.id: name for name, category in self.categories.items()}
        found = {}
        for category, account in accounts_of(self.contest.id):
            row = account.row(code)
            if category.id in names and row is not None:
                found[names[category.id]] = len(row.works)
        return found

    def mismatches(self) -> list[tuple[str, int]]:
        accounts = accounts_of(self.contest.id)
        return [(one.code, len(one.works)) for _category, account in accounts for one in account.mismatches]


@pytest.fixture
def liangshan(app: Flask) -> Liangshan:
    return Liangshan()


def test_liangshan_closes_after_the_objection(client: FlaskClient, liangshan: Liangshan) -> None:
    public = liangshan.publish(1)
    collected = liangshan.counts("collected")
    assert sum(collected.values()) == LIANGSHAN["entries_in"]
    (first,) = {row.code for _category, one in accounts_of(liangshan.contest.id) for row in one.rows} & {
        f"eliminated-{row.id}" for row in db.session.query(Round)
    }
    assert sum(liangshan.counts(first).values()) == LIANGSHAN["eliminated_at_first_judging"]
    assert liangshan.counts("finalists") == LIANGSHAN["finalists_by_category"]
    assert sum(liangshan.counts("finalists").values()) == LIANGSHAN["finalists"]
    assert liangshan.mismatches() == []

    painting = liangshan.finalists["科幻画"][7]
    liangshan.uphold(painting, public)
    assert liangshan.mismatches() == [("public-surplus", 1), ("listed-surplus", 1)], (
        "the award is gone, both lists have it"
    )
    liangshan.publish(2, without={painting})
    assert liangshan.mismatches() == [("listed-surplus", 1)], "the list of recommended works still has it"
    assert liangshan.counts("listed")["科幻画"] == LIANGSHAN["finalists_by_category"]["科幻画"] - 1
    line = db.session.query(ShortlistLine).filter_by(entry_id=painting).one()
    line.decision = "out"
    db.session.commit()

    assert liangshan.mismatches() == []
    assert {name: count for name, count in liangshan.counts("cancelled").items() if count} == (
        LIANGSHAN["cancelled_after_objection"]
    )
    assert liangshan.counts("awarded") == LIANGSHAN["awarded_by_category"]

    office = make_account(Role.OFFICE, office=liangshan.office)
    page = sign_in(client, office).get(f"/office/contests/{liangshan.contest.id}/reconciliation")
    assert all(f">{number}</a>" in page.text for number in (532, 531, 87, 102, 59))
    assert "各类别都对得上。" in page.text
    category_id = liangshan.categories["科幻画"].id
    works = client.get(f"/office/contests/{liangshan.contest.id}/reconciliation/{category_id}/cancelled")
    assert "科幻画7" in works.text
    assert works.text.count("LS-KH-") == 1


def test_the_account_as_workbook_and_pdf_says_what_the_page_says(client: FlaskClient, liangshan: Liangshan) -> None:
    liangshan.publish(1, without={liangshan.finalists["影像"][0]})
    office = make_account(Role.OFFICE, office=liangshan.office)
    address = f"/office/contests/{liangshan.contest.id}/reconciliation"
    page = sign_in(client, office).get(address)
    assert "有 1 处对不上" in page.text
    book = client.get(f"{address}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
    assert {"961", "839"} <= set(cells)
    assert client.get(f"{address}.pdf").data.startswith(b"%PDF")
    missing = client.get(f"{address}/{liangshan.categories['影像'].id}/public-missing/export")
    sheet = openpyxl.load_workbook(io.BytesIO(missing.data)).worksheets[0]
    assert [row[1] for row in sheet.values if str(row[0]).startswith("LS-DV-")] == ["影像0"]
    assert client.get(f"{address}/{liangshan.categories['影像'].id}/nothing").status_code == 404
