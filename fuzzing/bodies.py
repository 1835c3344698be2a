"""What is sent: forms filled in and then spoilt, bodies that no form made, odd queries and headers."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import quote_from_bytes

from fuzzing.mutation import ODD_HEADERS, ODD_TYPES, changed, odd_text
from fuzzing.page_forms import PageForm
from fuzzing.samples import samples

ASKED_AGAIN = "again-password"


class Bodies:
    """Makes them; `chance` decides."""

    def __init__(self, chance: random.Random, password: str) -> None:
        self.chance, self._password, self._samples = chance, password, samples()

    def query(self) -> str:
        if self.chance.random() < 0.5:
            return ""
        names = (
            "page",
            "per_page",
            "q",
            "sort",
            "order",
            "state",
            "next",
            "format",
            "school",
            "office",
            "year",
            "category",
            "kind",
            "day",
            "v",
            "lang",
            "a[]",
            "",
        )
        pairs = [
            f"{self.chance.choice(names)}={quoted(odd_text(self.chance)[:3000])}"
            for _ in range(self.chance.choice((1, 1, 2, 5)))
        ]
        return "?" + "&".join(pairs)

    def headers(self) -> list[tuple[str, str]]:
        if self.chance.random() < 0.6:
            return []
        return [
            (name, self.chance.choice(values))
            for name, values in self.chance.sample(ODD_HEADERS, self.chance.choice((1, 1, 2, 4)))
        ]

    def junk(self, token: list[tuple[str, str]]) -> dict[str, Any]:
        """A body that no form made."""
        kind = self.chance.randrange(6)
        if kind == 0:
            return {"headers": self.headers()}
        if kind == 1:
            return {
                "data": self.chance.randbytes(self.chance.choice((1, 50, 5000))),
                "content_type": self.chance.choice(ODD_TYPES),
            }
        if kind == 2:
            values: tuple[Any, ...] = (
                None,
                1,
                -1,
                1.5,
                [],
                {},
                [1, [2]],
                {"id": None},
                "x",
                "\x00",
                {"rows": [{"id": "x"}]},
                10**40,
                True,
            )
            thing: Any = self.chance.choice(values)
            if self.chance.random() < 0.5:
                thing = {
                    self.chance.choice(
                        ("id", "ids", "rows", "credential", "response", "value", "seconds", "page")
                    ): thing
                }
            return {
                "data": json.dumps(thing).encode(),
                "content_type": "application/json",
                "headers": [*self.headers(), *token],
            }
        if kind == 3:
            content = changed(self.chance.choice(self._samples)[1], self.chance)[:200_000]
            return {
                "data": content,
                "content_type": "application/offset+octet-stream",
                "headers": [*self.tus(), *token],
            }
        fields = [
            (
                self.chance.choice(("id", "ids", "version", "reason", "state", "confirm", "title", "file", "q")),
                odd_text(self.chance),
            )
            for _ in range(3)
        ]
        return {**self.encoded(fields, []), "headers": [*self.headers(), *token]}

    def tus(self) -> list[tuple[str, str]]:
        given = [("Tus-Resumable", "1.0.0")]
        for header, values in ODD_HEADERS:
            if header.startswith("Upload-") and self.chance.random() < 0.5:
                given.append((header, self.chance.choice(values)))
        return given

    def filled(self, form: PageForm) -> list[tuple[str, str]]:
        fields = [(name, self._password if name == ASKED_AGAIN else value) for name, value in form.fields]
        for name, values in form.choices.items():
            if self.chance.random() < 0.4 and values:
                fields = [one for one in fields if one[0] != name]
                fields.append((name, self.chance.choice(values)))
        if self.chance.random() < 0.15:
            return [(name, value or self._sensible(name)) for name, value in fields]
        for _ in range(self.chance.choice((1, 1, 1, 2, 5))):
            names = [
                at for at, (name, _value) in enumerate(fields) if name != "csrf_token" or self.chance.random() < 0.05
            ]
            if not names:
                break
            at = self.chance.choice(names)
            name, value = fields[at]
            kind = self.chance.randrange(8)
            if kind == 0:
                del fields[at]
            elif kind == 1:
                fields.insert(at, (name, odd_text(self.chance, value)))
            elif kind == 2:
                fields[at] = (name + self.chance.choice(("[]", "-0", "\x00", "-99999", ".x")), value)
            elif kind == 3:
                fields[at] = (name, self.chance.choice(fields)[1])
            else:
                fields[at] = (name, odd_text(self.chance, value))
        return fields

    def _sensible(self, name: str) -> str:
        if any(word in name for word in ("date", "day", "_on")):
            return "2018-05-01"
        if name.endswith("_at"):
            return "2018-05-01T09:00"
        if any(word in name for word in ("count", "number", "points", "places", "size", "most", "id")):
            return self.chance.choice(("1", "2", "30"))
        return self.chance.choice(("月球上的农场", "请补充材料。", "1"))

    def chosen(self, form: PageForm) -> list[tuple[str, str, bytes]]:
        """(field, file name, content): nothing chosen, a good file, a spoilt one, one under another's name."""
        chosen = []
        for name in form.files:
            file_name, content = self.chance.choice(self._samples)
            kind = self.chance.randrange(6)
            if kind == 0:
                chosen.append((name, "", b""))
            elif kind == 1:
                chosen.append((name, odd_text(self.chance, file_name)[:3000], content))
            elif kind == 2:
                chosen.append((name, self.chance.choice(self._samples)[0], content))
            elif kind > 3:
                chosen.append((name, file_name, changed(content, self.chance)))
            else:
                chosen.append((name, file_name, content))
        return chosen

    def encoded(
        self, fields: list[tuple[str, str]], files: list[tuple[str, str, bytes]], *, spoilt: bool = True
    ) -> dict[str, Any]:
        """The body and its type; now and then under a wrong type."""
        boundary = b"----fuzzing0123456789"
        if files or self.chance.random() < 0.2:
            parts = [
                b'Content-Disposition: form-data; name="'
                + as_bytes(name).replace(b'"', b"%22").replace(b"\n", b"%0A")
                + b'"\r\n\r\n'
                + as_bytes(value)
                for name, value in fields
            ]
            parts += [
                b'Content-Disposition: form-data; name="' + as_bytes(name) + b'"; filename="'
                + as_bytes(file_name).replace(b'"', b"%22").replace(b"\r", b"").replace(b"\n", b"")
                + b'"\r\nContent-Type: application/octet-stream\r\n\r\n' + content
                for name, file_name, content in files
            ]  # fmt: skip
            body = (
                b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
            )
            kind = f"multipart/form-data; boundary={boundary.decode()}"
            if spoilt and self.chance.random() < 0.03:
                body = changed(body, self.chance)
        else:
            body = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in fields).encode()
            kind = "application/x-www-form-urlencoded"
        if spoilt and self.chance.random() < 0.02:
            kind = self.chance.choice(ODD_TYPES)
        return {"data": body, "content_type": kind}


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def quoted(text: str) -> str:
    return quote_from_bytes(as_bytes(text), safe="")
