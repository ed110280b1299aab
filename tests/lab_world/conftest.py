"""Fixtures of the world's tests."""

from __future__ import annotations

import pytest
from lab_world.worldhelp import standard_world

from hvdesk.lab.world.world import World


@pytest.fixture
def world() -> World:
    """The standard world; its clock stands still."""
    return standard_world()


@pytest.fixture
def quick(world: World) -> World:
    """The standard world at high speed, where waiting needs no hand on the clock."""
    world.clock.set_speed(1000.0)
    world.clock.release()
    return world
