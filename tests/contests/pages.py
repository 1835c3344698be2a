"""Reading a page as a browser without scripts does: what its form would send."""

from __future__ import annotations

from html.parser import HTMLParser


class _Forms(HTMLParser):
    """Collects the successful controls of each form."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self._inside = False
        self._select: tuple[str, bool] | None = None
        self._chosen: list[str] = []
        self._options: list[str] = []
        self._textarea: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._inside = True
            self.forms.append([])
        if not self._inside or "disabled" in given:
            return
        if tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if "checked" in given:
                    self._add(given["name"], given.get("value", "on"))
            elif kind not in {"file", "submit"}:
                self._add(given["name"], given.get("value", ""))
        elif tag == "select":
            self._select, self._chosen, self._options = (given["name"], "multiple" in given), [], []
        elif tag == "option":
            self._options.append(given.get("value", ""))
            if "selected" in given:
                self._chosen.append(given.get("value", ""))
        elif tag == "textarea":
            self._textarea, self._text = given["name"], ""

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._select:
            name, is_multiple = self._select
            for value in self._chosen or ([] if is_multiple else self._options[:1]):
                self._add(name, value)
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            self._add(self._textarea, self._text.removeprefix("\r\n").removeprefix("\n"))
            self._textarea = None

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].append((name, value))


def form_of(page: str, field: str) -> dict[str, list[str]]:
    """What the first form that has a control named `field` would send, in the shape that the test client takes."""
    reader = _Forms()
    reader.feed(page)
    pairs = next(form for form in reader.forms if any(name == field for name, _value in form))
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values
