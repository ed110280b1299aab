"""A process with the window on a running lab that says how much memory it takes once so many hosts are connected.

python tests/benchmarks/footprint.py STATE.json HOSTS
"""

from __future__ import annotations

import gc
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from PySide6.QtWidgets import QApplication
from ui import driver
from ui.pictures import without_platform_remarks

from hvdesk.app.build import opened
from hvdesk.ui import theme
from hvdesk.ui.host_book import HostBook
from hvdesk.ui.main import Session

_QUIT_SECONDS = 20.0


def resident_mb() -> float:
    """Resident memory of this process, in millions of bytes; Linux only."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise OSError("the system does not tell how much memory a process takes")


def main(state: str, hosts: int) -> int:
    """Connect, ask every host everything, print, end."""
    theme.before_application()
    application = QApplication(sys.argv[:1])
    theme.apply(application)
    without_platform_remarks()
    with tempfile.TemporaryDirectory(prefix="hvdesk-bench-") as data, opened(state, Path(data), _QUIT_SECONDS) as core:
        session = Session()
        session.window.show()
        session.begin(core)
        book = session.window.findChild(HostBook)
        assert isinstance(book, HostBook)
        connected = core.hosts()[:hosts]
        for entry in connected:
            book.refresh(entry.id)
        driver.until(lambda: all(book.state(entry.id).facts for entry in connected), "facts of the hosts")
        gc.collect()
        print(resident_mb(), flush=True)
        session.end()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
