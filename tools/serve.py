"""Start the site on this machine for trying out: `make serve`.

Makes the secret key once, prepares the database, takes over the built-in
course, makes the demo people, then becomes the server. A start for the public
does none of this by itself: see "In production" in README.md.
"""

import logging
import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

HOST = "127.0.0.1"


def main() -> None:
    port = read_port()
    data = Path(os.environ.setdefault("DATA_DIR", str(ROOT / "var"))).resolve()
    # What is made here is for whoever started it, also in a folder open to others.
    os.umask(0o077)
    from config.secret_key import use_own_key

    use_own_key(data)
    os.environ["HTTPS"] = "false"
    os.environ["ALLOWED_HOSTS"] = "127.0.0.1,localhost,[::1]"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("WEB_CONCURRENCY", "2")
    prepare()
    print(f"http://{HOST}:{port}", flush=True)
    become_server(port)


def read_port() -> int:
    """PORT from the environment, free to listen on, or an exit with advice."""
    text = os.environ.get("PORT", "8000")
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            sys.exit(
                f"Port {text} cannot be used ({error.strerror}). "
                f"Choose another: PORT={int(text) % 65535 + 1} make serve"
            )
    return int(text)


def prepare() -> None:
    import django
    from django.core.management import call_command
    from django.core.management.base import CommandError
    from django.db.utils import OperationalError

    django.setup()
    # What is printed here are the demo people and the address, nothing else.
    logging.disable(logging.INFO)
    try:
        call_command("prepare", verbosity=0)
        call_command("make_demo_people")
    except CommandError as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database cannot be used: {error}")


def become_server(port: int) -> None:
    os.chdir(ROOT)
    os.execv(  # noqa: S606 - our own interpreter, fixed arguments
        sys.executable,
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--worker-class=gthread",
            "--threads=4",
            "--max-requests=2000",
            "--max-requests-jitter=200",
            "--timeout=30",
            "--log-level=warning",
            # It would write outside the project's own folder.
            "--no-control-socket",
            f"--bind={HOST}:{port}",
            "config.wsgi",
        ],
    )


if __name__ == "__main__":
    main()
