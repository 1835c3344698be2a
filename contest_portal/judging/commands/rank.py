"""`contest-portal judging rank`: the ranking of any table of scores."""

from __future__ import annotations

import json
from pathlib import Path

import click

from contest_portal.core.spreadsheets import read_tables
from contest_portal.judging.score_table import ENTRY, JUDGE, SCORE, rank_scores, read_scores, to_json
from contest_portal.judging.states import SHORT_METHODS


@click.command("rank")
@click.argument("scores", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--entry", default=ENTRY, show_default=True, metavar="列名", help="作品所在的列。")
@click.option("--judge", default=JUDGE, show_default=True, metavar="列名", help="评委所在的列。")
@click.option("--score", default=SCORE, show_default=True, metavar="列名", help="分数所在的列。")
@click.option(
    "--method", type=click.Choice(["raw", "additive", "mixed"]), default="mixed", show_default=True, help="排名方法。"
)
@click.option("--entries-fixed", is_flag=True, help="混合模型中作品按固定效应处理。")
@click.option("--precision", type=float, default=0.01, show_default=True, help="得分按此精度相等即为并列。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def rank_table(
    scores: Path, entry: str, judge: str, score: str, method: str, entries_fixed: bool, precision: float, as_json: bool
) -> None:
    """对评分表 SCORES（CSV、XLSX、XLS，一行一个评分；或排名页导出的工作簿）排名。"""
    rows = read_scores(read_tables(scores, scores.name), entry, judge, score)
    ranking = rank_scores(rows, method, entries_fixed=entries_fixed, precision=precision)
    if as_json:
        click.echo(json.dumps(to_json(ranking), ensure_ascii=False, indent=2))
        return
    click.echo(f"{SHORT_METHODS[ranking.method]}：{ranking.reason}")
    click.echo("名次\t作品\t得分\t平均\t平均名次\t评阅")
    for one in ranking.entries:
        click.echo(f"{one.rank}\t{one.id}\t{one.estimate:.2f}\t{one.raw:.2f}\t{one.raw_rank}\t{one.reads}")
    if any(one.severity is not None for one in ranking.judges):
        click.echo("\n评委\t评阅\t偏差\t标准误")
        for each in ranking.judges:
            se = "—" if each.se is None else f"{each.se:.2f}"
            click.echo(f"{each.id}\t{each.reads}\t{each.severity or 0:+.2f}\t{se}")
