"""Uploads over a network that cuts, delays and repeats; to two servers at once; many at once; onto a full disk."""

from __future__ import annotations

import hashlib
import random
import sys
import threading
from collections.abc import Callable

import pytest

from tests.faults.cutting_proxy import cutting
from tests.faults.running import Site, breaks, content_of, until
from tests.faults.test_broken_uploads import MB, ends_as_sent


def goes_through_a_bad_network(site: Site, seed: int) -> None:
    server, content = site.start(), content_of(8 * MB + seed, seed)
    browser = site.browser(server)
    url = browser.begin(len(content))
    with cutting(server.address, seed) as proxy:
        browser.go_to(proxy.address)
        while site.row(url)["state"] == "receiving":
            with breaks:
                browser.send_all(url, content, random.Random(seed).choice([MB, 4 * MB, len(content)]))
            browser.close()
        assert proxy.cuts
    ends_as_sent(site, url, content)


@pytest.mark.parametrize("seed", range(3))
def test_a_network_that_cuts_delays_and_repeats(site: Site, seed: int) -> None:
    goes_through_a_bad_network(site, seed)


def test_a_bad_network_where_files_lie_elsewhere(s3_site: Site) -> None:
    goes_through_a_bad_network(s3_site, 3)


def at_once(*what: Callable[[], object]) -> None:
    """Do all of it at the same time, each in a thread of its own."""
    gate = threading.Barrier(len(what))

    def begin(one: Callable[[], object]) -> None:
        gate.wait()
        one()

    threads = [threading.Thread(target=begin, args=(one,)) for one in what]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def test_of_two_pieces_at_once_through_two_servers_one_wins_whole(site: Site) -> None:
    servers = [site.start(), site.start()]
    browsers = [site.browser(server) for server in servers]
    size, rounds = 300_000, 12
    url = browsers[0].begin(size * rounds)
    kept = b""
    for number in range(rounds):
        pieces = [bytes([letter]) * size for letter in b"AB"]
        statuses: dict[int, int] = {}

        def send(
            which: int, at: int = number * size, told: dict[int, int] = statuses, sent: list[bytes] = pieces
        ) -> None:
            told[which] = browsers[which].send(url, at, sent[which])

        at_once(lambda send=send: send(0), lambda send=send: send(1))  # type: ignore[misc]
        winners = [which for which, status in statuses.items() if status == 204]
        assert len(winners) == 1, statuses
        assert set(statuses.values()) - {204} <= {409, 423}
        kept += pieces[winners[0]]
        assert {browser.offset(url) for browser in browsers} == {len(kept)}
    ends_as_sent(site, url, kept)


def test_what_one_server_began_the_other_continues(site: Site) -> None:
    content = content_of(6 * MB)
    servers = [site.start(), site.start()]
    browsers = [site.browser(server) for server in servers]
    url = browsers[0].begin(len(content))
    for number, at in enumerate(range(0, len(content), MB)):
        assert browsers[number % 2].offset(url) == at
        assert browsers[number % 2].send(url, at, content[at : at + MB]) == 204
    ends_as_sent(site, url, content)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read as Linux tells it")
def test_twenty_uploads_at_once_take_little_memory(site: Site) -> None:
    server, size = site.start(jobs_embedded=False), 12 * MB
    first = site.browser(server)
    content = content_of(size)
    first.send_all(first.begin(size), content, size)
    idle, most, done = server.resident_bytes(), 0, threading.Event()

    def one() -> None:
        browser = site.browser(server)
        browser.send_all(browser.begin(size), content, size)

    def watch() -> None:
        nonlocal most
        while not done.wait(0.01):
            most = max(most, server.resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    at_once(*[one] * 20)
    done.set()
    watcher.join()
    assert most - idle < 100 * MB
    assert len([path for path in site.staged("*.upload") if path.stat().st_size == size]) == 21


@pytest.mark.skipif(sys.platform == "win32", reason="there the system limits no file's size")
def test_a_disk_that_is_full_in_the_middle_harms_nothing(any_site: Site) -> None:
    site = any_site
    content, small = content_of(12 * MB), content_of(MB, 2)
    full = site.start(most_file_bytes=8 * MB)
    browser = site.browser(full)
    url, other = browser.begin(len(content)), browser.begin(len(small))
    at, status = 0, 204
    while status == 204:
        status = browser.send(url, at, content[at : at + 3 * MB // 2])
        at = browser.offset(url)
    assert status == 507
    assert at == 8 * MB
    assert browser.send(url, at, content[at : at + MB]) == 507
    assert browser.offset(url) == 8 * MB
    browser.send_all(other, small, MB)
    ends_as_sent(site, other, small)
    full.kill()
    browser.go_to(site.start().address)
    browser.send_all(url, content, 3 * MB)
    ends_as_sent(site, url, content)


@pytest.mark.skipif(sys.platform == "win32", reason="there the system limits no file's size")
def test_a_long_piece_that_fills_the_disk_is_kept_as_far_as_it_came(site: Site) -> None:
    content = content_of(30 * MB)
    full = site.start(most_file_bytes=8 * MB)
    browser = site.browser(full)
    url = browser.begin(len(content))
    with breaks:
        assert browser.send(url, 0, content) == 507
    assert browser.offset(url) == 8 * MB
    full.kill()
    browser.go_to(site.start().address)
    browser.send_all(url, content, len(content))
    ends_as_sent(site, url, content)


def test_a_disk_without_room_for_the_whole_is_507_before_the_first_byte(site: Site) -> None:
    server = site.start(upload_reserve_mb=1 << 40)
    browser = site.browser(server)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "1", "Upload-Metadata": "target dGVzdC1zaGVsZg==,shelf Nw=="}
    answer, body = browser.ask("POST", "/uploads/", headers=headers)
    assert answer.status == 507
    assert "存储空间已满" in body.decode()
    assert site.staged() == []


@pytest.mark.parametrize("where", ["die-before-storing", "die-in-take"])
def test_killed_while_the_file_is_taken_it_is_taken_once(any_site: Site, where: str) -> None:
    content, site = content_of(5 * MB), any_site
    server = site.start()
    (site.instance / where).touch()
    browser = site.browser(server)
    url = browser.begin(len(content), sha256=hashlib.sha256(content).hexdigest())
    with breaks:
        browser.send_all(url, content, 2 * MB)
    until(server.is_alive, lambda alive: not alive)
    site.start()
    ends_as_sent(site, url, content)
