"""What can be made of each row of a batch: ready, doubtful, in need of something, done. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import N_, Message
from contest_portal.entries.draft_input import MOST_TITLE

State = Literal["ready", "doubt", "needed", "made"]


@dataclass(frozen=True)
class RowFacts:
    """One row as it stands.

    `pupil_id` is the pupil that is settled, None while nobody is; `candidates`: how many there are to choose from.
    `why`: the reasons of the match. `unusable`: why the file itself cannot be taken. `other_title`: the pupil's living
    entry of the category, None where there is none. `is_entered`: the same picture lies in an entry already.
    `is_kept`: somebody has looked at what is doubtful and keeps the row.
    """

    row_id: int
    blob_id: int
    pupil_id: int | None = None
    pupil_name: str = ""
    has_left: bool = False
    candidates: int = 0
    why: tuple[Message, ...] = ()
    title: str = ""
    tutor_problem: Message | None = None
    unusable: tuple[Message, ...] = ()
    other_title: str | None = None
    is_entered: bool = False
    is_kept: bool = False
    is_made: bool = False


@dataclass(frozen=True)
class RowState:
    """The row's state with its reasons. `can_be_kept`: a doubt that ends when somebody says that the row is right."""

    state: State
    why: tuple[Message, ...] = ()
    can_be_kept: bool = False


def states_of(rows: Sequence[RowFacts], limit: int | None = None) -> dict[int, RowState]:
    """The state of every row among the others. `limit`: how many entries one pupil may submit, None: not limited."""
    open_rows = [row for row in rows if not row.is_made]
    pupils = Counter(row.pupil_id for row in open_rows if row.pupil_id is not None)
    pictures = Counter(row.blob_id for row in rows)
    return {row.row_id: _state(row, pupils, pictures, limit) for row in rows}


def _state(row: RowFacts, pupils: Counter[int], pictures: Counter[int], limit: int | None) -> RowState:
    if row.is_made:
        return RowState("made")
    needed = tuple(_needed(row))
    questions = tuple(_questions(row, pupils, pictures, limit))
    if needed:
        return RowState("needed", (*needed, *questions), can_be_kept=bool(questions))
    if row.pupil_id is None:
        return RowState("doubt", (*row.why, *questions), can_be_kept=bool(questions))
    if questions and not row.is_kept:
        return RowState("doubt", questions, can_be_kept=True)
    return RowState("ready", questions, can_be_kept=bool(questions))


def _needed(row: RowFacts) -> Iterator[Message]:
    """What must be mended before anything can be made of the row."""
    yield from row.unusable
    if row.pupil_id is not None and row.has_left:
        yield Message.of(N_("%(name)s已不在校，请重新选择"), name=row.pupil_name)
    elif row.pupil_id is None and not row.candidates:
        yield from row.why or (Message(N_("请选择学生")),)
    if not row.title:
        yield Message(N_("请填写作品名称"))
    elif len(row.title) > MOST_TITLE:
        yield Message.of(
            N_("作品名称有 %(measured)s 字，最多只能保存 %(limit)s 字"), measured=len(row.title), limit=MOST_TITLE
        )
    if row.tutor_problem is not None:
        yield row.tutor_problem


def _questions(row: RowFacts, pupils: Counter[int], pictures: Counter[int], limit: int | None) -> Iterator[Message]:
    """What a person should look at and may keep."""
    if row.pupil_id is not None and pupils[row.pupil_id] > 1:
        yield Message.of(
            N_("这一批中有 %(count)s 个文件都写着%(name)s"), count=pupils[row.pupil_id], name=row.pupil_name
        )
    if pictures[row.blob_id] > 1:
        yield Message.of(N_("同一张图片在这一批中有 %(count)s 个文件"), count=pictures[row.blob_id])
    if row.is_entered:
        yield Message(N_("这张图片已经用在本校的另一件作品中"))
    if row.pupil_id is not None and row.other_title is not None:
        source = N_("%(name)s在本类别已有作品《%(title)s》")
        if limit is not None:
            source = N_("%(name)s在本类别已有作品《%(title)s》，每人最多提交 %(limit)s 件")
        title = row.other_title or Message(N_("（未命名）"))
        yield Message.of(source, name=row.pupil_name, title=title, limit=limit)
