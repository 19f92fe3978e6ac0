"""The site's addresses and one more: a page that does nothing, to compare with.

Only the benchmark mounts it; no running site has it.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

PAGE = engines["django"].from_string(
    "<!doctype html><html lang=en><title>{{ title }}</title><h1>{{ title }}</h1></html>"
)


@login_not_required
def bare(request):
    return HttpResponse(PAGE.render({"title": "A bare page"}, request))


urlpatterns = [path("bare/", bare), path("", include("config.urls"))]
