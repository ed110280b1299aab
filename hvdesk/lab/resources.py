"""Where the lab finds its scenario files: in the source tree, in an installed wheel and in a frozen program alike."""

from __future__ import annotations

from pathlib import Path


def resource(relative: str) -> Path:
    """Path of a file below `resources/`; raises FileNotFoundError naming every place that was looked at.

    A wheel and a frozen program carry the folder as `hvdesk/_resources`, a clone has it beside the package.
    """
    package = Path(__file__).resolve().parent.parent
    places = [package / "_resources" / relative, package.parent / "resources" / relative]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"{relative} is neither at " + " nor at ".join(str(place) for place in places))
