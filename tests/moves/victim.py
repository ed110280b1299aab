"""A program to be killed: python victim.py STATE_FILE DATA_FOLDER VM_ID UNTIL. Says `reached` when it is there."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from moves.programs import Machine, Program


def main(state_file: str, folder: str, vm_id: str, until: str) -> None:
    """Check a VM's move and, unless that is all that is wanted, start it; then wait to be killed."""
    program = Program(json.loads(Path(state_file).read_text(encoding="utf-8")), Path(folder))
    request = program.request(Machine(vm_id, "web"))
    if until != "check":
        job = program.start(request)
        program.until(job, lambda view: view.state == until)
    else:
        program.moves.prepare(request, lambda outcome: None)
        moment = threading.Event()
        while not program.journal.open_jobs() or not program.journal.open_jobs()[0].steps:
            moment.wait(0.01)
    print("reached", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
