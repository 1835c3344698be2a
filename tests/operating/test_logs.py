"""What a server's log says of a request, and what it never says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from contest_portal.core.operating.log_words import without_people
from tests.operating.conftest import Process, until

SECRET = "Zx7-kQ29_LmNoPqRsTuVwXyZ01234567"


@pytest.mark.parametrize(
    "person",
    [
        "990000201001011234",
        "99000020100101123x",
        "９９００００２０１００１０１１２３４",
        "13912345678",
        "+86 139-1234-5678",
        "139 1234 5678",
        "teacher.li@school.example.org",
        f"https://contest.example.org/join/{SECRET}",
        f"/join/{SECRET} 404",
        "/students?name=李明&id=7",
        "postgresql://contest:s3cr3t-word@db/contest",
        "DETAIL:  Key (name)=(李明) already exists.",
        "invalid literal for int() with base 10: '阿依古丽·李明'",
    ],
)
def test_nothing_about_a_person_is_left(person: str) -> None:
    told = without_people(f"could not take 「{person}」, trying again")
    for secret in ("99000020", "９９００", "912345", "1234", "teacher.li", SECRET, "李明", "阿依古丽", "s3cr3t"):
        assert secret not in told or secret not in person, told
    assert told.startswith("could not take 「")
    assert told.endswith("」, trying again")


@pytest.mark.parametrize(
    "text",
    [
        "job 1234 (media.preview) failed",
        'File "contest_portal/results/certificates/services/issuing_of_many_certificates.py", line 28',
        "the worker host-17-abcd has ended in the middle of its work: 3 jobs begin again",
        "2026-11-26T07:30:00.123+00:00",
        "size 1500000000 bytes",
    ],
)
def test_what_is_about_nobody_stays(text: str) -> None:
    assert without_people(text) == text


def test_a_line_is_an_object_with_ids_and_without_words_of_the_request(start: Callable[..., Process]) -> None:
    site = start(CONTEST_PORTAL_JOBS_EMBEDDED="0", CONTEST_PORTAL_LOG_FORMAT="json")
    site.go_on()
    connection = site.connect()
    connection.request("GET", f"/slow/{SECRET}/7?name=liming&tel=13912345678", headers={"Cookie": "a=hidden"})
    answer = connection.getresponse()
    answer.read()
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    connection.close()
    site.tell_to_stop()
    assert site.ended() == 0
    until(lambda: '"route"' in site.log, "the line of the request")
    lines = [json.loads(line) for line in site.log.splitlines()]
    (line,) = [one for one in lines if "route" in one]
    assert {name: line[name] for name in ("method", "route", "status", "account_id", "pupil_id")} == {
        "method": "GET",
        "route": "/slow/<secret>/<int:pupil_id>",
        "status": 200,
        "account_id": None,
        "pupil_id": 7,
    }
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert isinstance(line["ms"], float)
    (warning,) = [one for one in lines if one["logger"] == "tests"]
    assert warning["request_id"] == line["request_id"]
    for secret in (SECRET, "liming", "13912345678", "990000201001011234", "hidden"):
        assert secret not in site.log


def test_a_line_of_text_says_the_same(start: Callable[..., Process]) -> None:
    site = start(CONTEST_PORTAL_JOBS_EMBEDDED="0")
    connection = site.connect()
    connection.request("GET", "/no-such-page/990000201001011234?x=1")
    assert connection.getresponse().status == 404
    connection.close()
    site.tell_to_stop()
    assert site.ended() == 0
    (line,) = [one for one in site.log.splitlines() if "GET" in one]
    assert " INFO contest_portal.core.operating.answered: GET - 404 " in line
    assert "990000" not in site.log
