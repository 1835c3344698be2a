"""Real works for the stories: what is typed and the files that go with it, made by the demo's makers."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import FilePayload

from contest_portal.demo.documents import make_application, make_report
from contest_portal.demo.films import make_film
from contest_portal.demo.pictures import make_painting
from tests.journeys.browsing import upload

PROJECT = "校园雨水回收装置的研究"
LENGTH_OF_FILM = """film => new Promise((give, fail) => { film.onerror = fail; film.onloadedmetadata = () =>
    give(film.duration); film.load(); })"""
"""Asked of a film in a page: its seconds. It answers where the browser can play it."""


@cache
def painting(number: int = 1, theme: str = "moon") -> FilePayload:
    """A painting of 3,240 × 2,280 pixels."""
    return upload(f"科幻画{number}.jpg", make_painting(number, theme))


def repainted(number: int) -> FilePayload:
    """The same picture as another file: its number stands in the file as a remark that nobody sees."""
    picture = painting()
    remark = f"{number}".encode()
    content = picture["buffer"]
    marked = content[:2] + b"\xff\xfe" + (len(remark) + 2).to_bytes(2, "big") + remark + content[2:]
    return upload(f"张晓明科幻画{number}.jpg", marked)


@cache
def film(number: int = 1, seconds: int = 185) -> FilePayload:
    """A film of three minutes."""
    return upload("影片.mp4", make_film(number, "荒漠绿洲", seconds))


@cache
def report(kind: str, name: str, number: int = 1) -> FilePayload:
    """A paper of that kind (research, novelty, …)."""
    return upload(f"{name}.pdf", make_report(number, kind, PROJECT, "雨水回收装置"))


@cache
def application(number: int = 1) -> FilePayload:
    """A signed and stamped form, as scanned."""
    return upload(
        "申报书.pdf", make_application(number, PROJECT, [("作者", "张晓明、周子涵"), ("学校", "甘州区南街小学")])
    )
