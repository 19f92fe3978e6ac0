"""How long pages take: python benchmarks/pages.py [--seconds 3] [--rounds 5] [--check]

Starts the server as `make serve` does, on loopback with a database of its own,
and asks for each page in turn, round after round, so that a busy moment of the
machine hits all of them. Every figure is the median over the rounds.
"""

import argparse
import asyncio
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
COURSE = ROOT / "courseware" / "content" / "shared-responsibility"
LESSON = "/courses/shared-responsibility/lessons/how-a-request-is-decided/"
CONNECTIONS = 10
# A public lesson may take this many times as long as a page that does nothing.
LIMIT = 2.0


@dataclass
class Page:
    """`sent` are request headers; latencies in milliseconds, rates per second."""

    name: str
    path: str
    sent: dict[str, str] = field(default_factory=dict)
    size: int = 0
    latencies: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    @property
    def latency(self) -> float:
        return statistics.median(self.latencies)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help=f"fail above {LIMIT}x")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pages-benchmark-") as data:
        session = prepare(data)
        with Server() as port:
            pages = measure(port, pages_of(session), options)
    report(pages)
    ratio = pages[1].latency / pages[0].latency
    print(f"\npublic lesson / bare page: {ratio:.2f} (limit {LIMIT})")
    if options.check and ratio > LIMIT:
        sys.exit("The public lesson takes too long.")


def prepare(data: str) -> str:
    """A database with the course and one learner, whose session key is returned."""
    os.environ |= {
        "DATA_DIR": data,
        "DATABASE_URL": f"sqlite:///{data}/db.sqlite3",
        "SECRET_KEY": "for-this-benchmark-only-" + "x" * 40,
        "HTTPS": "false",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from courseware.models import Cohort, Course, Enrolment, User

    call_command("migrate", verbosity=0)
    call_command("import_course", str(COURSE), verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    learner = User.objects.create_user("learner")
    cohort = Cohort.objects.create(name="Class", course=Course.objects.get())
    Enrolment.objects.create(user=learner, cohort=cohort)
    client = Client()
    client.force_login(learner, "django.contrib.auth.backends.ModelBackend")
    return client.session.session_key


def pages_of(session: str) -> list[Page]:
    gzip = {"Accept-Encoding": "gzip"}
    cookie = {"Cookie": f"session={session}"}
    return [
        Page("bare page", "/bare/"),
        Page("public lesson", LESSON),
        Page("signed-in lesson", LESSON, cookie),
        Page("lab", "/lab/"),
        Page("bare page, gzip", "/bare/", gzip),
        Page("public lesson, gzip", LESSON, gzip),
        Page("signed-in lesson, gzip", LESSON, cookie | gzip),
        Page("lab, gzip", "/lab/", gzip),
    ]


class Server:
    """gunicorn as `make serve` starts it, with one address more."""

    def __enter__(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.process = subprocess.Popen(  # noqa: S603 - fixed arguments
            [
                *(sys.executable, "-m", "gunicorn", "benchmarks.pages:application()"),
                *("--workers=2", "--worker-class=gthread", "--threads=4"),
                *("--timeout=30", f"--bind=127.0.0.1:{port}", "--log-level=warning"),
            ],
            cwd=ROOT,
        )
        for _try in range(100):
            if self.process.poll() is not None:
                sys.exit("The server did not start.")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.1)
        sys.exit("The server does not answer.")

    def __exit__(self, *_error) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


def application():
    """The site with the bare page mounted beside it."""
    from django.conf import settings

    settings.ROOT_URLCONF = "benchmarks.bare_urls"
    from config.wsgi import application

    return application


# --- measuring ----------------------------------------------------------------


def measure(port: int, pages: list[Page], options) -> list[Page]:
    for page in pages:
        for _worker in range(20):
            page.size = check(port, page)
    for _round in range(options.rounds):
        for page in pages:
            page.latencies.append(one_by_one(port, page, options.seconds / 3))
            page.rates.append(all_at_once(port, page, options.seconds * 2 / 3))
    return pages


def check(port: int, page: Page) -> int:
    """The size of the page in bytes; ends the run where it is not what it should be."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", page.path, headers=page.sent)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        sys.exit(f"{page.name}: status {response.status}")
    if page.name.startswith("public") and response.getheader("Set-Cookie"):
        sys.exit(f"{page.name}: sets a cookie")
    return len(body)


def one_by_one(port: int, page: Page, seconds: float) -> float:
    """Median milliseconds of requests that follow each other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times, end = [], time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end:
        connection.request("GET", page.path, headers=page.sent)
        connection.getresponse().read()
        times.append(time.perf_counter() - begin)
    connection.close()
    return statistics.median(times) * 1000


def all_at_once(port: int, page: Page, seconds: float) -> float:
    """Requests a second over ten connections, by wrk where it is installed."""
    if wrk := shutil.which("wrk"):
        headers = [f"-H{name}: {value}" for name, value in page.sent.items()]
        out = subprocess.run(  # noqa: S603 - fixed arguments
            [
                *(wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"),
                *(*headers, f"http://127.0.0.1:{port}{page.path}"),
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return float(out.split("Requests/sec:")[1].split()[0])
    return asyncio.run(ten_connections(port, page, seconds))


async def ten_connections(port: int, page: Page, seconds: float) -> float:
    end = time.perf_counter() + seconds
    counts = await asyncio.gather(
        *(asks_on(port, page, end) for _each in range(CONNECTIONS))
    )
    return sum(counts) / seconds


async def asks_on(port: int, page: Page, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    headers = {"Host": f"127.0.0.1:{port}"} | page.sent
    lines = [f"GET {page.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    count = 0
    while time.perf_counter() < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
        await reader.readexactly(int(length))
        count += 1
    writer.close()
    return count


def report(pages: list[Page]) -> None:
    print("| Page | bytes | ms, one by one | times bare | requests/s over 10 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    half = len(pages) // 2
    for at, page in enumerate(pages):
        bare = pages[0 if at < half else half]
        print(
            f"| {page.name} | {page.size:,} | {page.latency:.2f} "
            f"| {page.latency / bare.latency:.2f} | {page.rate:,.0f} |"
        )


if __name__ == "__main__":
    main()
