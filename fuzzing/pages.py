"""Random requests: every route and method, as everybody, forms filled in from the page itself and then spoilt."""

from __future__ import annotations

import io
import json
import logging
import random
import time
from collections import Counter
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from werkzeug.test import create_environ, run_wsgi_app

from fuzzing.bodies import Bodies, as_bytes, quoted
from fuzzing.browser import Answer, Browser
from fuzzing.findings import Findings, Listener, signature_of, story_of
from fuzzing.mutation import odd_text
from fuzzing.seen import Seen
from fuzzing.site import MOMENTS, Site

ROUND = 1000
SENT_OF_A_PAGE = 3
QUICK_JOBS, SLOW_JOBS = 6, 2
"""Of those that wait at a round's end."""
SLOW_SECONDS = 10.0
METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "POST", "GET", "PROPFIND", "甲")
NOBODY = ""
PLEASE_WAIT = {"core.ready"}
"""These answer 503 by design while no worker runs."""


class Walk:
    """One run; `chance` decides everything, so a seed gives the same run on the same program and demo."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site, self.chance = site, random.Random(seed)
        self.findings, self.statuses, self.asked = Findings(), Counter[int](), Counter[str]()
        self.requests, self.refused_sign_ins, self.slowest = 0, 0, (0.0, "")
        self._listener = Listener()
        for logger in (logging.getLogger(), site.app.logger):
            logger.addHandler(self._listener)
        self._bodies = Bodies(self.chance, site.password)
        self._browsers: dict[str, Browser] = {}
        self._seen = Seen(site.app.url_map, self.chance)
        self._path_of = {rule.endpoint: rule.rule for rule in site.app.url_map.iter_rules()}
        self._rules = [rule for rule in site.app.url_map.iter_rules() if rule.endpoint != "static"]

    def run(self, requests: int, seconds: float) -> None:
        """Until that many requests or seconds are through."""
        ends, rounds = time.monotonic() + seconds, 0
        while self.requests < requests and time.monotonic() < ends:
            self.site.begin_round(MOMENTS[rounds % len(MOMENTS)], asks_again=rounds % 2 == 1)
            self._browsers = {}
            if rounds < len(MOMENTS):
                self._look_around(4 if rounds else 25)
            round_ends = self.requests + ROUND
            while self.requests < min(round_ends, requests) and time.monotonic() < ends:
                self._step()
            self._do_jobs()
            rounds += 1
            print(
                f"{self.requests} requests, {len(self.asked)} of {self._pairs()} routes and methods, "
                f"faults {len(self.findings.counts)}, statuses {dict(sorted(self.statuses.items()))}",
                flush=True,
            )

    def _pairs(self) -> int:
        return sum(len((rule.methods or set()) - {"HEAD", "OPTIONS"}) for rule in self._rules)

    def _look_around(self, pages: int) -> None:
        """Follow each one's links, so that there are addresses and forms to choose from."""
        for name in (NOBODY, *(one.login_name for one in self.site.logins)):
            waiting, known = ["/"], {"/"}
            for _ in range(pages):
                if not waiting:
                    break
                address = waiting.pop(self.chance.randrange(len(waiting)))
                answer = self._ask(name, "GET", address)
                if answer is None or not answer.is_page:
                    continue
                for link in answer.page.addresses:
                    path = urlsplit(link).path if link.startswith("/") else ""
                    if path and path not in known and not path.startswith(("/static", "/logout")):
                        known.add(path)
                        waiting.append(link)

    def _step(self) -> None:
        if self.chance.random() < 0.4 and self._seen.forms:
            endpoint = self.chance.choice(list(self._seen.forms))
            self.asked[f"POST {self._path_of[endpoint]}"] += 1
            self._send_a_form(endpoint)
            return
        rule = self.chance.choice(self._rules)
        method = self.chance.choice(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) or ["OPTIONS"])
        if self.chance.random() < 0.03:
            method = self.chance.choice(METHODS)
        self.asked[f"{method} {rule.rule}"] += 1
        if method == "POST" and rule.endpoint in self._seen.forms and self.chance.random() < 0.75:
            self._send_a_form(rule.endpoint)
            return
        name, address = self._address(rule)
        if self.chance.random() < 0.25:
            name = self._anybody()
        if method == "GET":
            self._ask(name, method, address + self._bodies.query(), headers=self._bodies.headers())
        else:
            junk = self._bodies.junk(self._token(name))
            if self.chance.random() < 0.7:  # a refusal asked for as data is its bare status: no page need be drawn
                junk["headers"] = [*junk.get("headers", []), ("Accept", "application/json")]
            self._ask(name, method, address, **junk)

    def _anybody(self) -> str:
        return self.chance.choice((NOBODY, *(one.login_name for one in self.site.logins)))

    def _address(self, rule: Any) -> tuple[str, str]:
        """Who asks, and an address of the rule: one that a page showed, or one with values of other rows, or odd ones."""
        seen = self._seen.addresses[rule.endpoint]
        name, values, query = self.chance.choice(seen) if seen else (self._anybody(), {}, "")
        values = dict(values)
        for argument in rule.arguments:
            known = self._seen.values[argument]
            if argument not in values or self.chance.random() < 0.15:
                values[argument] = self.chance.choice(known) if known else self.chance.choice((1, 2, "a", "0"))
        path = "".join(
            part if not is_argument else quote(str(values.get(part, "x")), safe="")
            for is_argument, part in rule._trace[1:]
        )
        if rule.arguments and self.chance.random() < 0.15:
            pieces = path.split("/")
            at = self.chance.randrange(len(pieces))
            pieces[at] = quoted(odd_text(self.chance, pieces[at])[:3000])
            path = "/" + "/".join(pieces).lstrip("/")
        return name, path + (f"?{query}" if query and self.chance.random() < 0.6 else "")

    def _token(self, name: str) -> list[tuple[str, str]]:
        """The CSRF token, as scripts send it."""
        if self.chance.random() < 0.2:
            return []
        answer = self._ask(name, "GET", "/csrf")
        try:
            return [("X-CSRFToken", str(next(iter(json.loads(answer.text).values()))))] if answer is not None else []
        except (AttributeError, StopIteration, ValueError):
            return []

    def _send_a_form(self, endpoint: str) -> None:
        """Get the page again, fill its forms in as they stand, spoil some of it, and send them."""
        name, page, _action = self.chance.choice(self._seen.forms[endpoint])
        answer = self._ask(name, "GET", page)
        if answer is None or not answer.is_page:
            return
        forms = [one for one in answer.page.forms if self._seen.endpoint(one.action or page) == endpoint]
        if not forms:
            return
        for _ in range(self.chance.randint(1, SENT_OF_A_PAGE)):
            form = self.chance.choice(forms)
            fields, files = self._bodies.filled(form), self._bodies.chosen(form)
            self._ask(
                name,
                "POST",
                form.action or page,
                headers=self._bodies.headers() if self.chance.random() < 0.2 else [],
                **self._bodies.encoded(fields, files),
            )

    def _ask(
        self,
        name: str,
        method: str,
        address: str,
        *,
        data: bytes = b"",
        content_type: str = "",
        headers: list[tuple[str, str]] | None = None,
    ) -> Answer | None:
        """One request and what is to be said of its answer."""
        browser = self._browser(name)
        headers = [*([("Content-Type", content_type)] if content_type else []), *(headers or [])]
        shown = ", ".join(f"{key}: {value[:80]}" for key, value in headers)
        story = (
            f"{name or 'nobody'} at {self.site.clock.now():%m-%d}: {method} {address[:500]} [{shown}] {data[:1200]!r}"
        )
        self.requests += 1
        began, answer, error = time.thread_time(), None, None
        try:
            answer = self._open(browser, method, address, data, headers)
        except Exception as raised:  # noqa: BLE001 - whatever leaves the program is a fault
            error = raised
        took = time.thread_time() - began
        self.slowest = max(self.slowest, (took, f"{method} {address[:120]}"))
        self._judge(story, method, address, answer, error, took)
        if answer is not None:
            self.statuses[answer.status] += 1
            if answer.is_page and answer.status < 500:
                self._seen.note(name, address, answer.page)
            if answer.status in {302, 303} and "/login" in answer.location and name:
                self._browsers.pop(name, None)  # signed out or its password changed: again next time
        return answer

    def _open(self, browser: Browser, method: str, address: str, data: bytes, headers: list[tuple[str, str]]) -> Answer:
        """As a server hands it over, whatever it is: the test client would refuse what no browser sends."""
        path, _, query = address.partition("#")[0].partition("?")
        environ: dict[str, Any] = {
            **create_environ("/"),
            "REQUEST_METHOD": as_bytes(method).decode("latin-1"),
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") or "/",
            "QUERY_STRING": as_bytes(query).decode("latin-1"),
            "REMOTE_ADDR": f"10.{self.requests >> 16 & 255}.{self.requests >> 8 & 255}.{self.requests & 255}",
            "CONTENT_LENGTH": str(len(data)),
            "HTTP_COOKIE": browser.header,
            "wsgi.input": io.BytesIO(data),
            "wsgi.errors": io.StringIO(),
        }
        for header, value in headers:
            key = header.upper().replace("-", "_")
            environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        parts, status, given = run_wsgi_app(self.site.app, environ, buffered=True)
        browser.take(given.getlist("Set-Cookie"))
        return Answer(
            int(status.partition(" ")[0]), given.get("Content-Type", ""), given.get("Location", ""), b"".join(parts)
        )

    def _judge(
        self, story: str, method: str, path: str, answer: Answer | None, error: Exception | None, took: float
    ) -> None:
        endpoint = self._seen.endpoint(path, method) or "an address of no route"
        heard = self._listener.take()
        if error is not None:
            self.findings.add(
                f"{method} {endpoint}: left the program: {signature_of(error)}", f"{story}\n{story_of(error)}"
            )
        for record in heard:
            if record.exc_info and record.exc_info[1]:
                raised = record.exc_info[1]
                self.findings.add(f"{method} {endpoint}: {signature_of(raised)}", f"{story}\n{story_of(raised)}")
            elif endpoint not in PLEASE_WAIT:
                self.findings.add(f"{method} {endpoint}: logged {record.getMessage()[:80]}", story)
        if answer is not None and answer.status >= 500 and not heard and endpoint not in PLEASE_WAIT:
            self.findings.add(f"{method} {endpoint}: {answer.status}", story)
        if took > SLOW_SECONDS:
            self.findings.add(f"{method} {endpoint}: slow", f"{story}\n{took:.1f} s of processor time")

    def _do_jobs(self) -> None:
        try:
            self.site.work(QUICK_JOBS, slow=SLOW_JOBS)
        except Exception as error:  # noqa: BLE001 - likewise
            self.findings.add(f"jobs: left the program: {signature_of(error)}", story_of(error))
        for record in self._listener.take():
            raised = record.exc_info[1] if record.exc_info else None
            if raised is not None:
                self.findings.add(f"job: {signature_of(raised)}", f"{record.getMessage()}\n{story_of(raised)}")

    def _browser(self, name: str) -> Browser:
        """The browser of that account, signed in by the form."""
        if name in self._browsers:
            return self._browsers[name]
        browser = self._browsers[name] = Browser()
        if name:
            page = self._open(browser, "GET", "/login", b"", []).page
            form = next(one for one in page.forms if any(field == "password" for field, _ in one.fields))
            fields = [(key, value) for key, value in form.fields if key not in {"name", "password"}]
            given = self._bodies.encoded([*fields, ("name", name), ("password", self.site.password)], [], spoilt=False)
            answer = self._open(browser, "POST", "/login", given["data"], [("Content-Type", given["content_type"])])
            if answer.status != 302:
                self.refused_sign_ins += 1
        return browser
