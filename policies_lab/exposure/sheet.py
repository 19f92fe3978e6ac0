"""One answer of the explorer beside the one before: rows, changes, the check."""

import re
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies_lab.exposure.checks import check
from policies_lab.exposure.deciding import Answer, Cell
from policies_lab.exposure.people import ACTIONS, CALLERS, Caller
from policies_lab.exposure.words import CellShown, Told, listed, shown, told

LETTERS = re.compile(rf"[aeio]{{{len(CALLERS) * len(ACTIONS)}}}", re.ASCII)


@dataclass(frozen=True)
class Row:
    caller: Caller
    cells: tuple[CellShown, ...]
    guessed: bool

    @property
    def changed(self) -> bool:
        return any(cell.was for cell in self.cells)


class Sheet:
    """One answer beside the one before: rows, changes, the check."""

    def __init__(self, answer: Answer, before: str = "", guess: tuple = ()) -> None:
        self.answer = answer
        self.before = before if LETTERS.fullmatch(before) else ""
        self.guess = guess

    @cached_property
    def rows(self) -> list[Row]:
        letters = iter(self.before or self.answer.letters)
        cells = [shown(cell, next(letters)) for cell in self.answer.cells]
        width = len(ACTIONS)
        return [
            Row(
                caller,
                tuple(cells[number * width : (number + 1) * width]),
                caller.key in self.guess,
            )
            for number, caller in enumerate(CALLERS)
        ]

    @cached_property
    def changes(self) -> int:
        return sum(cell.was is not None for row in self.rows for cell in row.cells)

    @cached_property
    def found(self) -> list[Told]:
        settings = self.answer.case.settings
        return [told(one, settings) for one in check(self.answer)]

    @property
    def readers(self) -> list[Cell]:
        """Who can read the object."""
        return [
            cell
            for cell in self.answer.cells
            if cell.action.key == "get" and cell.allowed
        ]

    @property
    def said(self) -> str:
        """What is different now, in one sentence."""
        if not self.before:
            return ""
        if not self.changes:
            return _("No answer changed.")
        return (
            ngettext("%d answer changed.", "%d answers changed.", self.changes)
            % self.changes
        )

    @property
    def guessed(self) -> str:
        """How the rows that were ticked compare with those that changed."""
        if not self.guess or not self.before:
            return ""
        right = [r for r in self.rows if r.guessed and r.changed]
        wrong = [r for r in self.rows if r.guessed and not r.changed]
        missed = [r for r in self.rows if r.changed and not r.guessed]
        parts = [
            (_("As you ticked: %s."), right),
            (_("Ticked, and not changed: %s."), wrong),
            (_("Changed, and not ticked: %s."), missed),
        ]
        return " ".join(
            pattern % listed(str(row.caller.name) for row in rows)
            for pattern, rows in parts
            if rows
        )
