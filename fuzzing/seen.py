"""What pages led to: the addresses and forms that a walk can choose from."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from fuzzing.page_forms import PageReader

MOST_OF_EACH = 60


class Seen:
    """Addresses of each endpoint, values of each name in them, forms by the endpoint they are sent to; with who was
    shown them where. `chance` decides what makes room for what is newer."""

    def __init__(self, urls: Map, chance: random.Random) -> None:
        self.addresses: dict[str, list[tuple[str, dict[str, Any], str]]] = defaultdict(list)
        self.values: dict[str, list[Any]] = defaultdict(list)
        self.forms: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._urls, self._chance = urls.bind("localhost"), chance
        self._matched: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}

    def note(self, name: str, address: str, page: PageReader) -> None:
        """Remember where the page leads that `name` was shown at `address`."""
        for link in dict.fromkeys(page.addresses):  # each once, in their order
            if not link.startswith("/") or link.startswith("/static"):
                continue
            for method in ("GET", "POST"):
                endpoint, values = self._match(link, method)
                if not endpoint:
                    continue
                self._keep(self.addresses[endpoint], (name, values, urlsplit(link).query))
                for argument, value in values.items():
                    self._keep(self.values[argument], value)
        for form in page.forms:
            if form.method == "POST" and (endpoint := self.endpoint(form.action or address)):
                self._keep(self.forms[endpoint], (name, address, form.action))

    def endpoint(self, address: str, method: str = "POST") -> str:
        """Where the address leads; "" where nowhere."""
        return self._match(address, method)[0]

    def _match(self, address: str, method: str) -> tuple[str, dict[str, Any]]:
        """The endpoint and the values in the address. Pages lead to the same ones again and again."""
        try:
            asked = urlsplit(address).path, method
            if asked not in self._matched:
                endpoint, values = self._urls.match(*asked)
                self._matched[asked] = str(endpoint), dict(values)
            return self._matched[asked]
        except (HTTPException, RequestRedirect, ValueError, UnicodeError):
            return "", {}

    def _keep(self, kept: list[Any], one: Any) -> None:
        if one in kept:
            return
        if len(kept) < MOST_OF_EACH:
            kept.append(one)
        else:
            kept[self._chance.randrange(MOST_OF_EACH)] = one
