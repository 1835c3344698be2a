"""The demo's end of May: the office accepts, returns, rejects; schools mend what was returned."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from contest_portal.demo import calendar
from contest_portal.demo.copies import FOUND_OUT_REASONS, FOUND_OUT_WORDS, VERDICT_WORDS
from contest_portal.demo.entering import content_of, hand_in, seen
from contest_portal.demo.files import FilePlan, files_of
from contest_portal.demo.works import WorkPlan
from contest_portal.demo.world import World
from contest_portal.entries.likeness_models import LikenessPair
from contest_portal.entries.models import Entry, ScreeningDecision
from contest_portal.entries.queries.blind import open_trace_counts
from contest_portal.entries.services.drafts import save_draft
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.likeness import find_pairs, take_in
from contest_portal.entries.services.screening import Seen, accept_entries, accept_entry, reject_entry, return_entry
from contest_portal.entries.services.verdicts import judge_pair
from contest_portal.entries.services.withdrawal import withdraw_entry

RETURN_WORDS = {
    "KH": ("作品说明与画面内容不符，请核对后重新填写。", ()),
    "": ("申报书第 2 页辅导教师栏没有签字，请补签后重新扫描。", ("签字盖章不全",)),
}
REJECT_GROUNDS = (
    (("选题雷同",), "与去年获奖作品内容基本相同。"),
    (("未使用新版申报书",), "使用了 2016 年的申报书，且内容不完整。"),
    ((), "作品含有网络图片拼接，不是作者原创。"),
)
MENDED = "（已按审核意见修改）"


def returned_papers(world: World) -> list[tuple[WorkPlan, FilePlan]]:
    """The forms that are signed anew."""
    return [(work, _new_form(world, work)) for work in world.works if work.mended and work.code != "KH"]


def screen_all(world: World) -> str:
    """Both contests: returns and rejections one by one, the others category by category, then what was mended."""
    world.go_to(calendar.SCREENING)
    counts: Counter[str] = Counter()
    plain = [work for work in world.works if work.fate == "accepted" and not work.mended]
    for work in world.works:
        officer = world.staff[work.number % len(world.staff)]
        world.clock.advance(minutes=2)
        if work.mended or work.fate == "returned":
            _return(world, officer, work)
            counts["returned"] += 1
        elif work.fate == "rejected":
            reasons, words = REJECT_GROUNDS[work.number % len(REJECT_GROUNDS)]
            if work.original is not None:
                _find_out(world, officer, work)
                reasons, words = FOUND_OUT_REASONS, FOUND_OUT_WORDS
            reject_entry(officer, world.entries[work.number], seen_of(world.entries[work.number]), reasons, words)
            counts["rejected"] += 1
        elif work.by_office:
            withdraw_entry(officer, world.entries[work.number], "学校来函：作者因病不能参加终评，申请撤回。")
    for code, category_id in world.categories.items():
        world.clock.advance(hours=2)
        officer = world.staff[len(code) % len(world.staff)]
        ids = [world.entries[work.number] for work in plain if work.code == code]
        counts["accepted"] += accept_all(officer, category_id, ids)
    for work in world.works:
        if work.mended:
            _mend(world, work)
            world.clock.advance(hours=1, minutes=30)
            entry_id = world.entries[work.number]
            accept_entry(world.staff[0], entry_id, seen_of(entry_id))
            counts["accepted"] += 1
    return (
        f"通过 {counts['accepted']} 件，退回 {counts['returned']} 次（改好 {world.plan.mended} 件），"
        f"不通过 {counts['rejected']} 件"
    )


def _find_out(world: World, officer: Actor, work: WorkPlan) -> None:
    """The copy and what it was copied from are compared, and somebody looks at both."""
    assert work.original is not None
    ids = [world.entries[number] for number in (work.original.number, work.number)]
    for entry_id in ids:
        take_in(entry_id)
    find_pairs(ids[-1])
    alike = select(LikenessPair.id).where(LikenessPair.entry_a_id == ids[-1], LikenessPair.kind == "picture")
    for pair_id in db.session.scalars(alike).all():
        judge_pair(officer, pair_id, "open", "copied", VERDICT_WORDS, with_others=True)


def accept_all(officer: Actor, category_id: int, entry_ids: list[int]) -> int:
    """Accept a category's entries together; those with a remark of the checks are looked at and accepted one by one."""
    chosen = [(entry_id, seen_of(entry_id)) for entry_id in entry_ids]
    for outcome in accept_entries(officer, category_id, chosen):
        if outcome.refusal is not None:
            accept_entry(officer, outcome.entry_id, seen_of(outcome.entry_id))
    return len(entry_ids)


def seen_of(entry_id: int) -> Seen:
    """What an officer has on screen who opens the entry now, with the names found in it."""
    submissions = db.session.scalar(select(Entry.submission_count).where(Entry.id == entry_id))
    last = select(func.max(ScreeningDecision.id)).where(ScreeningDecision.entry_id == entry_id)
    names = open_trace_counts([entry_id]).get(entry_id, 0)
    return Seen(submissions or 0, db.session.scalar(last) or 0, names)


def _return(world: World, officer: Actor, work: WorkPlan) -> None:
    words, reasons = RETURN_WORDS.get(work.code, RETURN_WORDS[""])
    entry_id = world.entries[work.number]
    return_entry(officer, entry_id, seen_of(entry_id), reasons, words, calendar.FIX_UNTIL)


def _mend(world: World, work: WorkPlan) -> None:
    """The teacher does what was asked and submits again."""
    world.clock.advance(hours=4)
    actor, entry_id = world.teachers[work.maker.number], world.entries[work.number]
    if work.code == "KH":
        content = content_of(world, work)
        words = f"{content.summary}{MENDED}"
        save_draft(actor, entry_id, seen(entry_id), type(content)(**{**vars(content), "summary": words}))
    else:
        file = _new_form(world, work)
        add_file(actor, entry_id, file.slot, world.intake.take(file))
    world.clock.advance(minutes=20)
    hand_in(world, actor, entry_id, work)


def _new_form(world: World, work: WorkPlan) -> FilePlan:
    form = next(
        file
        for file in files_of(world.plan, world.schools[work.school], work, again=True)
        if file.maker == "application"
    )
    return FilePlan(form.slot, "申报书（补签）", form.maker, form.arguments, form.options)
