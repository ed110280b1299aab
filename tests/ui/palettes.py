"""Light and dark colours for screenshots, where the platform does not follow a colour scheme (off-screen)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hvdesk.ui import theme

_DARK = {
    QPalette.ColorRole.Window: "#383838",
    QPalette.ColorRole.WindowText: "#e6e6e6",
    QPalette.ColorRole.Base: "#1c1c1c",
    QPalette.ColorRole.AlternateBase: "#424242",
    QPalette.ColorRole.Text: "#e6e6e6",
    QPalette.ColorRole.PlaceholderText: "#8c8c8c",
    QPalette.ColorRole.Button: "#484848",
    QPalette.ColorRole.ButtonText: "#e6e6e6",
    QPalette.ColorRole.BrightText: "#ff6b68",
    QPalette.ColorRole.ToolTipBase: "#3a3a3a",
    QPalette.ColorRole.ToolTipText: "#e6e6e6",
    QPalette.ColorRole.Light: "#4a4a4a",
    QPalette.ColorRole.Midlight: "#404040",
    QPalette.ColorRole.Mid: "#5a5a5a",
    QPalette.ColorRole.Dark: "#151515",
    QPalette.ColorRole.Shadow: "#000000",
    QPalette.ColorRole.Link: "#6cb2ff",
    QPalette.ColorRole.Highlight: "#2f74c0",
    QPalette.ColorRole.HighlightedText: "#ffffff",
}


def use_scheme(scheme: str) -> None:
    """Have the application in "light" or "dark": by the platform if it follows, else by a palette."""
    wanted = Qt.ColorScheme.Dark if scheme == "dark" else Qt.ColorScheme.Light
    hints = QApplication.styleHints()
    hints.setColorScheme(wanted)
    if hints.colorScheme() is not wanted:
        QApplication.setPalette(theme.legible(dark() if scheme == "dark" else QApplication.style().standardPalette()))


def dark() -> QPalette:
    """A dark palette with the contrast of a dark desktop."""
    palette = QPalette()
    for role, colour in _DARK.items():
        palette.setColor(role, QColor(colour))
    return palette


def difference() -> float:
    """The share of pixels of a small form that differ between light and dark; the scheme stays dark."""
    pictures = []
    for scheme in ("light", "dark"):
        use_scheme(scheme)
        form = QWidget()
        layout = QVBoxLayout(form)
        for widget in (QLabel("Name:"), QLineEdit("web-01"), QCheckBox("Remember"), QPushButton("OK")):
            layout.addWidget(widget)
        pictures.append(form.grab().toImage())
    light, dark_picture = pictures
    places = [(x, y) for x in range(light.width()) for y in range(light.height())]
    return sum(light.pixel(*place) != dark_picture.pixel(*place) for place in places) / len(places)
