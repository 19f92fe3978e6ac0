"""Static files: how they are named, and collecting them only when one has changed."""

import hashlib
import os

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names with hashes, also where one script imports another (`from "./other.js"`):
    an open page never mixes two versions of them."""

    # Django's own patterns for scripts would take in those of other packages, and
    # fail over a comment in one of them.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            ((r'(?P<matched>from "(?P<url>\./[^"]+)";)', 'from "%(url)s";'),),
        ),
    )


def collect_static(*, verbosity: int = 1) -> bool:
    """Fill STATIC_ROOT; return whether there was anything to do.

    Hashing and compressing the same files again would make every start slow,
    so a fingerprint (paths, sizes, times of change) stands beside them.
    """
    mark = settings.STATIC_ROOT / ".fingerprint"
    now = _fingerprint()
    if mark.exists() and mark.read_text() == now:
        return False
    # What an earlier version left stays: open pages may still ask for it.
    call_command("collectstatic", interactive=False, verbosity=verbosity)
    mark.write_text(now)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = os.stat(storage.path(path))
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
