"""`hvdesk hosts`: list, add, test and remove hosts."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from operator import itemgetter
from typing import Any

from hvdesk.app.core import Core
from hvdesk.cli import exits
from hvdesk.cli.named import described, named_host
from hvdesk.cli.output import Columns, Output
from hvdesk.cli.passwords import password_for
from hvdesk.cli.waiting import Answer, ask_all
from hvdesk.domain.model import HostFacts
from hvdesk.domain.outcome import Outcome
from hvdesk.settings.schema import HostEntry

_LISTED = ("name", "id", "address", "port", "https", "logon", "user", "remember")
KEYS = (*_LISTED, "state", "computer", "domain", "os", "version", "cluster", "error")
"""Of an object of `hosts --json`. `state` is connected or error; `error` says which."""

_COLUMNS: Columns = {
    "Name": itemgetter("name"),
    "Address": itemgetter("address"),
    "Port": itemgetter("port"),
    "State": lambda row: row["error"]["title"] if row["error"] else row["state"],
    "Computer": itemgetter("computer"),
    "Domain": itemgetter("domain"),
    "Operating system": itemgetter("os"),
    "Version": itemgetter("version"),
}


def run(core: Core, args: Namespace, out: Output) -> int:
    """Run the action; returns the exit code."""
    actions = {None: _list, "add": _add, "test": _test, "remove": _remove}
    return actions[args.action](core, args, out)


def _list(core: Core, args: Namespace, out: Output) -> int:
    rows = [_row(entry, outcome) for entry, outcome in ask_all(core, core.hosts(), lambda host: host.facts())]
    out.table(rows, _COLUMNS)
    return exits.DONE


def _add(core: Core, args: Namespace, out: Output) -> int:
    entry = described(args.name, args)
    password = password_for(core, entry, from_stdin=args.password_stdin)
    remember = entry.needs_password and not args.session_only and not core.in_lab
    answer: Answer[HostFacts] = Answer()
    core.add_host(entry, password, remember, answer.deliver)
    facts = answer.get()
    _show(core.host(entry.id), facts, out, f"{entry.name} was added: {_words(facts)}")
    return exits.DONE


def _test(core: Core, args: Namespace, out: Output) -> int:
    entry = named_host(core, args.name, args)
    answer: Answer[HostFacts] = Answer()
    core.test_host(entry.id, answer.deliver)
    facts = answer.get()
    _show(entry, facts, out, f"{entry.name} answers: {_words(facts)}")
    return exits.DONE


def _remove(core: Core, args: Namespace, out: Output) -> int:
    entry = core.host(args.name)
    removed: Answer[None] = Answer()
    core.remove_host(entry.id, removed.deliver)
    removed.get()
    out.event("done", **_listed(entry))
    out.result(f"{entry.name} was removed.")
    return exits.DONE


def _show(entry: HostEntry, facts: HostFacts, out: Output, text: str) -> None:
    out.event("done", **_row(entry, Outcome(value=facts)))
    out.result(text)


def _words(facts: HostFacts) -> str:
    where = f"domain {facts.domain}" if facts.domain else "a workgroup"
    return f"computer {facts.name} in {where}, {facts.os_caption} ({facts.os_version})"


def _listed(entry: HostEntry) -> dict[str, Any]:
    return {key: getattr(entry, key) for key in _LISTED}


def _row(entry: HostEntry, outcome: Outcome[HostFacts]) -> dict[str, Any]:
    row = dict.fromkeys(KEYS) | _listed(entry)
    if outcome.error is not None:
        return row | {"state": "error", "error": asdict(outcome.error.report())}
    facts = outcome.get()
    row |= {"computer": facts.name, "domain": facts.domain, "os": facts.os_caption, "version": facts.os_version}
    return row | {"state": "connected", "cluster": facts.cluster}
