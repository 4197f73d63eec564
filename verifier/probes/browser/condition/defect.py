"""What is wrong at one place of a page, with its picture."""

from __future__ import annotations

import re

from pydantic import Field

from verifier.core.evidence import Record
from verifier.core.evidence.finding import Finding

_FIGURES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
"""Ids and counters in a selector, which change with the data; a position among siblings is one of them."""

LOOKS = {
    "layout-shift": "what is shown moves while the page loads",
    "blank-region": "a region in which nothing can be seen",
    "overlapping-text": "text is painted over other text",
    "dead-link": "a link leads nowhere",
    "image-not-loaded": "a picture does not load",
    "mixed-languages": "an error is told in another language than the app's",
}
"""What an operator would call broken: kind, as the contract names it → the problem of its findings."""

KEYBOARD = {
    "focus-not-visible": "the focus of the keyboard cannot be seen (WCAG 2.4.7)",
    "keyboard-trap": "the focus of the keyboard cannot get away (WCAG 2.1.2)",
    "not-reachable": "a control cannot be reached with the keyboard (WCAG 2.1.1)",
    "dialog-does-not-open": "a dialog cannot be opened with the keyboard (WCAG 2.1.1)",
    "dialog-does-not-close": "Escape does not close a dialog",
    "dialog-without-focus": "a dialog opens and does not get the focus (WCAG 2.4.3)",
    "focus-not-returned": "a dialog closes and does not give the focus back (WCAG 2.4.3)",
}
"""What stops somebody with a keyboard: kind → the problem of its findings."""


class Defect(Record):
    """One thing that is wrong with an element.

    Attributes:
        kind: what `fails_on` of the contract calls it; of accessibility, axe-core's id of the rule or a name of ours.
        problem: in words, the same for all of the kind.
        where: the route, and the state or width of the window where that matters.
        selector: one that names the element.
        told: what was seen.
        picture: the name of the file with its picture; empty if there is none.
    """

    kind: str
    problem: str
    where: str
    selector: str
    told: str
    picture: str = ""
    content: bytes = Field(default=b"", exclude=True, repr=False)

    def finding(self) -> Finding:
        """The defect as a finding: known again by its place, without the figures in its selector."""
        picture = f" (picture: {self.picture})" if self.picture else ""
        return Finding(
            subject=f"{self.where} {_FIGURES.sub('N', self.selector)}",
            problem=self.problem,
            detail=f"{self.told}: {self.selector}{picture}",
        )


def named(defects: list[Defect], pictures: list[bytes], route: str) -> list[Defect]:
    """The defects with their pictures, named by kind and route; each picture is a file of the report."""
    place = re.sub(r"\W+", "-", route).strip("-") or "start"
    made = []
    for number, (each, content) in enumerate(zip(defects, pictures, strict=True), 1):
        name = f"{each.kind} {place} {number}.png" if content else ""
        made.append(each.model_copy(update={"picture": name, "content": content}))
    return made
