"""`contest-portal judging simulate`: how many of the truly best a design would find."""

from __future__ import annotations

import json
import math
from typing import Any

import click

from contest_portal.judging.ranking import Method
from contest_portal.judging.simulation import (
    LARGEST,
    Design,
    Panels,
    Replicate,
    faults,
    quota_places,
    to_json,
)
from contest_portal.judging.simulation_process import PROCESSES, run
from contest_portal.judging.simulation_words import WAYS

_POINTS = click.FloatRange(0, 100)


def _quota(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    if not (0 < value < 1 or (value >= 1 and math.isfinite(value) and value == int(value))):
        raise click.BadParameter(f"应是 0 到 1 之间的比例（如 0.1），或不小于 1 的整数名额，现在是 {value:g}。")
    return value


@click.command("simulate")
@click.option("--entries", type=int, default=240, show_default=True, help="作品数。")
@click.option("--judges", type=int, default=24, show_default=True, help="评委数。")
@click.option("--reads", type=int, default=3, show_default=True, help="每件作品评阅次数。")
@click.option(
    "--quota", type=float, default=0.1, show_default=True, callback=_quota, help="名额：0 到 1 之间为比例，1 起为件数。"
)
@click.option("--sd-entry", type=_POINTS, default=6, show_default=True, help="作品水平的标准差（分）。")
@click.option("--sd-judge", type=_POINTS, default=5, show_default=True, help="评委宽严的标准差（分）。")
@click.option("--sd-noise", type=_POINTS, default=7, show_default=True, help="单次评分偶然误差的标准差（分）。")
@click.option(
    "--panels",
    type=click.Choice([str(one) for one in Panels]),
    default="random",
    show_default=True,
    help="random 不分组，linked 分组并有跨组评阅，closed 各组互不相通。",
)
@click.option("--panel-count", type=int, default=4, show_default=True, help="分组时的组数。")
@click.option("--sd-panel", type=_POINTS, default=None, help="各组作品水平之差的标准差（分）；默认为 sd-entry 的一半。")
@click.option("--link-share", type=click.FloatRange(0, 1), default=0.3, show_default=True, help="跨组评阅比例。")
@click.option("--boundary", is_flag=True, help="另算总评阅量相同的两轮：第一轮少评，其余评阅只给名额线附近的作品。")
@click.option("--first-reads", type=int, default=None, help="两轮时第一轮每件评阅次数；默认比 reads 少 1，至少 2。")
@click.option("--steps", type=int, default=1, show_default=True, help="边界复评分几次进行，每次按最新排名选作品。")
@click.option(
    "--replicates", type=click.IntRange(1, LARGEST["replicates"]), default=100, show_default=True, help="模拟次数。"
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="随机种子；同一种子结果相同。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def simulate(
    entries: int,
    judges: int,
    reads: int,
    quota: float,
    sd_entry: float,
    sd_judge: float,
    sd_noise: float,
    panels: str,
    panel_count: int,
    sd_panel: float | None,
    link_share: float,
    boundary: bool,
    first_reads: int | None,
    steps: int,
    replicates: int,
    seed: int,
    as_json: bool,
) -> None:
    """模拟评审：按给定的规模和误差，各种排名方法平均能选中多少真正最好的作品。"""
    design = Design(
        entries, judges, reads, quota_places(quota, entries), sd_entry, sd_judge, sd_noise,
        Panels(panels), panel_count, sd_entry / 2 if sd_panel is None else sd_panel, link_share, boundary, first_reads, steps,
    )  # fmt: skip
    wrong = [str(one) for one in faults(design)]
    if boundary and not design.has_boundary:
        wrong.append(
            f"两轮评审要求第一轮每件至少评 2 次、并少于总次数：现在每件共 {reads} 次，第一轮 {design.first} 次。"
        )
    if wrong:
        raise click.UsageError("\n".join(wrong))
    (drawn,) = run([design], replicates, seed, processes=PROCESSES)
    data = to_json(design, drawn, seed)
    click.echo(json.dumps(data, ensure_ascii=False, indent=2) if as_json else _in_words(data, drawn))


def _in_words(data: dict[str, Any], drawn: list[Replicate]) -> str:
    of = f"{data['entries']} 件作品，{data['judges']} 名评委，每件 {data['reads']} 次，取前 {data['quota']} 件"
    lines = [
        f"{of}，模拟 {len(drawn)} 次。",
        "方法\t选中率\t标准误\t各次之间的标准差",
    ]
    for way, recall in data["recall"].items():
        se, sd = data["se"][way], data["sd"][way]
        spread = "—\t—" if se is None else f"±{100 * se:.1f}\t{100 * sd:.1f}"
        lines.append(f"{WAYS[way]}\t{100 * recall:.1f}%\t{spread}")
        instead = {name: share for name, share in data["used"].get(way, {}).items() if name != way}
        if way in set(Method) and instead:
            lines += [f"　其中 {100 * share:.0f}% 的模拟改用{WAYS[name]}" for name, share in instead.items()]
    if "boundary" in data:
        two = data["boundary"]
        lines.append(
            f"两轮：第一轮每件 {two['first_reads']} 次，其余 {two['boundary_reads']:.0f} 次给名额线附近的"
            f" {two['boundary_entries']:.0f} 件；总评阅量不多于一轮。"
        )
        lines += [
            f"　比一轮（{WAYS[way]}）多选中 {100 * one['gain']:+.1f} 个百分点"
            + ("" if one["se"] is None else f"（标准误 {100 * one['se']:.1f}）")
            for way, one in two["over"].items()
        ]
    return "\n".join(lines)
