"""The command `contest-portal report`."""

from __future__ import annotations

import json

import click
from flask import Flask

from contest_portal.core.commands import with_app
from contest_portal.core.i18n import translate
from contest_portal.reports.annual import inconsistencies
from contest_portal.reports.queries import AnnualNumbers, annual_numbers, office_of_report
from contest_portal.reports.table import category_table


@click.command("report")
@click.argument("year", type=int)
@click.option("--office", help="主办单位名称（部署中有多个单位时需要）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@with_app
def report(_app: Flask, year: int, office: str | None, as_json: bool) -> None:
    """年度总结：一年的数字和总结原句。"""
    numbers = annual_numbers(office_of_report(office, year), year)
    if as_json:
        click.echo(json.dumps(numbers.to_json(), ensure_ascii=False, indent=2))
        return
    print_report(numbers)


def print_report(numbers: AnnualNumbers) -> None:
    """The summary as text: sentence, table, and the year's other numbers."""
    if numbers.main is not None:
        click.echo(f"{numbers.main.contest.name}　{numbers.participants}参加")
        click.echo()
        click.echo(numbers.sentence)
        click.echo()
        click.echo(category_table(numbers.main.categories))
        for problem in inconsistencies(numbers.main.categories):
            click.echo(f"注意：{translate(problem)}", err=True)
    for result in numbers.upper_results:
        awards = "、".join(f"{award}{count}项" for award, count in result.items() if award != "contest")
        click.echo(f"{result['contest']}：{awards}")
    for other in numbers.others:
        measure = other.categories[0].measure if other.categories else ""
        click.echo(f"{other.contest.feeds_into_title or other.contest.name}：作品 {other.collected}{measure}")
    for honour in numbers.honours:
        click.echo(f"{honour['school']}：{honour['honour']}（{honour['by']}）")
    for activity in numbers.activities:
        facts = "，".join(f"{figure['label']} {figure['value']}" for figure in activity.figures)
        click.echo(f"{activity.name}：{facts}")


commands = [report]
