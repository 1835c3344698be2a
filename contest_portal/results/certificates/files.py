"""An uploaded PDF against the certificates that were given: the very file, or one that says it is one of them.

Its text is read in the sandbox, as that of entries' files is. Nothing of the file is kept.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import size as size_text
from contest_portal.core.radicals import AS_CHARACTERS
from contest_portal.core.staging import staging
from contest_portal.core.text import N_, Message
from contest_portal.media.probing import DerivativeError, media_reader
from contest_portal.results.certificates.models import Certificate
from contest_portal.results.certificates.queries.own import certificates_made_as, certificates_told_of

MOST_BYTES = 5 << 20
MOST_LETTERS = 20_000
_UNREADABLE = N_("这个文件打不开：不是 PDF，或已损坏、设有打开密码。请上传下载的证书 PDF 原文件。")


@dataclass(frozen=True)
class FileAnswer:
    """The certificates that the file is, or says it is; `is_same`: it is the very file that was made."""

    rows: Sequence[Certificate]
    is_same: bool


def check_file(content: bytes) -> FileAnswer:
    """What the PDF is. Raises Invalid for one that is too large, or that cannot be read and is none of the known files."""
    if len(content) > MOST_BYTES:
        message = Message.of(N_("文件超过 %(limit)s，不是证书的原文件。"), limit=size_text(MOST_BYTES))
        raise Invalid("results.certificate_file_size", message, field="file")
    same = certificates_made_as(hashlib.sha256(content).hexdigest())
    if same:
        return FileAnswer(same, is_same=True)
    return FileAnswer(certificates_told_of(_text(content)), is_same=False)


def _text(content: bytes) -> str:
    if not content.startswith(b"%PDF-"):
        raise Invalid("results.certificate_file", Message(_UNREADABLE), field="file")
    staging().prepare()
    with tempfile.NamedTemporaryFile(dir=staging().temporary, prefix="check-", suffix=".pdf") as file:
        file.write(content)
        file.flush()
        try:
            words = media_reader().read_text(staging().temporary / file.name).words
        except DerivativeError as error:
            raise Invalid("results.certificate_file", Message(_UNREADABLE), field="file") from error
    return words[:MOST_LETTERS].translate(AS_CHARACTERS)
