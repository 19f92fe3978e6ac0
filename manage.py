#!/usr/bin/env python
"""Django's command line for Shared Ground."""

import os
import sys
from pathlib import Path

from config.secret_key import use_own_key

ROOT = Path(__file__).resolve().parent


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # What the command line writes (the database above all) is for its owner.
    os.umask(0o077)
    use_own_key(Path(os.environ.get("DATA_DIR", ROOT / "var")).resolve())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
