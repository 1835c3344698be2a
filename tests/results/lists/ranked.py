"""A judged category of projects for the tests of quotas and decisions: works of three schools, ranked as told."""

from __future__ import annotations

from collections.abc import Sequence

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry
from contest_portal.judging.models import Ranking, Round
from contest_portal.people.models import School
from contest_portal.results.lists.models import Shortlist
from contest_portal.results.lists.queries.shortlists import versions_of
from contest_portal.results.lists.services.shortlists import approve_shortlist, make_shortlist
from contest_portal.results.quotas.allocation import QuotaTable, TableRow
from contest_portal.results.quotas.queries.tables import stored_table
from contest_portal.results.quotas.services import save_table
from tests.factories import made, make_account, make_contest, make_office, make_school, make_student


class Ranked:
    """`ranks` of works 1, 2, …: the odd ones of 小学, the even ones of 初中; `schools` gives each work's school from 0."""

    def __init__(self, ranks: Sequence[int] = (1, 2, 3, 4, 5, 6), schools: Sequence[int] = (), **office: str) -> None:
        self.office = make_office(**office)
        self.schools: list[School] = [
            make_school(self.office, "西关小学"),
            make_school(self.office, "东关小学"),
            make_school(self.office, "实验小学", school_class="feature"),
        ]
        self.contest: Contest = make_contest(self.office)
        self.category: Category = next(one for one in self.contest.categories if one.code == "CG")
        self.staff: Actor = make_account(Role.OFFICE, office=self.office, name="王干事")
        self.colleague: Actor = make_account(Role.OFFICE, office=self.office, name="孙干事")
        self.leader: Actor = make_account(Role.LEADER, office=self.office, name="赵主席")
        own = [*schools, *[0] * (len(ranks) - len(schools))]
        self.entries = [self._entry(number, self.schools[own[number - 1]]) for number in range(1, len(ranks) + 1)]
        self.rank(ranks)

    def _entry(self, number: int, school: School) -> Entry:
        stage = "X" if number % 2 else "C"
        entry = Entry(
            contest_id=self.contest.id,
            category_id=self.category.id,
            school_id=school.id,
            state="accepted",
            number=f"GZ2018-CG-{stage}-{number:04d}",
            stage_code=stage,
            title=f"节水龙头{number}",
            summary="",
            answers={},
            created_at=now(),
            updated_at=now(),
        )
        entry.authors = [Author(student_id=make_student(school, f"李晓{number}").id, position=1, is_first=True)]
        return made(entry)

    def rank(self, ranks: Sequence[int]) -> None:
        """A round with a frozen ranking; the score is 100 less the rank."""
        round_ = made(
            Round(
                contest_id=self.contest.id,
                name=f"第{db.session.query(Round).count() + 1}轮",
                state="ranked",
                reads_per_entry=3,
                opens_at=now(),
                closes_at=now(),
                plan_facts={},
                created_at=now(),
            )
        )
        lines = [
            {"entry_id": entry.id, "rank": rank, "score": 100.0 - rank}
            for entry, rank in zip(self.entries, ranks, strict=True)
        ]
        made(
            Ranking(
                round_id=round_.id,
                category_id=self.category.id,
                method="raw",
                inputs_sha256="0" * 64,
                facts={},
                lines=lines,
                created_at=now(),
            )
        )

    def save(self, *rows: TableRow, total: int | None = None, **more: object) -> int:
        """Save a quota table over whatever was there."""
        seen = stored_table(self.category.id).version
        return save_table(self.staff, self.category.id, seen, QuotaTable(total, rows, **more))  # type: ignore[arg-type]

    def stored(self) -> QuotaTable:
        return stored_table(self.category.id).table

    def make(self) -> Shortlist:
        return make_shortlist(self.staff, self.category.id)

    def approve(self) -> Shortlist:
        draft = self.newest()
        return approve_shortlist(self.leader, draft.id, draft.row_version)

    def newest(self) -> Shortlist:
        db.session.expire_all()
        return versions_of(self.category.id)[0]

    def titles(self, decision: str = "in") -> list[int]:
        """The numbers of the works that the newest list has so decided, in order."""
        return [int(line.entry.title[4:]) for line in self.newest().lines if line.decision == decision]

    def reasons(self) -> dict[int, str]:
        """Work → the reason of its line."""
        return {
            int(line.entry.title[4:]): line.reason % line.reason_params if line.reason_params else line.reason
            for line in self.newest().lines
        }

    def id_of(self, number: int) -> int:
        return self.entries[number - 1].id
