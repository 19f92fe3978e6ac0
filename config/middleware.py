"""What every response carries, whatever view made it."""

PERMISSIONS = "camera=(), microphone=(), geolocation=(), interest-cohort=()"


def response_headers(get_response):
    """Add the headers that Django has no setting for."""

    def middleware(request):
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware
