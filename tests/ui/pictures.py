"""Pictures of windows, with the title that a desktop would show above them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QRect, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFontDatabase, QImage, QPainter, QPalette
from PySide6.QtWidgets import QWidget
from ui import driver

_TITLE_HEIGHT = 28


def ready_to_draw() -> None:
    """Leave with a message when there is no font: off-screen, all text would be boxes."""
    if not QFontDatabase.families():
        print("pictures need a font: apt-get install fonts-dejavu-core", file=sys.stderr)
        sys.exit(2)


def without_platform_remarks() -> None:
    """Keep what the off-screen platform says of itself, once a window, out of the output; the rest goes to stderr."""

    def show(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if not text.startswith("This plugin does not support "):
            print(text, file=sys.stderr, flush=True)

    qInstallMessageHandler(show)


def picture(window: QWidget) -> QImage:
    """The window as it is now, below a bar with its title."""
    body = window.grab().toImage()
    scale = body.devicePixelRatio()
    image = QImage(body.width(), body.height() + round(_TITLE_HEIGHT * scale), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(window.palette().color(QPalette.ColorRole.Midlight))
    painter = QPainter(image)
    painter.setFont(window.font())
    painter.setPen(window.palette().color(QPalette.ColorRole.WindowText))
    bar = QRect(8, 0, window.width() - 16, _TITLE_HEIGHT)
    painter.drawText(bar, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, window.windowTitle())
    painter.drawImage(0, _TITLE_HEIGHT, body)
    painter.end()
    return image


def save(folder: Path) -> Callable[[QWidget, str], None]:
    """What saves pictures in a folder, numbered in the order in which they are taken; older ones there go."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    numbers = count(1)

    def shoot(window: QWidget, name: str) -> None:
        driver.turn(60)  # so that what has just changed is laid out and painted
        path = folder / f"{next(numbers):02}-{name}.png"
        if not picture(window).save(str(path)):
            raise OSError(f"{path} was not written")

    return shoot
