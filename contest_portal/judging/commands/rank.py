"""`contest-portal judging rank`: the ranking of any table of scores."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import click

from contest_portal.core.spreadsheets import DEFAULT_LIMITS, read_tables
from contest_portal.judging.ranking import Method, Ranking
from contest_portal.judging.score_table import (
    ENTRY,
    JUDGE,
    SCORE,
    Columns,
    Marks,
    ScoreTableError,
    Wanted,
    agreement_of,
    rank_scores,
    read_scores,
    to_json,
)
from contest_portal.judging.states import SHORT_METHODS

LIMITS = replace(DEFAULT_LIMITS, rows=1_000_000)
"""A table of a whole country's scores: whoever runs this command waits for it, nobody else does."""


@click.command("rank")
@click.argument("scores", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--entry", default=ENTRY, show_default=True, metavar="列名", help="作品所在的列。")
@click.option("--judge", default=JUDGE, show_default=True, metavar="列名", help="评委所在的列。")
@click.option("--score", default=SCORE, show_default=True, metavar="列名", help="分数所在的列。")
@click.option("--weight", metavar="列名", help="评分权重所在的列；不写则每个评分同样重要。")
@click.option(
    "--method",
    type=click.Choice([str(method) for method in Method]),
    default="mixed",
    show_default=True,
    help="排名方法：原始平均、去高去低、加性校正、混合模型、稳健混合模型。",
)
@click.option("--entries-fixed", is_flag=True, help="混合模型中作品按固定效应处理。")
@click.option("--scale", is_flag=True, help="把各评委的打分幅度调整为一致（每名评委至少 9 个评分）。")
@click.option("--quota", type=int, metavar="件数", help="名额，给出每件作品进入名额的概率。")
@click.option("--levels", metavar="等级", help="分数列为等级时，从低到高写出，如「差,中,良,优」。")
@click.option("--places", is_flag=True, help="分数列为各评委排出的名次（1 为最好）。")
@click.option(
    "--repeats",
    type=click.Choice(["count", "refuse"]),
    default="count",
    show_default=True,
    help="同一评委对同一作品有两行评分时：count 都计入，并在说明中写出行号；refuse 拒绝。",
)
@click.option("--precision", type=float, default=0.01, show_default=True, help="得分按此精度相等即为并列。")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="计算概率时所用的随机种子。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def rank_table(
    scores: Path,
    entry: str,
    judge: str,
    score: str,
    weight: str | None,
    method: str,
    entries_fixed: bool,
    scale: bool,
    quota: int | None,
    levels: str | None,
    places: bool,
    repeats: str,
    precision: float,
    seed: int,
    as_json: bool,
) -> None:
    """对评分表 SCORES（CSV、XLSX、XLS，一行一个评分；或排名页导出的工作簿）排名。

    没有分数的行是缺评，不计入，并在说明中写出行数。
    """
    marks = Marks(_words(levels), places)
    if marks.words and places:
        raise ScoreTableError("--levels 和 --places 只能用一个。")
    columns = Columns(entry, judge, score, weight)
    tables = read_tables(scores, scores.name, limits=LIMITS)
    found = read_scores(tables, columns, marks, repeats=repeats == "count")
    ranking = rank_scores(found, Wanted(Method(method), entries_fixed, scale, quota, precision, seed))
    if as_json:
        click.echo(json.dumps(to_json(ranking, agreement_of(found)), ensure_ascii=False, indent=2))
    else:
        _show(ranking)


def _words(levels: str | None) -> tuple[str, ...]:
    if levels is None:
        return ()
    words = tuple(word.strip() for word in re.split(r"[,，、]", levels) if word.strip())
    if len(words) < 2 or len(set(words)) < len(words):
        raise ScoreTableError("--levels 应从低到高写出至少两个不同的等级，用逗号隔开。")
    return words


def _show(ranking: Ranking) -> None:
    click.echo(f"{SHORT_METHODS[ranking.method]}：{ranking.reason}")
    if ranking.reliability is not None:
        sure = ranking.reliability
        needed = "—" if sure.reads_needed is None else str(sure.reads_needed)
        click.echo(
            f"信度 {sure.reached:.2f}（原始平均 {sure.reached_raw:.2f}）；评分差异中来自评委宽严的占"
            f" {sure.judge_share:.0%}；信度达到 0.8 每件约需 {needed} 个评分。"
        )
    chance = ranking.quota is not None
    click.echo("名次\t作品\t得分\t平均\t平均名次\t评阅" + ("\t进入名额的概率" if chance else ""))
    for one in ranking.entries:
        line = f"{one.rank}\t{one.id}\t{one.estimate:.2f}\t{one.raw:.2f}\t{one.raw_rank}\t{one.reads}"
        click.echo(line + (f"\t{_share(one.p_in_quota)}" if chance else ""))
    if any(one.severity is not None for one in ranking.judges):
        click.echo("\n评委\t评阅\t偏差\t标准误" + ("\t打分幅度" if ranking.scaled else ""))
        for each in ranking.judges:
            se = "—" if each.se is None else f"{each.se:.2f}"
            line = f"{each.id}\t{each.reads}\t{each.severity or 0:+.2f}\t{se}"
            click.echo(line + (f"\t{each.scale:.2f}" if each.scale is not None else ""))


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.0%}"
