"""What the event logs of both hosts say of a move that failed: often the cause, which the cmdlet's error may lack.

Asked for on the way out and as far as it can be had: a host that does not answer adds nothing and changes nothing, and
delays the end by no more than the operation's time-out allows. Both answered a moment before, else the move would be
unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from hvdesk.domain.errors import HvError
from hvdesk.hyperv.connector import Pending
from hvdesk.hyperv.endings import by_codes
from hvdesk.hyperv.messages import HostEvent
from hvdesk.hyperv.plan import Plan, Sent
from hvdesk.hyperv.tools import MoveTools

MOST = 20
"""Events of one host."""

_log = logging.getLogger(__name__)
_TELLS_NO_CAUSE = ("move.failed", "move.ended")
_EVENTS = {21501: "slots.refused"}
"""Events that tell a cause without a code; Microsoft's troubleshooting of live migrations names the number."""


def clocks(tools: MoveTools, plan: Plan) -> tuple[str, str]:
    """What the clocks of source and destination show, which need not be what ours does; "" for one that does not say.

    Blocks.
    """
    request = plan.request
    asked = [
        tools.connector.asked(host, lambda there: there.ping().now) for host in (request.source, request.destination)
    ]
    source, destination = (pending.outcome().value or "" for pending in asked)
    return source, destination


def witnessed(tools: MoveTools, plan: Plan, sent: Sent, error: HvError) -> HvError:
    """The same error, its host's words followed by the events of both hosts since the move was sent; an error that
    tells no cause becomes the one that their codes or numbers mean. Blocks."""
    hosts = (plan.request.source, plan.request.destination)
    asked = [_ask(tools, plan, host, since) if since else None for host, since in zip(hosts, sent.clocks, strict=True)]
    labels = (plan.source.label, plan.destination.label)
    events = [_of_host(label, pending) for label, pending in zip(labels, asked, strict=True)]
    told = [_told(label, of_host) for label, of_host in zip(labels, events, strict=True)]
    words = "\n\n".join(text for text in (error.host_words, *told) if text)
    if error.code in _TELLS_NO_CAUSE:
        numbers = {event.id for of_host in events for event in of_host}
        known = (code for number, code in _EVENTS.items() if number in numbers)
        return by_codes(plan, words, next(known, error.code))
    return HvError(error.code, host=error.host, facts=error.facts, host_words=words)


def _ask(tools: MoveTools, plan: Plan, host: str, since: str) -> Pending[tuple[HostEvent, ...]]:
    vm_id, vm_name = plan.request.vm_id, plan.request.vm_name
    return tools.connector.asked(host, lambda there: there.events(since, vm_id, vm_name, most=MOST))


def _of_host(label: str, asked: Pending[tuple[HostEvent, ...]] | None) -> tuple[HostEvent, ...]:
    if asked is None:
        _log.info("the events of %s were not asked for: it did not tell the time", label)
        return ()
    answer = asked.outcome()
    if answer.error is not None:
        _log.info("the events of %s were not read: %s", label, answer.error.code)
        return ()
    return answer.get()


def _told(label: str, events: Sequence[HostEvent]) -> str:
    return "\n\n".join(
        f"--- {label}, event {event.id} in {event.log}, {event.time[:19].replace('T', ' ')} UTC ---\n{event.message}"
        for event in events
    )
