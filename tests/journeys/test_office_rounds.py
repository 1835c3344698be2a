"""The office: after a ranked first round a second one for part of the works, repaired in its course, then the interviews
that count together with it; the bundle computed again by the command; a way of judging tried out beforehand."""

from __future__ import annotations

import subprocess
import sysconfig
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.judging.services import progress, rankings, sheets
from contest_portal.judging.services import simulation as simulations
from contest_portal.people.models import Account
from tests.journeys import entered, judged
from tests.journeys.browsing import Join, Person, rows_of
from tests.journeys.judged import JUDGES, TITLES, Judged
from tests.journeys.scene import STAFF, TEACHER, account
from tests.journeys.site import Site
from tests.judging import making

COMMAND = Path(sysconfig.get_path("scripts")) / "contest-portal"
FIRST = (88.0, 84.0, 81.0, 70.0)
SECOND = {TITLES[0]: 85.0, TITLES[1]: 83.0, TITLES[2]: 72.0}
FINAL = {TITLES[0]: 80.0, TITLES[1]: 90.0}
"""What every judge gives a painting in each round."""
NEW_JUDGE = "malin"
ANCHOR = "构思从未见过，而且说得通"


@pytest.fixture
def ranked(site: Site) -> Judged:
    """Four paintings ranked in the first round; a judge more than judged it."""
    scene = judged.ranked_paintings(site, FIRST)
    with site.inside():
        who = account("马琳", Role.JUDGE, NEW_JUDGE, office_id=scene.office_id)
        making.make_judge(judged.making_scene(scene), "马琳", account=who, employer="市青少年宫")
    return scene


def test_a_second_round_is_repaired_and_the_interviews_count_with_it(
    site: Site, people: Join, ranked: Judged, tmp_path: Path
) -> None:
    staff, judge = people().sign_in(STAFF), people(phone=True).sign_in(JUDGES[1])
    plan_the_second_round(staff)
    judge.go("/judge").press("开始评审").sees("创意", ANCHOR)
    judge.fill(mark_imagination=41).sees("应为 0–40 分")
    with site.inside():
        read = db.session.query(Assignment).filter_by(round_id=2, state="todo").order_by(Assignment.id).first()
        assert read
        give(read, SECOND)
        leaver = db.session.query(Judge).filter(Judge.name == "马琳").one().id
    repair(site, staff, leaver)
    score_and_rank(site, 2, SECOND)
    plan_the_final(staff)
    draw_the_lot(staff, people(phone=True).sign_in(TEACHER))
    score_on_site(site, judge)
    close_and_rank(staff)
    kept_again(staff, tmp_path)


def plan_the_second_round(staff: Person) -> None:
    """The best three of the first round, read twice each by three judges, with a rubric of their own."""
    staff.go("/office/rounds").press("新建评审轮次").page.get_by_label("科幻画作品").first.check()
    unfold(staff, "参评作品与前一轮", "排名方法与名额")
    staff.fill(name="复评", reads_per_entry=2, opens_at="2018-03-01T09:00", closes_at="2018-03-20T18:00", method="raw")
    staff.fill(source_round_id=1, take="top").press("保存，下一步选择评委").sees("请填写取前多少名")
    staff.fill(take_count=3).press("保存，下一步选择评委")
    for name in ("吴红明", "郭平", "马琳"):
        staff.page.get_by_label(f"选择 {name}").check()
    staff.press("保存，下一步试分配").sees("每件 2 名评委", "每人 2 项").press("参评作品").sees(*TITLES[:4])
    expect(staff.page.locator("tbody tr").filter(has_text="不参加")).to_have_count(1)
    expect(staff.row(TITLES[3])).to_contain_text("不参加")
    staff.go("/office/rounds/2").press("科幻画作品的评分标准")
    staff.fill_in("name-0", "创意")
    staff.fill_in("full-0", ANCHOR)
    for place, points in enumerate((40, 30, 20)):
        staff.fill_in(f"points-{place}", points)
    staff.press("保存评分标准").sees("合计应为 100 分，现为 90 分").fill_in("points-2", 30)
    staff.press("保存评分标准").told("评分标准已保存").go("/office/rounds/2").sees("本轮另定").press("试分配")
    staff.press("按此分配，开始评审").told("评审已开始").sees("0 / 6")


