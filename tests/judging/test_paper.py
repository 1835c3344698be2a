"""Paper sheets: two people, one score; printed, typed in, or brought in a workbook."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotFound, Stale
from contest_portal.core.models import AuditRecord
from contest_portal.core.text import Message
from contest_portal.judging.models import Assignment, Round, ScoreSheet
from contest_portal.judging.queries import paper as queries
from contest_portal.judging.queries.repairing import RepairWish, preview_repair
from contest_portal.judging.services import marks_workbook, paper, progress, reassigning, sheets
from contest_portal.judging.services.repairing import apply_repair
from contest_portal.judging.sheet_models import PaperSheet
from tests import factories
from tests.judging.making import Scene, counted, make_scene, marks, open_round, score, tasks_of

pytestmark = pytest.mark.database


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=2, entries=2)


@pytest.fixture
def running(scene: Scene) -> Round:
    return open_round(scene, reads=2)


@pytest.fixture
def colleague(scene: Scene) -> Actor:
    return factories.make_account(Role.OFFICE, office=scene.office, name="孙丽华")


def sheets_of(task: Assignment) -> list[ScoreSheet]:
    return list(db.session.scalars(select(ScoreSheet).where(ScoreSheet.assignment_id == task.id).order_by(ScoreSheet.version)))  # fmt: skip


class TestTwoPeople:
    def test_two_equal_totals_make_a_score(self, scene: Scene, running: Round, colleague: Actor) -> None:
        task = tasks_of(running)[0]
        typed = paper.type_sheet(scene.staff, task.id, marks(86.5), "想象大胆")
        assert sheets_of(task) == []
        done = paper.check_sheet(colleague, typed.id, "86.5", typed.version)
        [sheet] = sheets_of(task)
        assert (done.state, sheet.total, sheet.source, sheet.comment) == ("confirmed", 86.5, "paper", "想象大胆")
        assert tasks_of(running)[0].state == "submitted"

    def test_different_totals_wait_for_a_third_look(self, scene: Scene, running: Round, colleague: Actor) -> None:
        task = tasks_of(running)[0]
        typed = paper.type_sheet(scene.staff, task.id, marks(68))
        differs = paper.check_sheet(colleague, typed.id, "86", typed.version)
        assert (differs.state, differs.total, differs.checked_total) == ("differs", 68, 86)
        assert sheets_of(task) == []
        with pytest.raises(Conflict, match="由同事对照纸质表决定"):
            paper.settle_sheet(scene.staff, typed.id, marks(86), differs.version)
        settled = paper.settle_sheet(colleague, typed.id, marks(86), differs.version)
        [sheet] = sheets_of(task)
        assert (sheet.total, settled.total, settled.settled["total"]) == (86, 68, 86)

    def test_one_person_does_not_do_both(self, scene: Scene, running: Round) -> None:
        typed = paper.type_sheet(scene.staff, tasks_of(running)[0].id, marks(80))
        with pytest.raises(Conflict, match="由两个人完成"):
            paper.check_sheet(scene.staff, typed.id, "80", typed.version)

    def test_the_typist_corrects_before_the_check_and_nobody_else_types_it_again(
        self, scene: Scene, running: Round, colleague: Actor
    ) -> None:
        task = tasks_of(running)[0]
        first = paper.type_sheet(scene.staff, task.id, marks(80))
        with pytest.raises(Conflict, match="已由其他人录入"):
            paper.type_sheet(colleague, task.id, marks(80))
        with pytest.raises(Stale):
            paper.type_sheet(scene.staff, task.id, marks(81))
        second = paper.type_sheet(scene.staff, task.id, marks(81), seen_version=first.version)
        with pytest.raises(Stale):
            paper.check_sheet(colleague, first.id, "80", 1)  # withdrawn meanwhile: its version moved on
        assert paper.check_sheet(colleague, second.id, "81", second.version).state == "confirmed"

    @pytest.mark.parametrize("total", ["", "101", "八十", "80.55", "-3"])
    def test_what_is_no_total_is_told(self, scene: Scene, running: Round, colleague: Actor, total: str) -> None:
        typed = paper.type_sheet(scene.staff, tasks_of(running)[0].id, marks(80))
        with pytest.raises(Invalid, match="合计"):
            paper.check_sheet(colleague, typed.id, total, typed.version)

    def test_marks_beyond_the_rubric_are_named(self, scene: Scene, running: Round) -> None:
        with pytest.raises(Invalid) as refused:
            paper.type_sheet(
                scene.staff, tasks_of(running)[0].id, {"imagination": "51", "science": "x", "painting": ""}
            )
        assert [problem.field for problem in refused.value.problems] == ["mark_imagination", "mark_science", "mark_painting"]  # fmt: skip


class TestMeanwhile:
    def test_a_score_given_on_the_site_stays_and_the_paper_is_withdrawn(
        self, scene: Scene, running: Round, colleague: Actor
    ) -> None:
        task = tasks_of(running)[0]
        typed = paper.type_sheet(scene.staff, task.id, marks(70))
        score(scene, tasks_of(running)[0], 90)
        with pytest.raises(Conflict, match="已经提交"):
            paper.check_sheet(colleague, typed.id, "70", typed.version)
        paper.withdraw_sheet(colleague, typed.id, typed.version)
        assert [sheet.total for sheet in sheets_of(task)] == [90]

    def test_a_round_that_was_closed_takes_no_paper(self, scene: Scene, running: Round, colleague: Actor) -> None:
        task = tasks_of(running)[0]
        typed = paper.type_sheet(scene.staff, task.id, marks(70))
        progress.close_round(scene.staff, running.id, running.version, void_unfinished=True)
        with pytest.raises(Conflict, match="评审中的轮次"):
            paper.check_sheet(colleague, typed.id, "70", typed.version)

    def test_two_checks_and_a_judge_at_once_leave_one_score(
        self, app: Flask, scene: Scene, running: Round, colleague: Actor
    ) -> None:
        task = tasks_of(running)[0]
        typed = paper.type_sheet(scene.staff, task.id, marks(75))
        third = factories.make_account(Role.OFFICE, office=scene.office, name="高志强")
        begin, outcomes = threading.Barrier(3), []

        def run(act: Callable[[], object]) -> None:
            with app.app_context():
                begin.wait(timeout=30)
                try:
                    act()
                    outcomes.append("done")
                except DomainError:
                    outcomes.append("refused")
                finally:
                    db.session.remove()

        task_id, paper_id = task.id, typed.id
        acts = [
            lambda: paper.check_sheet(colleague, paper_id, "75", 1),
            lambda: paper.check_sheet(third, paper_id, "75", 1),
            lambda: score(scene, db.session.get_one(Assignment, task_id), 88),
        ]
        people = [threading.Thread(target=run, args=(act,)) for act in acts]
        for one in people:
            one.start()
        for one in people:
            one.join(timeout=60)
        assert sorted(outcomes) == ["done", "refused", "refused"]
        db.session.rollback()  # the test's own look at the database began before
        assert len(sheets_of(task)) == 1


class TestPages:
    def test_typing_goes_on_to_the_judges_next_paper_and_checking_shows_no_score(
        self, app: Flask, scene: Scene, running: Round, colleague: Actor
    ) -> None:
        judge = scene.judges[0]
        first, second = sorted(tasks_of(running, judge), key=lambda one: one.position)
        client = factories.sign_in(app.test_client(), scene.staff)
        page = client.get(f"/office/tasks/{first.id}/paper").get_data(as_text=True)
        assert judge.name in page
        data = {f"mark_{code}": value for code, value in marks(77).items()} | {"version": "0"}
        answer = client.post(f"/office/tasks/{first.id}/paper", data=data)
        assert answer.location.endswith(f"/office/tasks/{second.id}/paper")
        typed = db.session.scalars(select(PaperSheet)).one()

        other = factories.sign_in(app.test_client(), colleague)
        assert other.get(f"/office/tasks/{first.id}/paper").location.endswith(f"/office/paper/{typed.id}/check")
        page = other.get(f"/office/paper/{typed.id}/check").get_data(as_text=True)
        shown = re.sub(r"<[^>]*>", " ", page.partition("<main")[2])  # tokens in attributes may hold these figures
        assert not re.search(r"(?<![\w.-])77(?![\w.-])", shown)
        assert 'value="77"' not in page
        answer = other.post(
            f"/office/paper/{typed.id}/check", data={"total": "78", "version": "1"}, follow_redirects=True
        )
        assert "不一致" in answer.get_data(as_text=True)
        page = other.get(f"/office/paper/{typed.id}/settle").get_data(as_text=True)
        assert "77" in page
        assert "78" in page

    def test_the_printed_sheets_say_what_to_score_and_not_whose_it_is(
        self, app: Flask, scene: Scene, running: Round
    ) -> None:
        client = factories.sign_in(app.test_client(), scene.staff)
        content = client.get(f"/office/rounds/{running.id}/paper/print").data
        document = pypdfium2.PdfDocument(content)
        text = "".join(page.get_textpage().get_text_range() for page in document)
        for entry in scene.entries:
            assert text.count(entry.number) == 2  # in the pile of each judge
            assert entry.title in text
        for judge in scene.judges:
            assert judge.name in text.replace(" ", "")
        for school in scene.schools:
            assert school.name not in text
        assert "学生" not in text
        assert "想象力" in text.replace("\r\n", "")

    def test_a_workbook_is_filled_in_and_taken_whole(self, app: Flask, scene: Scene, running: Round) -> None:
        client = factories.sign_in(app.test_client(), scene.staff)
        book = load_workbook(io.BytesIO(client.get(f"/office/rounds/{running.id}/paper/template").data))
        table = book.worksheets[0]
        heads = {cell.value: cell.column for cell in table[1]}
        assert list(heads)[:4] == ["任务号", "编号", "作品", "评委"]
        for row in (2, 3):
            for column, mark in zip(range(5, 8), (40, 20, 21.5), strict=True):
                table.cell(row, column, mark)
        table.cell(2, heads["合计"], 81.5)
        page = upload(client, running, book)
        assert "确认导入" in page
        sealed = page.partition('name="rows"')[2].partition('value="')[2].partition('"')[0]
        answer = client.post(f"/office/rounds/{running.id}/paper/apply", data={"rows": sealed}, follow_redirects=True)
        assert "已导入 2 份评分" in answer.get_data(as_text=True)
        found = db.session.scalars(select(ScoreSheet)).all()
        assert [(sheet.total, sheet.source) for sheet in found] == [(81.5, "workbook")] * 2

    def test_a_workbook_with_faults_names_their_cells_and_changes_nothing(
        self, app: Flask, scene: Scene, running: Round
    ) -> None:
        client = factories.sign_in(app.test_client(), scene.staff)
        book = load_workbook(io.BytesIO(client.get(f"/office/rounds/{running.id}/paper/template").data))
        table = book.worksheets[0]
        table.cell(2, 5, 51)
        table.cell(2, 6, 20)
        table.cell(2, 7, 20)
        table.cell(3, 1, 99999)
        table.cell(3, 5, 10)
        table.cell(4, 2, "GZ2018-KH-X-9999")
        table.cell(4, 5, 10)
        for column, mark in zip(range(5, 8), (40, 20, 20), strict=True):
            table.cell(5, column, mark)
        table.cell(5, 8, 81)
        page = upload(client, running, book)
        for words in ("E 列", "应为 0–50 分", "没有任务号「99999」", "GZ2018-KH-X-9999", "合计应为 80，表中为「81」"):
            assert words in page
        assert "确认导入" not in page
        assert db.session.scalars(select(ScoreSheet)).all() == []

    def test_marks_that_are_there_change_only_with_a_reason(self, scene: Scene, running: Round) -> None:
        task = tasks_of(running)[0]
        score(scene, task, 90)
        line = marks_workbook.WorkbookLine(task.id, marks(60), "", queries_place())
        with pytest.raises(Invalid, match="请填写原因"):
            marks_workbook.take_workbook(scene.staff, running.id, [line])
        assert marks_workbook.take_workbook(scene.staff, running.id, [line], why="评委书面更正") == 1
        assert [(sheet.version, sheet.total, sheet.is_current) for sheet in sheets_of(task)] == [(1, 90, False), (2, 60, True)]  # fmt: skip

    def test_a_large_workbook_takes_as_many_statements_as_a_small_one(self, app: Flask) -> None:
        """One transaction writes it, in which judges' saves have to wait."""
        scene = make_scene(judges=4, entries=20)
        tasks = tasks_of(open_round(scene, reads=3))
        place = Message("评分表 第 2 行")
        lines = [marks_workbook.WorkbookLine(task.id, marks(60 + task.id % 20), "好", place) for task in tasks]
        counts = []
        for part in (lines[:5], lines[5:]):
            with counted(app) as statements:
                assert marks_workbook.take_workbook(scene.staff, tasks[0].round_id, part) == len(part)
            counts.append(len(statements))
        assert len(lines) - 5 == 55
        assert counts[0] == counts[1]
        sheets = db.session.scalars(select(ScoreSheet)).all()
        assert {sheet.assignment_id: (sheet.total, sheet.comment, sheet.version) for sheet in sheets} == {
            line.task_id: (60 + line.task_id % 20, "好", 1) for line in lines
        }
        assert {task.state for task in tasks_of(tasks[0].round)} == {"submitted"}
        told = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "judging.submit_sheet")).all()
        assert {one.object_id for one in told} == {sheet.id for sheet in sheets}

    def test_one_line_that_cannot_be_taken_holds_all_back(self, scene: Scene, running: Round) -> None:
        first, second, *_others = tasks_of(running)
        score(scene, second, 90)
        lines = [marks_workbook.WorkbookLine(task.id, marks(60), "", queries_place()) for task in (first, second)]
        with pytest.raises(Invalid, match="请填写原因"):
            marks_workbook.take_workbook(scene.staff, running.id, lines)
        wrong = [lines[0], replace(lines[1], marks={"imagination": 51})]
        with pytest.raises(Invalid, match="应为 0–50 分"):
            marks_workbook.take_workbook(scene.staff, running.id, wrong, why="评委书面更正")
        assert (sheets_of(first), [sheet.total for sheet in sheets_of(second)]) == ([], [90])
        with pytest.raises(NotFound):
            marks_workbook.take_workbook(scene.staff, running.id, [replace(lines[0], task_id=99_999)])

    def test_a_comment_that_is_too_long_is_told_by_its_cell(self, app: Flask, scene: Scene, running: Round) -> None:
        client = factories.sign_in(app.test_client(), scene.staff)
        book = load_workbook(io.BytesIO(client.get(f"/office/rounds/{running.id}/paper/template").data))
        table = book.worksheets[0]
        titles = {str(cell.value): cell.column for cell in table[1]}
        for column, mark in zip(range(5, 8), (40, 20, 20), strict=True):
            table.cell(2, column, mark)
        table.cell(2, titles["评语"], "好" * 1001)
        page = upload(client, running, book)
        assert "评语最多 1000 个字，现有 1001 个" in page
        assert "确认导入" not in page

    def test_the_list_counts_what_stands_where(self, scene: Scene, running: Round, colleague: Actor) -> None:
        one, two, three, _four = tasks_of(running)
        paper.type_sheet(scene.staff, one.id, marks(70))
        typed = paper.type_sheet(scene.staff, two.id, marks(70))
        paper.check_sheet(colleague, typed.id, "71", 1)
        score(scene, three, 90)
        assert queries.paper_counts(running.id) == {"typed": 1, "differs": 1, "done": 1, "none": 1}
        assert queries.next_to_check(running.id, scene.staff.account_id) is None
        assert queries.next_to_check(running.id, colleague.account_id) is not None


