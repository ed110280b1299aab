"""Style, scale and colours: what the platform gives, set up once before the first window."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
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
    if sys.platform != "win32":
        application.setPalette(legible(QPalette()))
        application.styleHints().colorSchemeChanged.connect(lambda _: application.setPalette(legible(QPalette())))


def legible(palette: QPalette) -> QPalette:
    """`palette` with a grey for what cannot be chosen that can still be read: Fusion's own is nearly the background,
    and what is greyed here says why."""
    legible = QPalette(palette)
    for role, ground in (
        (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window),
        (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Button),
        (QPalette.ColorRole.Text, QPalette.ColorRole.Base),
    ):
        text, behind = (palette.color(QPalette.ColorGroup.Active, colour) for colour in (role, ground))
        legible.setColor(QPalette.ColorGroup.Disabled, role, _between(text, behind))
    return legible


def _between(text: QColor, ground: QColor) -> QColor:
    """Nearer to the text than to the ground: a contrast of about 4 to 1."""
    red, green, blue = (
        round(0.55 * of_text + 0.45 * of_ground)
        for of_text, of_ground in (
            (text.red(), ground.red()),
            (text.green(), ground.green()),
            (text.blue(), ground.blue()),
        )
    )
    return QColor(red, green, blue)


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
