"""Paper sheets: printed by the office, typed by one person, checked by another who sees no marks, ranked like the rest."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pypdfium2
import pytest
from playwright.sync_api import expect

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.judging.models import Assignment, ScoreSheet
from tests.journeys import judged
from tests.journeys.browsing import Join, Person
from tests.journeys.judged import NAMES, TITLES
from tests.journeys.scene import STAFF, account
from tests.journeys.site import Site
from tests.judging import making

CHECKER = "sunlihua"
ON_PAPER = {("白成琪", 0): 86.5, ("白成琪", 1): 86.0, ("吴红明", 0): 79.0, ("吴红明", 1): 66.5}
"""Judge, place of the painting → the total that stands on the paper."""
MISREAD = {86.0: 68.0}
"""What the typist reads instead."""


@pytest.fixture
def papers(site: Site) -> dict[int, float]:
    """Two judges read two paintings each; the office has a second member of staff. Gives task → total on the paper."""
    scene = judged.accepted_paintings(site, 2)
    with site.inside():
        row = judged.open_round(scene, judged.add_judges(scene, 2), reads=2)
        account("孙丽华", Role.OFFICE, CHECKER, office_id=scene.office_id)
        return {
            task.id: ON_PAPER[task.judge.name, scene.entry_ids.index(task.entry_id)] for task in making.tasks_of(row)
        }


def test_paper_sheets_are_printed_typed_checked_settled_and_ranked(
    site: Site, people: Join, papers: dict[int, float]
) -> None:
    typist, checker = people().sign_in(STAFF), people(phone=True).sign_in(CHECKER)
    typist.go("/office/rounds/1").press("纸质评分表").sees("未录入", *NAMES[:2])
    addresses = codes_on(typist.download("打印全部评分表")[1])
    assert set(addresses) == {f"{site.address}/office/tasks/{task}/paper" for task in papers}
    type_all(typist, addresses, papers)
    assert given(site) == []
    check_all(typist, checker, papers)
    settle(typist, checker)
    assert sorted(given(site)) == sorted((total, "paper") for total in papers.values())
    close_and_rank(typist)


def codes_on(pdf: bytes) -> list[str]:
    """Where the printed codes lead, as a telephone reads them."""
    found: list[str] = []
    for page in pypdfium2.PdfDocument(pdf, autoclose=True):
        picture = np.asarray(page.render(scale=3).to_pil().convert("L"))
        _found, texts, *_places = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(picture)
        found += texts
    return found


def task_on(person: Person) -> int:
    return int(re.findall(r"/tasks/(\d+)/paper", person.page.url)[0])


def type_all(typist: Person, addresses: list[str], papers: dict[int, float]) -> None:
    """Each judge's first sheet by its code, the others follow by themselves. One is misread."""
    typed: set[int] = set()
    for address in addresses:
        path = address.removeprefix(typist.site.address)
        if int(path.split("/")[3]) in typed:
            continue
        typist.go(path)
        if not typed:
            typist.fill(mark_imagination=51, mark_science=1, mark_painting=1).press("保存，下一张").sees("0–50 分")
        while f"/office/tasks/{(task := task_on(typist))}/paper" in typist.page.url:
            total = MISREAD.get(papers[task], papers[task])
            typist.fill(**{f"mark_{code}": f"{mark:g}" for code, mark in making.marks(total).items()})
            expect(typist.page.locator("[data-score-total]")).to_have_text(f"{total:g}")
            typist.press("保存，下一张").told(f"已录入，合计 {total:g} 分")
            typed.add(task)
            if "/tasks/" not in typist.page.url:
                typist.told("的评分表已全部录入")
                break
    assert typed == set(papers)


def given(site: Site) -> list[tuple[float, str]]:
    """The scores that count, and where they came from."""
    with site.inside():
        return [(sheet.total, sheet.source) for sheet in db.session.query(ScoreSheet).filter_by(is_current=True)]


def check_all(typist: Person, checker: Person, papers: dict[int, float]) -> None:
    """The checker sees no marks, neither on the page nor in its source; the typist may not check."""
    checker.go("/office/rounds/1/paper").press("核对下一张")
    typist.go(checker.page.url.removeprefix(typist.site.address)).sees("录入和核对须由两个人完成")
    expect(typist.page.locator("[name=total]")).to_have_count(0)
    for place in range(len(papers)):
        checker.sees("这里不显示第一次录入的分数")
        number, judge = checker.page.locator("dd").nth(1).inner_text(), checker.page.locator("dd").first.inner_text()
        with checker.site.inside():
            tasks = db.session.query(Assignment).filter(Assignment.id.in_(papers)).all()
            task = next(one for one in tasks if (one.entry.number, one.judge.name) == (number, judge))
            total = papers[task.id]
        shown = checker.page.locator("main").inner_html()
        assert not re.search(rf"\b{MISREAD.get(total, total):g}\b", shown), shown
        assert not [mark for mark in making.marks(total).values() if f'"{mark:g}"' in shown]
        checker.fill(total="不清楚").press("核对，下一张").sees("不是数字") if not place else None
        checker.fill(total=f"{total:g}").press("核对，下一张")
        checker.told("两次录入的合计不一致" if total in MISREAD else "核对一致，评分已生效")
    assert checker.page.url.endswith("/office/rounds/1/paper")


def settle(typist: Person, checker: Person) -> None:
    """Both totals stand in the list of differences; a third look at the paper, not the typist's, decides."""
    typist.go("/office/rounds/1/paper").press("不一致")
    expect(typist.page.locator("tbody tr")).to_have_count(1)
    typist.press("处理").sees("68", "86", "请由同事对照纸质表决定")
    expect(typist.page.locator("[name=mark_imagination]")).to_have_count(0)
    checker.press("不一致").press("处理").sees("第一次录入的合计", "68", "第二次录入的合计", "86")
    checker.fill(**{f"mark_{code}": f"{mark:g}" for code, mark in making.marks(86).items()})
    checker.press("以此为准").told("已按纸质表更正，评分已生效").sees("没有符合条件的任务")


def close_and_rank(typist: Person) -> None:
    """The first painting's mean is that of 86.5 and 79, the other's that of 86 and 66.5: the third look counts."""
    typist.go("/office/rounds/1").sees("4 / 4").press("截止评审").told("评审已截止")
    typist.fill(method="raw").press("计算并固定排名")
    expect(typist.row(TITLES[0])).to_contain_text("82.75")
    expect(typist.row(TITLES[1])).to_contain_text("76.25")