def queries_place() -> object:
    from contest_portal.core.spreadsheets.sheet import place_of

    return place_of("科幻画", 2, "A")


def upload(client: object, running: Round, book: object) -> str:
    out = io.BytesIO()
    book.save(out)  # type: ignore[attr-defined]
    out.seek(0)
    answer = client.post(  # type: ignore[attr-defined]
        f"/office/rounds/{running.id}/paper/import", data={"file": (out, "评分表.xlsx")}
    )
    return str(answer.get_data(as_text=True))


class TestTypedAndNotChecked:
    """A judge's marks on paper are there: neither a repair nor a hand takes the work from the judge, closing says so."""

    def test_a_repair_leaves_it_with_its_judge(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=4)
        row = open_round(scene, reads=2)
        task, *rest = tasks_of(row, scene.judges[0])
        typed = paper.type_sheet(scene.staff, task.id, marks(80))
        wish = RepairWish(leaving=frozenset({scene.judges[0].id}))
        preview = preview_repair(row, wish)
        apply_repair(scene.staff, row.id, wish, preview.digest, row.version, "评委生病")
        assert [one.id for one in tasks_of(row, scene.judges[0])] == [task.id]
        assert rest
        other = factories.make_account(Role.OFFICE, office=scene.office)
        assert paper.check_sheet(other, typed.id, "80", typed.version).state == "confirmed"

    def test_nobody_else_is_given_the_work_by_hand(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=3)
        row = open_round(scene, reads=2)
        task = tasks_of(row, scene.judges[0])[0]
        free = next(
            one
            for one in scene.judges
            if one.id not in {t.judge_id for t in tasks_of(row) if t.entry_id == task.entry_id}
        )
        typed = paper.type_sheet(scene.staff, task.id, marks(80))
        with pytest.raises(Conflict, match="等待核对"):
            reassigning.reassign_task(scene.staff, task.id, free.id, "评委生病")
        paper.withdraw_sheet(scene.staff, typed.id, typed.version)
        assert reassigning.reassign_task(scene.staff, task.id, free.id, "评委生病").judge_id == free.id

    def test_closing_says_how_many_marks_it_would_give_up(
        self, scene: Scene, running: Round, client: FlaskClient
    ) -> None:
        first, second, third, _fourth = tasks_of(running)
        paper.type_sheet(scene.staff, first.id, marks(80))
        for task in (second, third):
            judge = next(one for one in scene.judges if one.id == task.judge_id)
            half = {"imagination": 40.0}
            sheets.save_draft(scene.actor(judge), task.id, 1, marks(70) if task is second else half, "")
        db.session.rollback()
        with pytest.raises(Conflict, match="4 项评审任务没有完成，其中 1 份纸质评分表已录入、没有核对，1 份草稿已评完"):
            progress.close_round(scene.staff, running.id, running.version)
        factories.sign_in(client, scene.staff)
        page = client.get(f"/office/rounds/{running.id}").get_data(as_text=True)
        assert "有 1 份纸质评分表已录入、没有核对" in page
        assert "有 1 份草稿已评完、没有提交" in page