def unfold(person: Person, *titles: str) -> None:
    for title in titles:
        person.page.locator("summary", has_text=title).click()


def repair(site: Site, staff: Person, leaver: int) -> None:
    """A judge leaves: who takes over is shown, nothing moves before it is applied, and what was read stays."""

    def unread() -> set[tuple[int, int]]:
        with site.inside():
            rows = db.session.query(Assignment).filter_by(round_id=2, state="todo")
            return {(task.judge_id, task.entry_id) for task in rows}

    before = unread()
    assert len(before) == 5
    staff.go("/office/rounds/2").press("调整任务").page.locator(f"[name=leave][value='{leaver}']").check()
    staff.press("查看调整方案").sees("任务的变动", "马琳", "保留的评分")
    lost = {pair for pair in before if pair[0] == leaver}
    expect(staff.page.locator("main table").first.locator("tbody tr")).to_have_count(len(lost))
    assert unread() == before
    staff.fill(why="因病退出。").press("确认调整").told(f"已调整 {len(lost)} 项任务")
    after = unread()
    assert after >= before - lost
    assert len(after) == len(before)
    assert leaver not in {judge for judge, _entry in after}
    staff.sees("1 / 6")


def marks_of(total: float) -> dict[str, float]:
    """Marks of the second round's rubric (40, 30, 30), in its proportions."""
    parts = {"imagination": 0.4, "science": 0.3, "painting": 0.3}
    return {code: round(total * share, 1) for code, share in parts.items()}


def give(task: Assignment, totals: dict[str, float]) -> None:
    """The task's own judge gives its painting's total."""
    login = db.session.get_one(Account, db.session.get_one(Judge, task.judge_id).account_id).login_name
    total = totals[task.entry.title]
    marks = marks_of(total) if totals is SECOND else making.marks(total)
    sheets.submit_sheet(entered.actor(login or ""), task.id, task.version, marks)


def score_and_rank(site: Site, round_id: int, totals: dict[str, float]) -> None:
    """What is left is read; the round is closed and ranked as the first was."""
    with site.inside():
        for task in db.session.query(Assignment).filter_by(round_id=round_id, state="todo").all():
            give(task, totals)
        staff = entered.actor(STAFF)
        progress.close_round(staff, round_id, db.session.get_one(Round, round_id).version)
        rankings.rank_round(staff, round_id, method="raw")


def plan_the_final(staff: Person) -> None:
    """The best two of the second round, which counts for two fifths; nobody is hidden in a room."""
    staff.go("/office/rounds").press("新建评审轮次").page.get_by_label("科幻画作品").first.check()
    unfold(staff, "参评作品与前一轮", "排名方法与名额")
    staff.fill(name="终评", mode="interview", opens_at="2018-03-21T08:00", closes_at="2018-03-24T18:00", method="raw")
    staff.fill(is_blind=False, source_round_id=2, take="top", take_count=2, carry="weighted", carry_percent=40)
    staff.press("保存，下一步选择评委")
    for name in ("白成琪", "吴红明"):
        staff.page.get_by_label(f"选择 {name}").check()
    staff.press("保存，下一步试分配").sees("评审组全体评委评分", "每人 2 项")
    staff.press("按此分配，开始评审").told("评审已开始").sees("0 / 4")


