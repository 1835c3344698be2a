"""Which files each entry of the demo has, and the processes that make them while the database is being filled."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from contest_portal.demo.chance import chance
from contest_portal.demo.documents import make_application, make_report
from contest_portal.demo.films import make_film
from contest_portal.demo.pictures import make_painting, make_painting_again, make_photo
from contest_portal.demo.plan import MAKER, Plan
from contest_portal.demo.schools import SchoolPlan
from contest_portal.demo.works import WorkPlan

PROCESSES = 2
MAKERS: dict[str, Callable[..., bytes]] = {
    "painting": make_painting,
    "painting again": make_painting_again,
    "photo": make_photo,
    "film": make_film,
    "report": make_report,
    "application": make_application,
}
_EXTENSIONS = {
    "painting": "jpg",
    "painting again": "jpg",
    "photo": "jpg",
    "film": "mp4",
    "report": "pdf",
    "application": "pdf",
}


@dataclass(frozen=True)
class FilePlan:
    """A file to be made: the slot it goes into, its name, who makes it of what."""

    slot: str
    stem: str
    maker: str
    arguments: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.stem}.{_EXTENSIONS[self.maker]}"


def files_of(plan: Plan, school: SchoolPlan, work: WorkPlan, *, again: bool = False) -> list[FilePlan]:
    """The files of an entry; a draft has but the first of them. `again`: the form signed anew for a returned entry."""
    number = work.number + 10_000 * plan.seed
    rng = chance(plan.seed, "files", work.number)
    form = _application(number + (5_000 if again else 0), school, work)

    def report(slot: str, stem: str, kind: str) -> FilePlan:
        return FilePlan(slot, stem, "report", (number, kind, work.title, work.subject))

    def photo(slot: str, stem: str, place: int = 0) -> FilePlan:
        return FilePlan(slot, stem, "photo", (number * 10 + place,))

    made: list[FilePlan] = []
    match work.code:
        case "CG":
            made = [form, _research(number, plan, work), report("novelty", "查新报告", "novelty")]
            if rng.random() < 0.3:
                made.append(photo("photos", "实物照片"))
            if rng.random() < 0.25:
                made.append(report("log", "研究日志", "log"))
            if rng.random() < 0.3:
                made.append(report("integrity", "诚信自查书", "integrity"))
            if rng.random() < 0.15:
                made.append(report("drawings", "结构图", "drawing"))
            if work.answers["uses_wildlife"]:
                made.append(report("wildlife", "野生动植物使用证明", "certificate"))
        case "KH":
            made = [_painting(number, plan, work)]
        case "SJ":
            made = [form, report("report", "活动报告", "activity")]
            if rng.random() < 0.4:
                made.append(report("material", "观察记录", "material"))
            if rng.random() < 0.3:
                made.append(photo("material", "活动现场"))
        case "DV":
            seconds = rng.randint(*plan.film_seconds)
            made = [FilePlan("film", work.title, "film", (number, work.title, seconds, work.subject)), form]
        case "FA":
            made = [form, report("plan", "活动方案", "plan")]
        case "FX":
            made = [form, report("description", "项目说明", "description"), photo("photos", "实物照片")]
        case "CK" if work.answers["is_object"]:
            seconds = rng.randint(32, 60)
            film = FilePlan("demo_video", "演示视频", "film", (number, work.title, seconds, work.subject))
            made = [form, photo("photos", "实物照片"), film]
        case _:
            themes = ("city", "helper", "space", "moon", "desert", "islands")
            painting = FilePlan("photos", "创意绘画", "painting", (number, rng.choice(themes), "star"))
            made = [form, painting]
    return made[: 0 if work.code == "KH" else 1] if work.fate == "draft" else made


def _painting(number: int, plan: Plan, work: WorkPlan) -> FilePlan:
    if work.original is None:
        return FilePlan("painting", work.title, "painting", (number, work.theme, work.sign))
    first = work.original
    shown = (first.number + 10_000 * plan.seed, first.theme, first.sign, number)
    return FilePlan("painting", work.title, "painting again", shown)


def _research(number: int, plan: Plan, work: WorkPlan) -> FilePlan:
    arguments = (number, "research", work.title, work.subject)
    copied = (("copied", work.original.number + 10_000 * plan.seed),) if work.original else ()
    return FilePlan("report", "研究报告", "report", arguments, copied)


def _application(number: int, school: SchoolPlan, work: WorkPlan) -> FilePlan:
    """The signed form: it names people, and judges do not see it."""
    people = [*(one.name for one in work.pupils), *([work.author.name] if work.author else [])]
    facts = [("作者", "、".join(people)) if people else ("申报群体", work.group_name), ("学校", school.name)]
    if work.tutors:
        facts.append(("辅导教师", "、".join(one.name for one in work.tutors)))
    if work.discipline:
        facts.append(("学科", work.discipline))
    if work.completed_on:
        facts.append(("完成日期", work.completed_on.isoformat()))
    contest = "青少年创客创意大赛" if work.contest == MAKER else "青少年科技创新大赛"
    options = (
        ("summary", work.summary),
        ("code", work.code),
        ("subject", work.subject),
        ("heading", f"{contest}申报书"),
        ("signed_on", (work.created_at - timedelta(days=1 + number % 5)).date()),
    )
    return FilePlan("application", "申报书", "application", (number, work.title, tuple(facts)), options)


def consent_scan(number: int, pupil: str, guardian: str, relation: str) -> FilePlan:
    """A guardian's signed consent as a scan."""
    facts = (("学生", pupil), ("监护人", guardian), ("与学生的关系", relation))
    options = (("heading", "监护人同意书"), ("summary", "同意该生参加本届竞赛，并已阅读个人信息处理说明。"))
    return FilePlan("consent", f"监护人同意书（{pupil}）", "application", (number, "参加科技创新大赛", facts), options)


def make_into(file: FilePlan, path: str) -> str:
    """Make the file at `path`; runs in a process of its own."""
    Path(path).write_bytes(MAKERS[file.maker](*file.arguments, **dict(file.options)))
    return path


class Workshop:
    """Makes files in two processes, in the order in which they were ordered. What is fetched is handed over once."""

    def __init__(self, processes: int = PROCESSES) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="contest-portal-demo-"))
        self._pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_step_back)
        self._orders: dict[FilePlan, Future[str]] = {}
        self.made = 0

    def order(self, files: Iterable[FilePlan]) -> None:
        """Have these files made, as soon as those before them are done."""
        for file in files:
            path = self._folder / f"{len(self._orders):05d}"
            self._orders[file] = self._pool.submit(make_into, file, str(path))

    def fetch(self, file: FilePlan) -> bytes:
        """The file's content; waits for it if need be."""
        path = Path(self._orders[file].result())
        content = path.read_bytes()
        path.unlink()
        self.made += 1
        return content

    def close(self) -> None:
        """End the processes and remove what nobody fetched."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def _step_back() -> None:
    """Let the process that fills the database go first where the system knows such a thing."""
    if hasattr(os, "nice"):
        os.nice(5)


def all_files(plan: Plan, schools: Sequence[SchoolPlan], works: Iterable[WorkPlan]) -> list[FilePlan]:
    """Every entry's files, in the order in which the entries' drafts are begun."""
    ordered = sorted(works, key=lambda one: (one.created_at, one.number))
    return [file for work in ordered for file in files_of(plan, schools[work.school], work)]
