"""Where the secret key comes from: the environment, or a private file."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

LEAST_LENGTH = 50


def read_secret_key(env) -> str:
    """Return SECRET_KEY, or the content of SECRET_KEY_FILE.

    Raises ImproperlyConfigured when neither is set, when the key is shorter
    than 50 characters, or when others than the owner may read the file.
    """
    key = env("SECRET_KEY", default="")
    path = env("SECRET_KEY_FILE", default="")
    if not key and path:
        key = _read_private(Path(path))
    if len(key) < LEAST_LENGTH:
        raise ImproperlyConfigured(
            f"Set SECRET_KEY to at least {LEAST_LENGTH} random characters, or "
            "SECRET_KEY_FILE to a file that holds them (`make serve` makes one)."
        )
    return key


def make_secret_key(path: Path) -> None:
    """Write a new key to `path` (mode 0600) unless the file exists.

    Of several first starts at once exactly one wins, and none reads half a key:
    the file gets its name, by a link that replaces nothing, when it is complete.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def use_own_key(data: Path) -> None:
    """Let this process read the key in `data`, made now if there is none yet.

    For the command line and `make serve`. A server that is started for the public
    has to be told its key.
    """
    if not os.environ.get("SECRET_KEY") and not os.environ.get("SECRET_KEY_FILE"):
        path = data / "secret-key"
        make_secret_key(path)
        os.environ["SECRET_KEY_FILE"] = str(path)


def _read_private(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        key = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY_FILE cannot be read: {error}"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ImproperlyConfigured(
            f"{path} may be read by others. Make it private: chmod 600 {path}"
        )
    return key
