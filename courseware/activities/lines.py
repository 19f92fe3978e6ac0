"""The responsibility line: duties placed on its two sides, service by service.

An activity's `data` is what its file says (docs/content.md): "intro", "service"
(each with "key" and "name") and "duty" (each with "key", "text", and by service
key the "answer", provider, customer or shared, and the reason "why").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils.translation import gettext as _

from courseware.models import Activity, Result

NAME = "line"
SIDES = ("customer", "shared", "provider")


def lines():
    """The lines that can be played today."""
    return Activity.objects.filter(kind=NAME, retired=False).select_related(
        "course", "section"
    )


def key_of(activity: Activity) -> str:
    return f"{activity.course.slug}/{activity.key}"


# --- what the seam asks of a kind ---------------------------------------------


def title(key: str) -> str:
    return titles([key])[key]


def titles(keys: Iterable[str]) -> dict[str, str]:
    """The title of each of `keys`, by one query; a lost line keeps its key."""
    keys = list(keys)
    found = {
        f"{course}/{key}": title
        for course, key, title in Activity.objects.filter(
            kind=NAME, key__in=[key.partition("/")[2] for key in keys]
        ).values_list("course__slug", "key", "title")
    }
    return {key: found.get(key) or key for key in keys}


def url(key: str) -> str:
    course, _slash, inner = key.partition("/")
    return reverse("courseware:line", args=[course, inner])


def kinds_of(results: Sequence[Result]) -> list[str]:
    """With the service of each go, by one query."""
    keys = {one.key.partition("/")[2] for one in results}
    names = {
        (f"{course}/{key}", service["key"]): service["name"]
        for course, key, data in Activity.objects.filter(
            kind=NAME, key__in=keys
        ).values_list("course__slug", "key", "data")
        for service in data.get("service", [])
    }
    return [
        _kind_of(names.get((one.key, one.detail.get("service")))) for one in results
    ]


def _kind_of(service: str | None) -> str:
    if service is None:
        return _("Responsibility line")
    return _("Responsibility line, %(service)s") % {"service": service}


def exists(key: str) -> bool:
    course, _slash, inner = key.partition("/")
    return lines().filter(course__slug=course, key=inner).exists()


# --- playing ------------------------------------------------------------------


class InvalidPlacement(ValueError):
    """What was sent cannot be checked; the message says why."""


@dataclass(frozen=True)
class Service:
    key: str
    name: str

    @property
    def short(self) -> str:
        """The name without the vendor before it: RDS, Lambda."""
        return self.name.removeprefix("Amazon ").removeprefix("AWS ").split(" with ")[0]

    @property
    def words(self) -> list[str]:
        """The short name in pieces that fit below a column."""
        return self.short.split()


@dataclass(frozen=True)
class Duty:
    """`answer` and `why` are given by service key."""

    key: str
    text: str
    answer: Mapping[str, str]
    why: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    services: list[Service]
    duties: list[Duty]
    intro: str

    def service(self, key: str | None) -> Service | None:
        return next((one for one in self.services if one.key == key), None)


def read(activity: Activity) -> Line:
    data = activity.data
    return Line(
        services=[Service(one["key"], one["name"]) for one in data["service"]],
        duties=[
            Duty(one["key"], one["text"], one["answer"], one["why"])
            for one in data["duty"]
        ],
        intro=data.get("intro", ""),
    )


@dataclass(frozen=True)
class Row:
    """One duty: where it was placed (empty: nowhere), and once checked the truth."""

    duty: Duty
    placed: str
    answer: str = ""
    why: str = ""

    @property
    def right(self) -> bool:
        return bool(self.answer) and self.placed == self.answer

    @property
    def wrong(self) -> bool:
        return bool(self.answer) and self.placed != self.answer


@dataclass(frozen=True)
class Checked:
    """The outcome for one service; unplaced duties have no answer in their row."""

    service: Service
    rows: list[Row]

    @property
    def right(self) -> int:
        return sum(row.right for row in self.rows)

    @property
    def placed(self) -> int:
        return sum(bool(row.placed) for row in self.rows)

    @property
    def left(self) -> int:
        return len(self.rows) - self.placed

    @property
    def first_wrong(self) -> Row | None:
        return next((row for row in self.rows if row.wrong), None)

    @property
    def score(self) -> float:
        """Between 0 and 1; a duty that was not placed counts as not right."""
        return self.right / len(self.rows)

    @property
    def detail(self) -> dict:
        """What is kept with the result."""
        return {
            "service": self.service.key,
            "complete": not self.left,
            "wrong": [row.duty.key for row in self.rows if row.wrong],
        }


def placements(line: Line, posted: Mapping[str, str]) -> dict[str, str]:
    """Side by duty key, of what a form sent; anything else in it is left out."""
    placed = {duty.key: posted.get(f"duty-{duty.key}", "") for duty in line.duties}
    return {key: side for key, side in placed.items() if side in SIDES}


def unchecked(line: Line, placed: Mapping[str, str]) -> list[Row]:
    return [Row(duty, placed.get(duty.key, "")) for duty in line.duties]


def check(line: Line, service: Service | None, placed: Mapping[str, str]) -> Checked:
    """Raises InvalidPlacement where no service was chosen or nothing was placed."""
    if service is None:
        raise InvalidPlacement(_("Choose a service first."))
    if not placed:
        raise InvalidPlacement(_("Place at least one duty, then check."))
    return Checked(service, [_row(duty, service, placed) for duty in line.duties])


def _row(duty: Duty, service: Service, placed: Mapping[str, str]) -> Row:
    side = placed.get(duty.key, "")
    if not side:
        return Row(duty, placed="")
    return Row(duty, side, duty.answer[service.key], duty.why.get(service.key, ""))


def finished_before(user, activity: Activity, line: Line, posted) -> set[str]:
    """Keys of the services for which every duty was once placed and checked.

    For somebody signed in the results tell; a guest's form carries them along, with
    blanks between them.
    """
    if user.is_authenticated:
        results = Result.objects.filter(
            user=user, kind=NAME, key=key_of(activity), detail__complete=True
        ).annotate(service=KT("detail__service"))
        # Unordered: what rows are ordered by would make each of them distinct.
        return set(results.order_by().values_list("service", flat=True).distinct())
    return {key for key in posted.get("finished", "").split() if line.service(key)}


def next_service(
    line: Line, current: Service, finished: Iterable[str]
) -> Service | None:
    """The one to go on with: the first after `current` that is not finished, and
    after the last of them from the start again. None when all are finished."""
    finished = set(finished)
    place = line.services.index(current)
    following = line.services[place + 1 :] + line.services[:place]
    return next((one for one in following if one.key not in finished), None)


# --- the figure ---------------------------------------------------------------

WIDTH, TOP, HEIGHT = 390, 4, 200


@dataclass(frozen=True)
class Column:
    """One service in the figure, in its units; `shown` once it was finished.

    From `top` downwards come the customer's duties, the shared ones from
    `shared_y` and the provider's from `provider_y`.
    """

    service: Service
    x: float
    width: float
    current: bool
    shown: bool
    customer: int
    shared: int
    provider: int
    shared_y: float
    provider_y: float

    @property
    def customer_height(self) -> float:
        return round(self.shared_y - TOP, 2)

    @property
    def shared_height(self) -> float:
        return round(self.provider_y - self.shared_y, 2)

    @property
    def provider_height(self) -> float:
        return round(TOP + HEIGHT - self.provider_y, 2)

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def label_y(self) -> int:
        return TOP + HEIGHT + 22


@dataclass(frozen=True)
class Figure:
    columns: list[Column]
    width: int = WIDTH
    top: int = TOP
    height: int = HEIGHT

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def question_y(self) -> int:
        """Where the mark of a column stands that is not shown."""
        return self.top + self.height // 2

    @property
    def begun(self) -> bool:
        return any(column.shown for column in self.columns)

    @property
    def path(self) -> str:
        """The line over neighbouring columns that are shown, as SVG path data."""
        drawn, pen_down = [], False
        for column in self.columns:
            if not column.shown:
                pen_down = False
                continue
            drawn.append(
                f"{'L' if pen_down else 'M'}{column.x:g} {column.provider_y:g}"
            )
            drawn.append(f"H{column.middle:g}V{column.shared_y:g}")
            drawn.append(f"H{column.x + column.width:g}")
            pen_down = True
        return "".join(drawn)


def figure(line: Line, current: Service, finished: Iterable[str]) -> Figure:
    """How high the line runs, for each service that was finished."""
    finished = set(finished)
    width = WIDTH / len(line.services)
    columns = []
    for number, service in enumerate(line.services):
        counts = [
            sum(duty.answer[service.key] == side for duty in line.duties)
            for side in SIDES
        ]
        ends = [TOP + HEIGHT * n / len(line.duties) for n in accumulate(counts)]
        columns.append(
            Column(
                service=service,
                x=round(number * width, 2),
                width=round(width, 2),
                current=service == current,
                shown=service.key in finished,
                customer=counts[0],
                shared=counts[1],
                provider=counts[2],
                shared_y=round(ends[0], 2),
                provider_y=round(ends[1], 2),
            )
        )
    return Figure(columns)
