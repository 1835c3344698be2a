"""The acts and things of the trail in words: what a supervisor reads and chooses from. Rooms call theirs in `audit_words.py`."""

from __future__ import annotations

from collections.abc import Mapping

from contest_portal.core.text import N_

_ACTS = {
    "core.backup": N_("备份"),
    "core.retry_failed_jobs": N_("重试失败的后台任务"),
    "core.retry_job": N_("重试后台任务"),
    "core.rotate_keys": N_("更换数据密钥"),
    "core.seal_audit": N_("给操作记录加封"),
    "core.take_data": N_("下载个人信息"),
}
_THINGS = {
    "address": N_("网页"),
    "audit_head": N_("操作记录"),
    "data_key": N_("数据密钥"),
    "job": N_("后台任务"),
    "running_process": N_("运行中的程序"),
    "storage_move": N_("文件迁移"),
}


def call(acts: Mapping[str, str], things: Mapping[str, str]) -> None:
    """Register the words of a room: its acts by their names (`people.invite`), its things by their tables."""
    _ACTS.update(acts)
    _THINGS.update(things)


def act_words() -> Mapping[str, str]:
    """Act → its words, in the order of their names: by rooms."""
    return dict(sorted(_ACTS.items()))


def words_of(act: str) -> str:
    """What the act is called; its name where nobody has called it anything."""
    return _ACTS.get(act, act)


def thing_words() -> Mapping[str, str]:
    """Table → what a row of it is called."""
    return _THINGS


def things_words_of(table: str) -> str:
    """What a row of the table is called; the table's name where nobody has called it anything."""
    return _THINGS.get(table, table)
