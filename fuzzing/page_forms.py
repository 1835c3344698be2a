"""The forms and addresses of a page, read from the page itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageForm:
    """A form: where it goes, how, its (name, value) as they stand, every choice of a name, its fields for files."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class PageReader(HTMLParser):
    """Reads a page; then `forms` and `addresses` are there. Fields outside their form belong to it by its id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.addresses: list[str] = []
        self._by_id: dict[str, PageForm] = {}
        self._elsewhere: list[tuple[str, str, dict[str, str]]] = []
        self._form: PageForm | None = None
        self._area: PageForm | None = None
        self._select: tuple[PageForm, str] | None = None
        self.feed(text)
        for form_id, tag, given in self._elsewhere:
            if form_id in self._by_id:
                self._take(self._by_id[form_id], tag, given)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.addresses += [
            given[name]
            for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-address", "data-url")
            if given.get(name)
        ]
        if tag == "form":
            self._form = PageForm(given.get("action", ""), given.get("method", "get").upper())
            self.forms.append(self._form)
            if "id" in given:
                self._by_id[given["id"]] = self._form
        elif tag == "option":
            self._option(given)
        elif tag in {"input", "textarea", "select", "button"} and given.get("name"):
            if "form" in given:
                self._elsewhere.append((given["form"], tag, given))
            elif self._form is not None:
                self._take(self._form, tag, given)

    def _take(self, form: PageForm, tag: str, given: dict[str, str]) -> None:
        name, value, kind = given["name"], given.get("value", ""), given.get("type", "text")
        if tag == "select":
            self._select = (form, name)
            form.choices.setdefault(name, [])
        elif tag == "textarea":
            form.fields.append((name, ""))
            self._area = form
        elif tag == "button" or kind == "submit":
            form.choices.setdefault(name, []).append(value)
        elif kind == "file":
            form.files.append(name)
        elif kind in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append(value or "on")
            if "checked" in given:
                form.fields.append((name, value or "on"))
        else:
            form.fields.append((name, value))

    def _option(self, given: dict[str, str]) -> None:
        if self._select is None:
            return
        form, name = self._select
        form.choices[name].append(given.get("value", ""))
        if "selected" in given:
            form.fields.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._area.fields:
            name, value = self._area.fields[-1]
            self._area.fields[-1] = (name, value + data)
