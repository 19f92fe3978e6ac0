"""The exposure explorer as a kind of activity: lessons show the way to it.

Nobody is asked anything there and nothing comes of it, so it leaves no results.
"""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

NAME = "explorer"
KEY = "s3-exposure"


class ExplorerKind:
    """What the school asks of a kind; there is one explorer."""

    def title(self, key: str) -> str:
        return self.titles([key])[key]

    def titles(self, keys: Iterable[str]) -> dict[str, str]:
        return {key: _("Who can read this object?") for key in keys if key == KEY}

    def url(self, key: str) -> str:
        return reverse("policies_lab:exposure")

    def exists(self, key: str) -> bool:
        return key == KEY
