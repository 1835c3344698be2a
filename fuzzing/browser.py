"""A browser as far as it matters here: its cookies, and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from fuzzing.page_forms import PageReader


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    kind: str
    location: str
    data: bytes

    @property
    def is_page(self) -> bool:
        return self.kind.startswith("text/html")

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @cached_property
    def page(self) -> PageReader:
        """Read once, whoever wants its forms or its links."""
        return PageReader(self.text)


@dataclass
class Browser:
    """The cookies that somebody holds."""

    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def take(self, given: list[str]) -> None:
        for one in given:
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value
