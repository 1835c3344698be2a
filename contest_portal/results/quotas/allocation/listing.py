"""The list of a category: its quota table over its ranking, around the committee's decisions, a line with its reason for each work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contest_portal.core.text import N_, Message
from contest_portal.results.quotas.allocation.allocating import Allocation, allocate
from contest_portal.results.quotas.allocation.problem import Infeasible
from contest_portal.results.quotas.allocation.reasons import Decision, Line, Reason
from contest_portal.results.quotas.allocation.row_words import Contradiction
from contest_portal.results.quotas.allocation.rules import Options, QuotaTable
from contest_portal.results.quotas.allocation.translating import Candidate, Rulings, to_problem, told_by_rows


@dataclass(frozen=True)
class _Writing:
    table: QuotaTable
    rulings: Rulings
    ranks: dict[int, int | None]

    def line(self, line: Line) -> Line:
        """The line, with the resolution of a tie told where the work had part in one."""
        if line.entry_id in self.rulings.ahead and line.code is Reason.BY_RANK:
            words = N_("与他人并列第 %(rank)s 名，经决定在并列者中列先：%(reason)s")
            reason = self.rulings.ahead[line.entry_id][1]
            message = Message.of(words, rank=self.ranks[int(str(line.entry_id))], reason=reason)
            return replace(line, code=Reason.TIE_DECIDED, message=message)
        if line.entry_id in self.rulings.behind and line.decision in {Decision.RESERVE, Decision.OUT}:
            words = N_("%(why_not)s；与他人并列第 %(rank)s 名，经决定列后：%(reason)s")
            reason = self.rulings.behind[line.entry_id]
            rank = self.ranks[int(str(line.entry_id))]
            return replace(line, message=Message.of(words, why_not=line.message, rank=rank, reason=reason))
        return line

    def vetoed(self, one: Candidate) -> Line:
        message = Message.of(N_("一票否决：%(reason)s"), reason=self.rulings.vetoed[one.entry_id])
        return Line(one.entry_id, Decision.OUT, Reason.VETOED, message)

    def struck(self, one: Candidate) -> Line:
        message = Message.of(N_("异议成立，已取消（%(number)s）"), number=self.rulings.struck[one.entry_id])
        return Line(one.entry_id, Decision.OUT, Reason.STRUCK, message)

    def too_low(self, one: Candidate) -> Line:
        words = N_("得分 %(score)s，低于最低分 %(minimum)s")
        message = Message.of(words, score=f"{one.score:.2f}", minimum=f"{self.table.minimum_score:g}")
        return Line(one.entry_id, Decision.OUT, Reason.BELOW_MINIMUM, message)


def list_of(
    table: QuotaTable, candidates: Sequence[Candidate], options: Options, rulings: Rulings | None = None
) -> Allocation | Contradiction:
    """The list. What is vetoed or struck, and what scored below the minimum and no decision put on the list, is no candidate for it."""
    rulings = rulings or Rulings()
    struck = [one for one in candidates if one.entry_id in rulings.struck]
    vetoed = [one for one in candidates if one.entry_id in rulings.vetoed.keys() - rulings.struck.keys()]
    ruled_out = rulings.vetoed.keys() | rulings.struck.keys()
    low = [one for one in candidates if one.entry_id not in ruled_out and _is_low(table, one, rulings)]
    barred = {one.entry_id for one in (*struck, *vetoed, *low)}
    translated = to_problem(table, [one for one in candidates if one.entry_id not in barred], options, rulings)
    outcome = allocate(translated.problem)
    if isinstance(outcome, Infeasible):
        return told_by_rows(outcome, translated, table, options)
    writing = _Writing(table, rulings, {one.entry_id: one.rank for one in candidates})
    by_rank = sorted(low, key=lambda one: (one.rank is None, one.rank or 0, one.entry_id))
    lines = [writing.line(line) for line in outcome.lines]
    lines += [*map(writing.too_low, by_rank), *map(writing.vetoed, vetoed), *map(writing.struck, struck)]
    return Allocation(lines, outcome.pending_places)


def _is_low(table: QuotaTable, one: Candidate, rulings: Rulings) -> bool:
    if table.minimum_score is None or one.score is None or one.score >= table.minimum_score:
        return False
    move = rulings.moves.get(one.entry_id)
    return move is None or not move.on_list