def draw_the_lot(staff: Person, teacher: Person) -> None:
    """Ten minutes are too short for two teams; with a second session the lot is drawn and the schools are told."""
    staff.press("问辩安排").sees("还没有场次")
    add_session(staff, "2018-03-22T09:00", "2018-03-22T09:10")
    staff.press("抽签").sees("没有抽签，原因")
    add_session(staff, "2018-03-22T14:00", "2018-03-22T14:10")
    staff.press("抽签").told("已抽签排定问辩顺序").sees(*FINAL, "第 1 次抽签，种子")
    expect(staff.page.get_by_text(TITLES[2])).to_have_count(0)
    book = [list(map(str, row)) for row in rows_of(staff.download("导出表格")[1])]
    assert all(any(title in cell for row in book for cell in row) for title in FINAL)
    staff.confirm("通知学校和评委", yes="通知").told("已通知 2 件作品")
    teacher.go("/notices").sees("科技馆 301 室")


def add_session(staff: Person, starts_at: str, ends_at: str) -> None:
    staff.fill(place="科技馆 301 室", starts_at=starts_at, ends_at=ends_at, minutes_each=10)
    staff.press("增加场次", within=staff.page.locator("#session")).told("已增加场次")


def score_on_site(site: Site, judge: Person) -> None:
    """On the day a judge marks by telephone, in the order of the lot; the other's marks are taken for granted."""
    site.clock.move_to(datetime(2018, 3, 22, 9, 5, tzinfo=ZoneInfo("Asia/Shanghai")))
    judge.sign_in(JUDGES[1]).go("/judge").press("开始评审")
    with site.inside():
        own = db.session.query(Assignment).filter_by(round_id=3).order_by(Assignment.position).all()
        for task in [one for one in own if one.judge.name != "吴红明"]:
            give(task, FINAL)
        order = [one.entry.title for one in own if one.judge.name == "吴红明"]
    for title, button in zip(order, ("提交，下一件", "提交"), strict=True):
        expect(judge.page.locator("h1")).to_have_text(title)
        judge.fill(**{f"mark_{code}": f"{mark:g}" for code, mark in making.marks(FINAL[title]).items()})
        judge.press(button)
    judge.told("本轮任务已全部完成")


def close_and_rank(staff: Person) -> None:
    """Two fifths of the second round and three of the final: 87.2 before 82, with both totals in reach."""
    staff.sign_in(STAFF).go("/office/rounds/3").sees("4 / 4").press("截止评审").told("评审已截止")
    staff.fill(method="raw").press("计算并固定排名").told("排名已计算并固定").sees("87.2", "82")
    places = staff.page.locator("table.ranking tbody tr")
    expect(places.nth(0)).to_contain_text(TITLES[1])
    expect(places.nth(1)).to_contain_text(TITLES[0])
    with staff.site.inside():  # the earlier rounds' sheets are as they were
        totals = [
            [task.entry.title for task in making.tasks_of(db.session.get_one(Round, number))] for number in (1, 2)
        ]
        assert [len(titles) for titles in totals] == [12, 6]


def kept_again(staff: Person, folder: Path) -> None:
    """The bundle of the final comes out the same without the site."""
    name, content = staff.download("下载数据包")
    bundle = folder / name
    bundle.write_bytes(content)
    said = subprocess.run(
        [COMMAND, "--instance", folder / "elsewhere", "judging", "replay", bundle],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "全部一致：重算结果与数据包逐字节相同。"), said


def test_a_way_of_judging_is_tried_out(
    site: Site, people: Join, ranked: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first figures to the picture, which comes by itself when it is worked out."""
    for name in ("REPLICATES", "FEWEST"):
        monkeypatch.setattr(simulations, name, 2)  # two contests are enough to see the way through
    staff = people(phone=True).sign_in(STAFF)
    staff.go("/office/rounds").press("评审方案测算").fill(entries=24, judges=5, places=24).press("开始测算")
    staff.sees("名额应至少 1 个、少于作品数 24").fill(places=4).press("开始测算").sees("正在测算")
    site.do_jobs()
    expect(staff.page.locator("#simulation-found")).to_contain_text("测算结果", timeout=60_000)
    expect(staff.page.locator("#simulation-found svg").first).to_be_visible()
    staff.look()
    staff.sees("每件评 3 次、按平均分取前 4 名")
