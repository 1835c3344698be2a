"""From the ranking to approved awards, through the services."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Stale
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.results.awards.models import AwardList
from contest_portal.results.awards.prizes.awarding import Level, PrizeRule
from contest_portal.results.awards.queries.given import award_sections
from contest_portal.results.awards.queries.lists import stored_rule
from contest_portal.results.awards.services import prizes
from contest_portal.results.lists.services import shortlists
from contest_portal.results.lists.services.decisions import Verdict, Vote, decide_place
from tests.results.lists.test_shortlists import World
from tests.results.objections.test_remedies import Upheld

pytestmark = pytest.mark.database

VERDICT = Verdict("现场问辩表现突出", "评委会", date(2018, 3, 1), Vote(5, 2))


class Place(World):
    """Eight paintings ranked 1, 2, 2, 4, 5, 5, 7, 8; one first award, three second, two third: equals at a border."""

    def __init__(self) -> None:
        super().__init__()
        levels = (Level("一等奖", count=1), Level("二等奖", count=4), Level("三等奖", count=2))
        prizes.save_rule(self.staff, self.category.id, 0, PrizeRule(levels=levels, by_count=True))

    def made(self) -> AwardList:
        return prizes.make_awards(self.staff, self.category.id)

    def settled(self) -> AwardList:
        self.made()
        return prizes.decide_award(self.staff, self.category.id, [self.entries[4].id], "二等奖", VERDICT)

    def approved(self, places: int = 3) -> AwardList:  # type: ignore[override]
        draft = self.settled()
        return prizes.approve_awards(self.leader, draft.id, draft.row_version)

    def told(self, award_list: AwardList) -> dict[str, str]:
        return {line.entry.title[4:]: line.award or line.state for line in award_list.lines}


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def test_awards_follow_the_ranks_and_equals_across_a_border_wait(place: Place) -> None:
    found = place.told(place.made())
    assert found == {
        "1": "一等奖",
        "2": "二等奖",
        "3": "二等奖",
        "4": "二等奖",
        "5": "tied",
        "6": "tied",
        "7": "三等奖",
        "8": "none",
    }


def test_a_list_with_a_tie_is_not_approved_and_the_committees_decision_resolves_it(place: Place) -> None:
    draft = place.made()
    with pytest.raises(Conflict, match="并列"):
        prizes.approve_awards(place.leader, draft.id, draft.row_version)
    decided = place.told(place.settled())
    assert (decided["5"], decided["6"]) == ("二等奖", "三等奖")


def test_the_one_who_made_the_list_does_not_approve_it(place: Place) -> None:
    draft = place.settled()
    with pytest.raises(NotAllowed):
        prizes.approve_awards(place.staff, draft.id, draft.row_version)


def test_an_approval_of_what_was_not_seen_is_refused(place: Place) -> None:
    draft = place.made()
    seen = draft.row_version
    place.settled()
    with pytest.raises(Stale):
        prizes.approve_awards(place.leader, draft.id, seen)


def test_a_list_is_not_approved_after_its_rule_changed(place: Place) -> None:
    draft = place.settled()
    stored = stored_rule(place.category.id)
    prizes.save_rule(place.staff, place.category.id, stored.version, PrizeRule(winners_by="all_ranked"))
    with pytest.raises(Conflict, match="重新生成"):
        prizes.approve_awards(place.leader, draft.id, draft.row_version)


def test_a_list_is_not_approved_when_a_work_was_withdrawn(place: Place) -> None:
    draft = place.settled()
    withdraw_entry(place.staff, place.entries[0].id, "作者申请退出")
    with pytest.raises(Conflict, match="撤回"):
        prizes.approve_awards(place.leader, draft.id, draft.row_version)


def test_more_of_a_level_than_places_is_refused_and_changes_nothing(place: Place) -> None:
    place.made()
    both = [entry.id for entry in place.entries[:2]]
    with pytest.raises(Invalid, match="一等奖有 1 个名额"):
        prizes.decide_award(place.staff, place.category.id, both, "一等奖", VERDICT)
    assert place.told(place.made())["2"] == "二等奖"


def test_a_decision_that_costs_a_better_work_its_award_is_asked_about_and_told_in_its_reason(place: Place) -> None:
    place.settled()
    last_two = [entry.id for entry in place.entries[6:8]]
    # Two third awards, which by rank are for the other one at five and for the seventh.
    with pytest.raises(Invalid, match="火星医院6") as refused:
        prizes.decide_award(place.staff, place.category.id, last_two, "三等奖", VERDICT)
    assert [problem.field for problem in refused.value.problems] == ["takes_places"]
    assert place.told(place.made())["8"] == "none", "nothing was recorded"
    draft = prizes.decide_award(place.staff, place.category.id, last_two, "三等奖", VERDICT, takes_places=True)
    lines = {line.entry.title[4:]: line for line in draft.lines}
    assert (lines["6"].state, lines["6"].reason_code) == ("none", "displaced")
    assert "给予名次在后的作品" in lines["6"].reason
    # What was confirmed once is not asked about again.
    prizes.decide_award(place.staff, place.category.id, [place.entries[0].id], "一等奖", VERDICT)


def test_by_default_awards_are_given_among_all_or_among_the_recommended(place: Place) -> None:
    levels = (Level("一等奖", count=1), Level("二等奖", count=5))
    prizes.save_rule(place.staff, place.category.id, 1, PrizeRule(levels=levels, by_count=True, source="shortlist"))
    with pytest.raises(Conflict, match="推荐名单"):
        place.made()
    World.approved(place, places=3)
    assert place.told(place.made()) == {"1": "一等奖", "2": "二等奖", "3": "二等奖"}


def test_the_public_list_says_what_stands_by_level(place: Place) -> None:
    assert award_sections(place.contest.id) == []
    place.approved()
    (section,) = award_sections(place.contest.id)
    assert [(line.title[4:], line.award) for line in section.lines] == [
        ("1", "一等奖"),
        ("3", "二等奖"),
        ("5", "二等奖"),
        ("2", "二等奖"),
        ("4", "二等奖"),
        ("7", "三等奖"),
        ("6", "三等奖"),
    ]
    assert section.lines[0].tutors == "李老师"


def test_a_cancelled_award_leaves_the_list_stays_on_record_and_is_not_given_again(place: Place) -> None:
    approved = place.approved()
    first = place.entries[0].id
    with unit_of_work(place.leader, "results.test_cancel") as work:
        assert prizes.cancel_award(work, first, "异议成立：抄袭") == 1
    (line,) = [line for line in approved.lines if line.entry_id == first]
    assert (line.award, line.state, line.cancelled_why) == ("一等奖", "cancelled", "异议成立：抄袭")
    assert line.cancelled_at is not None
    (section,) = award_sections(place.contest.id)
    assert "火星医院1" not in {one.title for one in section.lines}
    again = place.made()
    assert place.told(again)["1"] == "none"
    assert again.version == 2
    assert approved.state == "approved"


def test_a_vetoed_work_wins_nothing_until_the_veto_is_taken_back(place: Place) -> None:
    shortlists.set_quotas(place.staff, place.category.id, {"": 3})
    first = place.entries[0].id
    decide_place(place.staff, place.category.id, first, "veto", "弄虚作假", "评委会")
    draft = prizes.decide_award(place.staff, place.category.id, [first], "一等奖", VERDICT)
    found = place.told(draft)
    assert (found["1"], found["2"]) == ("none", "tied"), "the two behind it are equals for one place"
    assert next(line for line in draft.lines if line.entry_id == first).reason_params["why"].startswith("弄虚作假")
    decide_place(place.staff, place.category.id, first, "clear", "查清无误", "评委会")
    assert place.told(place.made())["1"] == "一等奖"


def test_a_work_of_an_upheld_objection_to_the_recommendation_list_wins_nothing(app: Flask) -> None:
    case = Upheld()
    draft = prizes.make_awards(case.world.staff, case.world.category.id)
    (line,) = [line for line in draft.lines if line.entry_id == case.entry.id]
    assert (line.state, line.award) == ("none", "")
    assert line.reason_params["why"] == f"异议 {case.row.number} 成立"


@pytest.mark.parametrize("outcome", ["corrected", "dismissed"])
def test_an_objection_that_was_not_upheld_costs_no_award(app: Flask, outcome: str) -> None:
    case = Upheld(outcome)
    draft = prizes.make_awards(case.world.staff, case.world.category.id)
    (line,) = [line for line in draft.lines if line.entry_id == case.entry.id]
    assert line.state == "given"


def test_an_award_cancelled_in_a_draft_stays_on_record_however_often_it_is_made_anew(place: Place) -> None:
    place.settled()
    first = place.entries[0].id
    with unit_of_work(place.leader, "results.test_cancel") as work:
        assert prizes.cancel_award(work, first, "异议成立：抄袭") == 1
    for _again in range(2):
        draft = place.made()
        assert place.told(draft)["2"] == "tied"
    (line,) = [line for line in draft.lines if line.entry_id == first]
    assert (line.award, line.state, line.cancelled_why) == ("一等奖", "cancelled", "异议成立：抄袭")
    assert line.cancelled_at is not None


def test_a_list_with_a_work_that_was_vetoed_since_is_not_approved(place: Place) -> None:
    draft = place.settled()
    shortlists.set_quotas(place.staff, place.category.id, {"": 3})
    decide_place(place.staff, place.category.id, place.entries[0].id, "veto", "弄虚作假", "评委会")
    with pytest.raises(Conflict, match="一票否决"):
        prizes.approve_awards(place.leader, draft.id, draft.row_version)


def test_a_rule_that_somebody_else_saved_since_is_not_overwritten(place: Place) -> None:
    with pytest.raises(Stale):
        prizes.save_rule(place.staff, place.category.id, 0, PrizeRule())
