"""Before files move: whether the processes that serve the site can use the place where they go."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Flask, current_app

from contest_portal.core.current_storage import CurrentStorage
from contest_portal.core.errors import Conflict, FieldProblem
from contest_portal.core.place_probe import problem_of, put_something
from contest_portal.core.running_processes import SITE, Living, ask, living
from contest_portal.core.storage import Storage
from contest_portal.core.text import N_, Message

PATIENCE_SECONDS = 90.0
"""A store that nothing answers at is given up by its client after about half a minute."""
POLL_SECONDS = 0.3

NO_ANSWER = Message.of(N_("它在 %(seconds)s 秒内没有回答，可能连不上这个地址。"), seconds=int(PATIENCE_SECONDS))
PARTS = {True: Message.of(N_("网站")), False: Message.of(N_("后台任务"))}


@dataclass(frozen=True)
class Answer:
    """What one running process can do with the place. `problem` is None where it reads and writes there."""

    is_site: bool
    process: Message
    problem: Message | None


class ProcessesCannot(Conflict):
    """Some of the running processes could not read the files after the move."""

    def __init__(self, answers: list[Answer]) -> None:
        source = N_(
            "没有开始搬移：有 %(count)s 个运行中的进程还不能使用新的存储，搬完后它们会打不开文件。请按下面所说的设置好，"
            "重新启动它们，再运行一次；确实要搬的，加上 --anyway。"
        )
        failed = [answer for answer in answers if answer.problem is not None]
        said = N_("%(process)s：%(why)s")
        super().__init__(
            "media.processes_cannot",
            Message.of(source, count=len(failed)),
            problems=[
                FieldProblem("target", Message.of(said, process=answer.process, why=answer.problem))
                for answer in failed
            ],
        )


def ask_processes(stores: CurrentStorage, target: str) -> list[Answer]:
    """Let every running process read and write at `target`, and read what it wrote; a process that ends meanwhile does
    not count. Raises StorageAway and its like where this process cannot use the place itself."""
    asked = [row.name for row in living(_app())]
    if not asked:
        return []
    place = stores.place(target)
    content = put_something(place)
    try:
        ask(asked, target, content)
        rows = _answered(set(asked))
        ask(asked, "", "")
        return [_answer(place, row) for row in rows]
    finally:
        place.delete(content)


def _answered(names: set[str]) -> list[Living]:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        rows = [row for row in living(_app()) if row.name in names]
        if all(row.has_answered for row in rows) or time.monotonic() >= until:
            return rows
        time.sleep(POLL_SECONDS)


def _answer(place: Storage, row: Living) -> Answer:
    is_site = row.part == SITE
    host, number, _chance = row.name.rsplit("-", 2)
    process = Message.of(
        N_("%(part)s（主机 %(host)s，进程 %(number)s）"), part=PARTS[is_site], host=host, number=number
    )
    if not row.has_answered:
        return Answer(is_site, process, NO_ANSWER)
    return Answer(is_site, process, problem_of(place, row.answered_name, row.problem))


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app
