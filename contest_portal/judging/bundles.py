"""A round's bundle: everything that its plans and rankings follow from, without a name, and the check by computing again.

A ZIP of JSON files whose bytes depend on their content alone: `manifest.json` names format, algorithms and the SHA-256 of
every other file; `round.json` the settings; `plan.json` each assignment, repair and handing over with its problem and
seed, and the tasks given by hand; `inputs.json` the sheets and settings of each category; `ranking.json` what was frozen.
Pure.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.core.text import N_, Message
from contest_portal.judging import assignment, ranking
from contest_portal.judging.assignment import Infeasible, Repair, assign, repair
from contest_portal.judging.frozen import Inputs, canonical, rankings_of
from contest_portal.judging.plan_documents import problem_of

FORMAT = 1
MANIFEST = "manifest.json"
PARTS = ("round.json", "plan.json", "inputs.json", "ranking.json")
MOST_BYTES = 512 << 20
"""Of all files unpacked: far above 10,000 works with 300 judges."""

_MOMENT = (2018, 1, 1, 0, 0, 0)
_DAMAGES = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, OSError, ValueError, KeyError)
"""What zipfile raises by the place of a damaged byte: an offset before the file's beginning is a ValueError."""


class BundleError(ValueError):
    """The file is no bundle, or was damaged; `message` says in which way."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class BundleChanged(BundleError):
    """The bundle can be read, and a part of it is not what was packed."""


@dataclass(frozen=True)
class Finding:
    """One thing that was computed again: what, and whether it came out the same, byte for byte."""

    what: Message
    same: bool
    detail: Message | None = None


def write_bundle(parts: Mapping[str, Any]) -> bytes:
    """The ZIP of the parts (`PARTS` → JSON-able data). Equal parts give equal bytes."""
    files = {name: canonical(parts[name]) for name in PARTS}
    manifest = {
        "format": FORMAT,
        "algorithms": {"assignment": assignment.VERSION, "ranking": ranking.VERSION},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {MANIFEST: canonical(manifest), **files}.items():
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(info, content, compresslevel=6)
    return out.getvalue()


def read_bundle(content: bytes) -> dict[str, Any]:
    """The parts, each checked against the manifest. Raises BundleError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            if missing := [name for name in (MANIFEST, *PARTS) if name not in sizes]:
                raise BundleError(
                    Message.of(N_("数据包中缺少「%(name)s」，可能不是本系统导出的数据包。"), name=missing[0])
                )
            if sum(sizes[name] for name in (MANIFEST, *PARTS)) > MOST_BYTES:
                raise BundleError(Message(N_("数据包解开后过大，没有读取。")))
            files = {name: archive.read(name) for name in (MANIFEST, *PARTS)}
    except BundleError:
        raise
    except _DAMAGES as failure:
        raise BundleError(Message(N_("这不是一个完好的 ZIP 数据包，请重新导出。"))) from failure
    manifest = _json(files[MANIFEST], MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BundleError(Message(N_("数据包的格式不是本版本程序能读的格式。")))
    known = manifest.get("files")
    for name in PARTS:
        found = hashlib.sha256(files[name]).hexdigest()
        if not isinstance(known, dict) or known.get(name) != found:
            raise BundleChanged(Message.of(N_("「%(name)s」与清单中的指纹不符，内容被改动过。"), name=name))
    return {MANIFEST: manifest, **{name: _json(files[name], name) for name in PARTS}}


def replay(parts: Mapping[str, Any]) -> list[Finding]:
    """Compute plans and rankings again. Raises BundleError for parts that cannot be understood."""
    try:
        return [*_replayed_plans(parts["plan.json"]), *_replayed_rankings(parts["inputs.json"], parts["ranking.json"])]
    except BundleError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as failure:
        raise BundleError(
            Message.of(N_("数据包的内容不完整，无法重算（%(what)s）。"), what=repr(failure)[:120])
        ) from failure


def _replayed_plans(changes: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Each change of the plan: computed again, or given by hand. Every task that changed hands was given before; of a
    round that was opened by a program which kept no plan that cannot be told."""
    given: set[tuple[Any, Any]] = set()
    is_whole = bool(changes) and changes[0]["kind"] == "opening"
    findings = []
    for change in changes:
        if change["kind"] == "opening":
            given |= _pairs(change["plan"])
        known = not is_whole or all(
            giver is None or (giver, entry) in given for entry, giver, _taker in change["moved"]
        )
        findings.append(_given_by_hand(change, known) if change["kind"] == "hand" else _replayed_plan(change))
        given |= {(taker, entry) for entry, _giver, taker in change["moved"] if taker is not None}
    return findings


def _given_by_hand(change: Mapping[str, Any], known: bool) -> Finding:
    """Nothing to compute: who gave the task, when and why; the same if the giver had it."""
    what = Message.of(N_("第 %(number)s 次分配（由人工改派）"), number=change["number"])
    if not known:
        return Finding(what, same=False, detail=Message(N_("改派的任务不在此前的分配之中。")))
    [[entry, giver, taker]] = change["moved"]
    told = N_("作品 %(entry)s 由评委 %(giver)s 改给评委 %(taker)s；账号 %(by)s 于 %(at)s 改派，原因：%(why)s")
    values = {"by": change.get("by") or "—", "at": change.get("at") or "—", "why": change.get("why") or "—"}
    return Finding(what, same=True, detail=Message.of(told, entry=entry, giver=giver, taker=taker, **values))


_PLAN_WORDS = {
    "opening": N_("第 %(number)s 次分配（开始评审）"),
    "repair": N_("第 %(number)s 次分配（调整）"),
    "conflict": N_("第 %(number)s 次分配（评委回避，任务转交）"),
}


def _replayed_plan(change: Mapping[str, Any]) -> Finding:
    what = Message.of(_PLAN_WORDS[change["kind"]], number=change["number"])
    if change["algorithm"] != assignment.VERSION:
        told = N_("当时的分配算法是第 %(then)s 版，本程序是第 %(now)s 版，不能重算。")
        return Finding(what, same=False, detail=Message.of(told, then=change["algorithm"], now=assignment.VERSION))
    document = change["problem"]
    left = [[entry, judge, None] for judge, entry in document.get("left", ())]
    if change["kind"] == "conflict" and "entries" not in document:
        return Finding(what, canonical([[], left]) == canonical([change["plan"], change["moved"]]))
    problem = problem_of(document)
    if change["kind"] == "opening":
        outcome: Any = assign(problem, change["seed"])
        plan, moved = outcome, []
    else:
        outcome = repair(
            problem,
            _pairs(document["plan"]),
            _pairs(document["submitted"]),
            change["seed"],
            begun_pairs=_pairs(document["begun"]),
            even=document["even"],
        )
        plan = outcome.plan if isinstance(outcome, Repair) else outcome
        moved = [[m.entry, m.giver, m.taker] for m in outcome.moves] if isinstance(outcome, Repair) else []
    pairs = [] if isinstance(plan, Infeasible) else [list(pair) for pair in plan.pairs]
    return Finding(what, canonical([pairs, [*moved, *left]]) == canonical([change["plan"], change["moved"]]))


def _pairs(listed: Sequence[Sequence[Any]]) -> set[tuple[Any, Any]]:
    return {(judge, entry) for judge, entry in listed}


def _replayed_rankings(inputs: Sequence[Mapping[str, Any]], frozen: Sequence[Mapping[str, Any]]) -> list[Finding]:
    computed, ours = {}, {row["category"] for row in frozen if row["facts"].get("version") == ranking.VERSION}
    for one in inputs:
        if one["category"] not in ours:
            continue  # another version's inputs may be written in another way
        for made in rankings_of(Inputs.from_dict(one["inputs"])):
            computed[one["category"], made.stage] = {"method": made.method, "facts": made.facts, "lines": made.lines}
    findings = []
    for row in frozen:
        key = (row["category"], row["stage"])
        words = N_("排名：%(category)s（%(stage)s）") if row["stage"] else N_("排名：%(category)s")
        what = Message.of(words, category=row["category"], stage=row["stage"])
        then = row["facts"].get("version")
        if then != ranking.VERSION:
            told = N_("当时的排名算法是第 %(then)s 版，本程序是第 %(now)s 版，不能重算。")
            findings.append(Finding(what, same=False, detail=Message.of(told, then=then, now=ranking.VERSION)))
            continue
        again = computed.get(key)
        same = again is not None and canonical(again) == canonical(
            {name: row[name] for name in ("method", "facts", "lines")}
        )
        findings.append(Finding(what, same))
    if missing := sorted(set(computed) - {(row["category"], row["stage"]) for row in frozen}):
        words = N_("排名：%(category)s 没有收入数据包。")
        findings.append(Finding(Message.of(words, category=missing[0][0]), same=False))
    return findings


def _json(content: bytes, name: str) -> Any:
    try:
        return json.loads(content.decode())
    except (ValueError, RecursionError) as failure:  # no UTF-8, no JSON, or a number of thousands of digits
        raise BundleError(Message.of(N_("「%(name)s」不是有效的 JSON 文件。"), name=name)) from failure
