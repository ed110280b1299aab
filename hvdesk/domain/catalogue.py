"""The error catalogue: for each code a title, what happened and what to do next, shared by both front ends.

Its entries are in the files catalogue_*.py, each for the prefixes its first line names.
"""

from __future__ import annotations

from collections.abc import Mapping

from hvdesk.domain.catalogue_connect import CONNECT
from hvdesk.domain.catalogue_move import MOVE
from hvdesk.domain.catalogue_pair import PAIR
from hvdesk.domain.catalogue_placement import PLACEMENT
from hvdesk.domain.catalogue_program import PROGRAM
from hvdesk.domain.catalogue_vm import VM
from hvdesk.domain.texts import Texts

CATALOGUE: dict[str, Texts] = {**CONNECT, **MOVE, **PAIR, **PLACEMENT, **PROGRAM, **VM}


def texts_of(code: str, facts: Mapping[str, object]) -> Texts:
    """The texts of `code` with the facts filled in; raises KeyError for a code that is not in the catalogue."""
    return CATALOGUE[code].filled(facts)
