"""A person at a browser: goes to pages, fills in what the labels say, presses buttons, and looks at what comes.

To look at a page is to demand of it, once at a phone's width and once at a desk's: nothing that axe objects to, no
sideways scrolling, one h1, a language, a title. Console errors, refused scripts, broken pictures and failures of the
server are gathered as `faults` all the time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Download, FilePayload, Locator, Page, Response, expect

from tests.accessibility import objections
from tests.journeys.site import PASSWORD, Site

WIDTHS = (360, 1280)
PICTURES = os.environ.get("CONTEST_PORTAL_SCREENSHOTS", "")
_CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
_SIDEWAYS = """() => { const wide = document.documentElement.scrollWidth - window.innerWidth; if (wide <= 0) return [];
    return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
        .slice(0, 4).map(e => e.outerHTML.slice(0, 160)) }"""
_SHAPE = """() => [document.documentElement.lang, document.title, document.querySelectorAll('h1').length,
    [...document.querySelectorAll('[class]')].map(e => e.tagName + '.' + e.getAttribute('class')).sort()
        .filter((name, place, all) => name !== all[place - 1]).join(' '),
    [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, place, all) => all.indexOf(id) !== place)]"""


class Person:
    """Somebody with a browser of their own. `scripts`: whether the browser runs them."""

    def __init__(self, page: Page, site: Site, *, width: int, scripts: bool) -> None:
        self.page, self.site, self.width, self.scripts = page, site, width, scripts
        self.faults: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("response", self._receive)

    # --- Going about --------------------------------------------------------------------------------------------------

    def go(self, path: str) -> Person:
        self.page.goto(path)
        self.look()
        return self

    def press(self, name: str, *, within: Locator | None = None) -> Person:
        """Press the button or follow the link of this name, and look at the page it leads to."""
        place = within or self.page.locator("body")
        target = place.get_by_role("button", name=name, exact=True).or_(
            place.get_by_role("link", name=name, exact=True)
        )
        with self.page.expect_navigation():
            target.locator("visible=true").first.click()
        self.look()
        return self

    def confirm(self, name: str, *, yes: str = "", within: Locator | None = None) -> Person:
        """Press a button that asks first, and then its yes."""
        question = self.ask(name, within=within)
        button = question.locator(".confirm-buttons button:not([data-menu-close])")
        if yes:
            expect(button).to_have_text(yes)
        with self.page.expect_navigation():
            button.click()
        self.look()
        return self

    def ask(self, name: str, *, within: Locator | None = None) -> Locator:
        """Open the question of a button that asks first."""
        place = within or self.page.locator("body")
        question = place.locator("details.confirm").filter(has=self.page.locator("summary", has_text=name)).first
        question.locator("summary").click()
        return question

    def fill(self, **fields: object) -> Person:
        """Fill in fields by their names: text and numbers, a choice by its value, a box by True or False, files by lists."""
        for name, value in fields.items():
            self.fill_in(name, value)
        return self

    def fill_in(self, name: str, value: object) -> None:
        field = self.page.locator(f'[name="{name}"]:not([type=hidden])')
        kind = field.first.get_attribute("type") or ""
        if kind == "radio":
            self.page.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            field.first.set_checked(bool(value))
        elif kind == "file":
            field.set_input_files(value)  # type: ignore[arg-type]
        elif self.page.locator(f'select[name="{name}"]').count():
            field.select_option(str(value))
        else:
            field.fill(str(value))

    def sign_in(self, name: str, password: str = PASSWORD) -> Person:
        """Sign in by the login page."""
        if "/login" not in self.page.url:
            self.go("/login")
        return self.fill(name=name, password=password).press("登录", within=self.page.locator("main"))

    def menu(self) -> Locator:
        """The opened menu of one's own account: on a phone the whole menu, at a desk the list under one's name."""
        menu = self.page.locator("details.phone-menu, details.drop").locator("visible=true").last
        menu.locator("summary").click()
        return menu

    def download(self, name: str) -> tuple[str, bytes]:
        """Press what starts a download; gives the file's name and content."""
        target = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        with self.page.expect_download() as waiting:
            target.locator("visible=true").first.click()
        arrived: Download = waiting.value
        return arrived.suggested_filename, Path(arrived.path()).read_bytes()

    def fetch(self, path: str) -> bytes:
        """What the address answers in this person's session."""
        answer = self.page.context.request.get(path)
        assert answer.ok, (path, answer.status)
        return answer.body()

    # --- Seeing -------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sees(self, *words: str) -> Person:
        """The main part of the page shows each of these words."""
        for word in words:
            expect(self.page.locator("main")).to_contain_text(word)
        return self

    def told(self, words: str) -> Person:
        """The page says what the last act did."""
        expect(self.page.locator(".flashes")).to_contain_text(words)
        return self

    def row(self, words: str) -> Locator:
        """The row of a table, or the line of a list, that has these words."""
        return self.page.locator("main tr, main li, main .card").filter(has_text=words).first

    def card(self, title: str) -> Locator:
        """The part of the page that has this heading."""
        heading = self.page.locator(".card-title").get_by_text(title, exact=True)
        return self.page.locator("main .card").filter(has=heading).first

    def look(self) -> None:
        """Demand of the page what every page promises, at both widths; without scripts, what can be asked then."""
        if not self.scripts:
            expect(self.page.locator("html")).to_have_attribute("lang", "zh-CN")
            expect(self.page.locator("h1")).to_have_count(1)
            assert self.page.title().partition(" · ")[0].strip(), self.page.url
            return
        lang, title, headings, shape, repeated = self.page.evaluate(_SHAPE)
        where = f"{self.page.url} ({title})"
        assert lang == "zh-CN", where
        assert title.partition(" · ")[0].strip(), where
        assert headings == 1, where
        assert not repeated, (where, repeated)
        kind = (re.sub(r"\d+", "0", self.page.url.removeprefix(self.site.address)).partition("?")[0], shape)
        if kind in self.site.seen:
            return
        self.site.seen.add(kind)
        for width in sorted(WIDTHS, key=lambda one: one == self.width):
            self.page.set_viewport_size({"width": width, "height": 740 if width < 500 else 860})
            self._examine(where, width)

    def _examine(self, where: str, width: int) -> None:
        if PICTURES:
            name = re.sub(r"[^\w]+", "-", self.page.url.removeprefix(self.site.address)).strip("-") or "home"
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{len(self.site.seen):03d}-{name[:60]}-{width}.png", full_page=True)
        assert self.page.evaluate(_SIDEWAYS) == [], f"{where} is wider than {width} pixels"
        assert [(rule, nodes[:4]) for rule, nodes in objections(self.page)] == [], f"{where}, {width}"

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser also writes down the status of every page that is not 200; pages are allowed to be refusals.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _receive(self, response: Response) -> None:
        resource = response.request.resource_type
        if response.status >= 500 or (response.status >= 400 and resource not in {"document", "fetch", "xhr"}):
            self.faults.append(f"{response.status} {response.url} ({resource})")


def upload(name: str, content: bytes, kind: str = "") -> FilePayload:
    """A file as a person chooses it."""
    kinds = {"jpg": "image/jpeg", "pdf": "application/pdf", "mp4": "video/mp4", "csv": "text/csv"}
    ending = name.rpartition(".")[2].lower()
    return {"name": name, "mimeType": kind or kinds.get(ending, "application/octet-stream"), "buffer": content}


def code_on(person: Person) -> str:
    """The invitation code that the person's page shows."""
    found = _CODE.search(person.text)
    assert found, person.text
    return found[0]


def rows_of(content: bytes, name: str = "list.xlsx") -> Sequence[Sequence[Any]]:
    """The cells of a downloaded workbook, sheet by sheet, as the reader of uploads finds them."""
    from contest_portal.core.spreadsheets import read_tables

    return [row.values for sheet in read_tables(content, name) for row in sheet.rows]


Join = Callable[..., Person]
"""Opens a browser for one more person: the fixture `people`."""
