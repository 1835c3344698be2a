"""Numbers in addresses: `<int:…>` of every route."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, ValidationError

from contest_portal.core.listing import LARGEST_NUMBER


class BoundedNumber(IntegerConverter):
    """A number that can be an id. A larger one is no address of ours (404), instead of an error of the database."""

    def to_python(self, value: str) -> int:
        if len(value) > len(str(LARGEST_NUMBER)) or int(value) > LARGEST_NUMBER:
            raise ValidationError
        return int(super().to_python(value))
