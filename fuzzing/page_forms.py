"""The forms and addresses of a page, read from the page itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

LEADS = ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-address", "data-url")
FIELDS = {"input", "textarea", "select", "button"}


@dataclass
class PageForm:
    """A form: where it goes, how, its (name, value) as they stand, every choice of a name, its fields for files."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class PageReader:
    """`forms` and `addresses` of a page. Fields outside their form belong to it by its id."""

    def __init__(self, text: str) -> None:
        self.forms: list[PageForm] = []
        self.addresses: list[str] = []
        root = etree.HTML(text.replace("\x00", "").encode(), etree.HTMLParser(encoding="utf-8", huge_tree=True))
        elements = [] if root is None else [one for one in root.iter() if isinstance(one.tag, str)]
        by_element: dict[etree._Element, PageForm] = {}
        by_id: dict[str, PageForm] = {}
        for element in elements:
            self.addresses += [element.attrib[name] for name in LEADS if element.get(name)]
            if element.tag == "form":
                form = PageForm(element.get("action", ""), element.get("method", "get").upper())
                self.forms.append(form)
                by_element[element] = by_id[element.get("id", "")] = form
        for element in elements:
            if element.tag in FIELDS and element.get("name"):
                around = next((by_element[one] for one in element.iterancestors("form")), None)
                owner = by_id.get(element.attrib["form"]) if "form" in element.attrib else around
                if owner is not None:
                    _take(owner, element)


def _take(form: PageForm, element: etree._Element) -> None:
    name, value, kind = element.attrib["name"], element.get("value", ""), element.get("type", "text")
    if element.tag == "select":
        options = [(one.get("value", one.text or ""), "selected" in one.attrib) for one in element.iter("option")]
        form.choices.setdefault(name, []).extend(option for option, _chosen in options)
        form.fields += [(name, option) for option, chosen in options if chosen]
    elif element.tag == "textarea":
        form.fields.append((name, (element.text or "").removeprefix("\n")))
    elif element.tag == "button" or kind == "submit":
        form.choices.setdefault(name, []).append(value)
    elif kind == "file":
        form.files.append(name)
    elif kind in {"checkbox", "radio"}:
        form.choices.setdefault(name, []).append(value or "on")
        if "checked" in element.attrib:
            form.fields.append((name, value or "on"))
    else:
        form.fields.append((name, value))
