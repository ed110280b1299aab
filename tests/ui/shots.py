"""Screenshots of a whole move and of what goes wrong: every page, light and dark, at 100 and 150 percent.

python tests/ui/shots.py [OUTDIR] [--scale 1|1.5|...] [--scheme light|dark]    without a choice: all of them
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from labhelp import running_lab
from PySide6.QtWidgets import QApplication
from ui.desk import opened_desk
from ui.palettes import difference, use_scheme
from ui.pictures import ready_to_draw, save, without_platform_remarks
from ui.sights import Sights
from ui.tour import Tour

from hvdesk.ui import theme

SCALES = ("1", "1.5")
SCHEMES = ("light", "dark")


def main(words: list[str]) -> int:
    """One series in this process, or every series in a process of its own: scale and colours are set at start."""
    options = _parser().parse_args(words)
    if options.scale and options.scheme:
        return _series(options.outdir, options.scale, options.scheme)
    for scale in [options.scale] if options.scale else SCALES:
        for scheme in [options.scheme] if options.scheme else SCHEMES:
            command = [sys.executable, __file__, str(options.outdir), "--scale", scale, "--scheme", scheme]
            code = subprocess.run(command, env={**os.environ, "QT_SCALE_FACTOR": scale}, check=False).returncode
            if code:
                return code
    return 0


def _series(outdir: Path, scale: str, scheme: str) -> int:
    os.environ["QT_SCALE_FACTOR"] = scale
    theme.before_application()
    application = QApplication(sys.argv[:1])
    theme.apply(application)
    ready_to_draw()
    without_platform_remarks()
    if difference() < 0.5:
        print("light and dark do not differ: the pictures would show one scheme only", file=sys.stderr)
        return 1
    use_scheme(scheme)
    folder = (outdir / f"{scheme}-{round(float(scale) * 100)}").resolve()
    with (
        running_lab() as lab,
        tempfile.TemporaryDirectory(prefix="hvdesk-shots-") as data,
        opened_desk(lab, Path(data)) as desk,
    ):
        shoot = save(folder)
        Tour(desk, shoot).run()
        Sights(desk, shoot).run()
    print(f"{len(list(folder.glob('*.png')))} pictures are in {folder}", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Screenshots of a whole move on simulated hosts.")
    parser.add_argument("outdir", nargs="?", type=Path, default=Path("shots"))
    parser.add_argument("--scale", help="1, 1.5, 2")
    parser.add_argument("--scheme", choices=SCHEMES)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
