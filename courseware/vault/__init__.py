"""A course's files -> the course, or every problem in them.

Pure: bytes come in (`files`), dataclasses go out (`documents`), and nothing else
is touched. The vocabulary is described in docs/content.md.
"""

from collections.abc import Mapping
from pathlib import Path

from courseware.problems import VaultProblems
from courseware.vault.checking import check
from courseware.vault.documents import Outside, SectionFolder, Vault
from courseware.vault.files import Files
from courseware.vault.reading import Reader

__all__ = ["Outside", "SectionFolder", "Vault", "read"]


def read(
    source: Path | Mapping[str, bytes], *, outside: Outside | None = None
) -> Vault:
    """The course in a folder, or in names (with "/") and their bytes.

    Raises VaultProblems with all that is wrong, and NotADirectoryError where
    `source` is a path to no folder.
    """
    if isinstance(source, Path) and not source.is_dir():
        raise NotADirectoryError(source)
    files = Files(source)
    vault = Reader(files).read()
    check(vault, outside or Outside(), files.problem)
    if files.problems:
        raise VaultProblems(files.problems)
    return vault
