"""One session a host, opened when it is needed, closed when nobody has needed it for a while."""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue

import pytest
from moves.programs import SECONDS, Program, World, running

from hvdesk.domain.errors import HvError
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.interrupt import Interrupt
from hvdesk.hyperv.messages import Ping


def shells(world: World, host: str = "HV01") -> int:
    """Open shells on a host."""
    return int(world.lab.log(host)["open_shells"])


def test_all_questions_to_a_host_share_a_session(program: Program, world: World) -> None:
    asked = [program.connector.asked(host, lambda there: there.ping()) for host in ("HV01", "HV02") * 5]
    assert {answer.get().computer for answer in asked} == {"HV01", "HV02"}
    assert (shells(world, "HV01"), shells(world, "HV02")) == (1, 1)


def test_a_session_that_nobody_needs_is_closed_and_opened_again(world: World, tmp_path: Path) -> None:
    with running(world.lab.state, tmp_path, idle_seconds=0.1) as program:
        for _ in range(2):
            assert program.connector.asked("HV01", lambda host: host.ping()).get().computer == "HV01"
            world.lab.until(lambda: shells(world) == 0, SECONDS)


def test_a_host_that_is_forgotten_loses_its_session(program: Program, world: World) -> None:
    program.connector.asked("HV01", lambda host: host.ping()).get()
    program.connector.forget("HV01")
    world.lab.until(lambda: shells(world) == 0, SECONDS)
    assert program.connector.asked("HV01", lambda host: host.ping()).get().computer == "HV01"


def test_an_unlisted_host_and_a_closed_connector_answer_with_an_error(world: World, tmp_path: Path) -> None:
    answers: SimpleQueue[Outcome[Ping]] = SimpleQueue()
    with running(world.lab.state, tmp_path) as program:
        program.connector.ask("HV99", lambda host: host.ping(), answers.put)
    program.connector.ask("HV01", lambda host: host.ping(), answers.put)
    errors = [answers.get(timeout=SECONDS).error for _ in range(2)]
    assert [error and error.code for error in errors] == ["host.not_listed", "program.closing"]


def test_a_session_of_one_s_own_belongs_to_the_thread_that_opened_it(program: Program, world: World) -> None:
    host = program.connector.open_own("HV01", Interrupt())
    program.connector.asked("HV01", lambda there: there.ping()).get()
    assert shells(world) == 2
    host.close()
    assert shells(world) == 1
    with pytest.raises(HvError):
        program.connector.open_own("HV99", Interrupt())
