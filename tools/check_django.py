"""Django's own checks, under the settings of a start for the public."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

os.environ.setdefault("SECRET_KEY", "only-for-checks-" + os.urandom(32).hex())
os.environ.setdefault("ALLOWED_HOSTS", "learn.example.org")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django
from django.core.management import call_command

django.setup()
call_command("check", deploy=True, fail_level="WARNING")
call_command("makemigrations", check_changes=True, dry_run=True)
