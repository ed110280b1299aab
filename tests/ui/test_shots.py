"""The screenshots and the demo without a display: they run to their end and show what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from ui.palettes import difference, use_scheme

HERE = Path(__file__).parent
PAGES = {
    "before-you-begin",
    "choose-move-type",
    "specify-destination",
    "choose-move-options",
    "virtual-machine",
    "check-warning",
    "summary",
    "performing-the-move",
    "main-window-moving",
    "quit-hvdesk",
    "hostile-name",
    "host-unreachable",
    "log-on",
    "select-folder-drives",
    "check-clean",
    "check-blockers",
    "move-failed",
    "performing-the-move-waiting",
    "performing-the-move-away",
    "cancel-harder",
    "main-window-cancelled",
    "about",
}


def test_light_and_dark_differ_in_pixels(qapp: QApplication) -> None:
    before = qapp.palette()
    assert difference() > 0.9
    use_scheme("light")
    qapp.setPalette(before)


def run(script: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / script), *words]
    return subprocess.run(
        command,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_a_series_has_a_picture_of_every_page(tmp_path: Path) -> None:
    """Of the four series the one that is furthest from how the other tests see the window."""
    scale, scheme = "1.5", "dark"
    done = run("shots.py", str(tmp_path), "--scale", scale, "--scheme", scheme, QT_SCALE_FACTOR=scale)
    assert done.returncode == 0, done.stderr
    pictures = sorted((tmp_path / f"{scheme}-{round(float(scale) * 100)}").glob("*.png"))
    assert {picture.stem[3:] for picture in pictures} >= PAGES
    for picture in pictures:
        image = QImage(str(picture))
        colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
        assert len(colours) > 10, f"{picture.name} is blank"


def test_the_demo_without_a_display_moves_a_vm_and_back(tmp_path: Path) -> None:
    done = run("tour.py", str(tmp_path / "demo"), QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    assert "web-01: Moving storage" in done.stdout
    assert "web-01: Completed" in done.stdout
    assert "hvdesk move web-01 --from HV02 --to HV01" in done.stdout
    assert f"pictures are in {tmp_path / 'demo'}" in done.stdout
