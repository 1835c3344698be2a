"""The account of a contest as a list for people: a line for what goes off, a column for each category; works behind a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from contest_portal.contests.models import Category, Contest
from contest_portal.core.clock import today
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, Value
from contest_portal.entries.models import Entry
from contest_portal.entries.states import STATE_NAMES
from contest_portal.results.naming import author_names
from contest_portal.results.reconciliation.reconciling import Account, Kind

SIGNS: dict[Kind, str] = {"start": "", "minus": "−", "subtotal": "＝", "end": "＝", "beside": "＝"}


@dataclass(frozen=True)
class Line:
    """A line of the whole: its words, and each category's number (None: the category has no such line)."""

    code: str
    kind: Kind
    label: str
    counts: Sequence[int | None]

    @property
    def total(self) -> int:
        return sum(one or 0 for one in self.counts)


def lines_of(accounts: Sequence[tuple[Category, Account]]) -> list[Line]:
    """The categories' accounts beside one another: rows of the same code in one line, in the order of the steps."""
    order: list[str] = []
    for _category, account in accounts:
        place = 0
        for row in account.rows:
            if row.code in order:
                place = order.index(row.code) + 1
            else:
                order.insert(place, row.code)
                place += 1
    found = []
    for code in order:
        rows = [account.row(code) for _category, account in accounts]
        first = next(row for row in rows if row is not None)
        counts = [len(row.works) if row else None for row in rows]
        found.append(Line(code, first.kind, translate(first.label), counts))
    return found


def account_document(contest: Contest, accounts: Sequence[tuple[Category, Account]]) -> ListDocument:
    """The whole account; below it every mismatch."""
    columns = [ListColumn(_("项目"), 14), ListColumn(_("合计"), 5, is_number=True)]
    columns += [ListColumn(category.name, 7, is_number=True) for category, _account in accounts]
    rows: list[list[Value]] = [
        [f"{SIGNS[one.kind]} {one.label}".strip(), one.total, *one.counts] for one in lines_of(accounts)
    ]
    sections = [ListSection(_("核对"), columns, rows)]
    wrong: list[list[Value]] = [
        [category.name, translate(one.label), len(one.works)]
        for category, account in accounts
        for one in account.mismatches
    ]
    if wrong:
        heads = [ListColumn(_("类别"), 10), ListColumn(_("对不上的地方"), 20), ListColumn(_("件数"), 5, is_number=True)]
        sections.append(ListSection(_("对不上的作品"), heads, wrong))
    state = _("各类别都对得上。") if not wrong else _("有 %(count)s 处对不上，须查明。", count=len(wrong))
    return ListDocument(
        _("%(contest)s从征集到获奖核对表", contest=contest.name),
        sections=sections,
        notes=[state],
        seal=contest.office.name,
        day=today().isoformat(),
    )


def works_document(contest: Contest, category: Category, label: str, entries: Sequence[Entry]) -> ListDocument:
    """The works behind one number."""
    columns = [
        ListColumn(_("编号"), 10),
        ListColumn(_("作品名称"), 18),
        ListColumn(_("作者"), 10),
        ListColumn(_("学校"), 14),
        ListColumn(_("状态"), 6),
    ]
    rows = [[one.number, one.title, author_names(one), one.school.name, state_of(one)] for one in entries]
    return ListDocument(f"{category.name}：{label}", contest.name, [ListSection("", columns, rows)])


def state_of(entry: Entry) -> str:
    """The state in words."""
    return translate(STATE_NAMES[entry.state])  # type: ignore[index]
