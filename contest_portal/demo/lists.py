"""The demo's lists: quotas, ties decided by the committee, approval, publication, one amendment."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.demo import calendar
from contest_portal.demo.plan import MAIN
from contest_portal.demo.schools import CORRECTED, MISSPELT
from contest_portal.demo.world import World
from contest_portal.judging.models import Ranking
from contest_portal.people.models import School
from contest_portal.people.services.schools import data_of, edit_school
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.services.decisions import Verdict, resolve_tie
from contest_portal.results.lists.services.shortlists import approve_shortlist, decide_place, make_shortlist, set_quotas
from contest_portal.results.public_list.columns import DEFAULT_KEYS
from contest_portal.results.publishing.services.publications import draft_publication, publish_list
from contest_portal.results.publishing.services.terms import MOST_STAY_DAYS, Terms, set_terms

COMMITTEE = "评委会（主任 郭建明）"
TITLE = "2018年甘州区青少年科技创新大赛推荐作品公示"
TEXT = (
    "经学校申报、资格审核和专家评审，评委会审定，拟推荐下列作品参加张掖市第九届青少年科技创新大赛。现予公示，公示期 5 个工作日。"
    "对名单有异议的，请在公示期内以书面形式向区科协反映，并写明姓名、单位、联系电话和具体理由。"
)


def make_lists(world: World) -> str:
    """Quotas and lists of every category; where a tie waits at the cut, the committee decides; the leader approves."""
    world.go_to(calendar.COMMITTEE)
    decided = recommended = 0
    staff = world.staff[0]
    for code, places in world.plan.quotas.items():
        world.clock.advance(minutes=20)
        category_id = world.categories[code]
        set_quotas(staff, category_id, places)
        shortlist = make_shortlist(staff, category_id)
        while tied := _tied(shortlist):
            shortlist = _decide(world, category_id, shortlist, tied)
            decided += 1
    world.go_to(calendar.APPROVAL)
    for code in world.plan.quotas:
        world.clock.advance(minutes=4)
        row = db.session.scalars(
            select(Shortlist).where(Shortlist.category_id == world.categories[code], Shortlist.state == "draft")
        ).one()
        approve_shortlist(world.leader, row.id, row.row_version)
        recommended += sum(line.decision == "in" for line in row.lines)
    return f"推荐 {recommended} 件，并列由评委会决定 {decided} 处"


def _tied(shortlist: Shortlist) -> list[ShortlistLine]:
    """The tied lines that wait for the same places; the others of their rank are in once these are decided."""
    groups: dict[str, list[ShortlistLine]] = defaultdict(list)
    for line in shortlist.lines:
        if line.decision == "tied" and "places" in line.reason_params:
            groups[line.reason_params.get("row", "")].append(line)
    return next(iter(groups.values()), [])


def _decide(world: World, category_id: int, shortlist: Shortlist, tied: list[ShortlistLine]) -> Shortlist:
    """By custom the criterion of highest weight decides between equals, then the number. Who stays behind is the first to
    come in later; only where several places are tied at once, each work is decided for itself."""
    ranking = db.session.scalars(
        select(Ranking).where(Ranking.category_id == category_id, Ranking.stage_code == "").order_by(Ranking.id.desc())
    ).first()
    assert ranking is not None
    criteria = {line["entry_id"]: line["criteria"] for line in ranking.lines}
    places = int(tied[0].reason_params["places"])
    first = max(next(iter(criteria.values())), key=lambda code: sum(own.get(code, 0.0) for own in criteria.values()))
    order = sorted(tied, key=lambda line: (-criteria[line.entry_id].get(first, 0.0), line.entry_id))
    if 0 < places < len(order) and len(order) == sum(line.decision == "tied" for line in shortlist.lines):
        verdict = Verdict("总分并列，按主要评分项得分和评委合议列入", COMMITTEE)
        return resolve_tie(world.staff[0], category_id, [line.entry_id for line in order[:places]], verdict)
    decisions = [(line.entry_id, "in" if place < places else "out") for place, line in enumerate(order)]
    # Who stays out is decided first: then the places left are never exceeded.
    for entry_id, decision in sorted(decisions, key=lambda one: one[1], reverse=True):
        why = "总分并列，按主要评分项得分和评委合议" + ("列入" if decision == "in" else "不列入")
        shortlist = decide_place(world.staff[0], category_id, entry_id, decision, why, COMMITTEE)
    return shortlist


def publish(world: World) -> str:
    """The public list, and after a school's letter its second version beside the first."""
    world.go_to(calendar.PUBLICATION)
    contest_id = world.contests[MAIN]
    # The year lies in the past: with the usual term the list would only be seen among the past ones.
    set_terms(world.staff[0], contest_id, Terms(5, MOST_STAY_DAYS, "masked", DEFAULT_KEYS), 0)
    draft = draft_publication(world.staff[0], contest_id, TITLE, TEXT)
    publish_list(world.leader, draft.id, draft.content_sha256)
    world.go_to(calendar.AMENDMENT)
    school = db.session.get_one(School, world.school_named(MISSPELT))
    data = data_of(school)
    edit_school(world.staff[0], school.id, type(data)(**{**vars(data), "name": CORRECTED}), school.version)
    note = f"学校来函：校名应为「{CORRECTED}」，公示稿误作「{MISSPELT}」，予以更正；推荐作品不变。"
    amended = draft_publication(world.staff[0], contest_id, TITLE, TEXT, amendment_note=note)
    publish_list(world.leader, amended.id, amended.content_sha256)
    return "公示 1 次，更正 1 次"
