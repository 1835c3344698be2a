"""The forms in which a public list is given out: whole, with names hidden, as the archive keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contest_portal.core.list_documents import ListDocument
from contest_portal.results.public_list.content import content_digest, reduced
from contest_portal.results.public_list.hiding import with_names_hidden
from contest_portal.results.publishing.documents import public_document
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.hidden_names import hidden_authors

REDUCTIONS = ("kept", "masked", "dropped")


@dataclass(frozen=True)
class GivenOut:
    """A form in which a publication was given out: whole, with names hidden, or as the archive keeps it."""

    publication: Publication
    content: dict[str, Any]
    reduction: str

    @property
    def is_whole(self) -> bool:
        return self.reduction == "kept" and not self.content.get("hidden")

    @property
    def digest(self) -> str:
        return self.publication.content_sha256 if self.is_whole else content_digest(self.content)

    @property
    def document(self) -> ListDocument:
        return public_document(self.publication, self.content, is_archived=self.reduction != "kept", as_published=True)


def forms_of(publication: Publication) -> list[GivenOut]:
    """Whole and reduced, and the same with the names that are hidden today."""
    forms = [as_given_out(publication, reduction) for reduction in REDUCTIONS]
    hidden = with_names_hidden(publication.content, hidden_authors(publication.contest_id))
    if not hidden.get("hidden"):
        return forms
    allowed = {"title": publication.title, **hidden}
    return forms + [
        GivenOut(publication, hidden if reduction == "kept" else reduced(allowed, reduction), reduction)
        for reduction in REDUCTIONS
    ]


def as_given_out(publication: Publication, reduction: str = "kept") -> GivenOut:
    """The list as it was published, or so reduced."""
    content = {"title": publication.title, **publication.content}
    return GivenOut(publication, publication.content if reduction == "kept" else reduced(content, reduction), reduction)
