"""Style, scale and colours: what the platform gives, set up once before the first window."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from hvdesk.ui.texts import APP_NAME


def before_application() -> None:
    """What counts only before the QApplication is made: fractional scales are used as they are, and the style is the
    native one on Windows, Fusion elsewhere."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    if sys.platform != "win32":
        # Not setStyle(): PySide then makes its class of styles with all their names, which is felt at the start.
        os.environ.setdefault("QT_STYLE_OVERRIDE", "Fusion")


def apply(application: QApplication) -> None:
    """The program's name; light or dark is as the platform says."""
    application.setApplicationName(APP_NAME)
    application.setApplicationDisplayName(APP_NAME)


def on_base(widget: QWidget) -> None:
    """Give `widget` the background of a list: white in light colours, as the wizard's header band."""
    widget.setAutoFillBackground(True)
    widget.setBackgroundRole(QPalette.ColorRole.Base)
    widget.setForegroundRole(QPalette.ColorRole.Text)


def keep_selection_coloured(widget: QWidget) -> None:
    """Show a list's current entry in full colour also while another control has the focus."""
    palette = QPalette(widget.palette())
    for role in (QPalette.ColorRole.Highlight, QPalette.ColorRole.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Inactive, role, palette.color(QPalette.ColorGroup.Active, role))
    widget.setPalette(palette)
