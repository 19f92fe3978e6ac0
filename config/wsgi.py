"""The WSGI entry of Shared Ground."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """A request whose text is UTF-8, whatever charset it claims.

    Django decodes by any codec that the visitor names: by one that makes lone
    surrogates (unicode_escape), or by one that fails before there is any view
    (rot13). The middleware refuses such a request in words.
    """

    def _set_content_type_params(self, meta):
        self.content_type, self.content_params = parse_header_parameters(
            meta.get("CONTENT_TYPE", "")
        )


application = get_wsgi_application()
# Every view is read now, so that no worker's first visitor waits for it.
get_resolver().url_patterns  # noqa: B018 - reading it is what loads them
application.request_class = Utf8Request
