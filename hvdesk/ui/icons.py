"""Icons drawn in code, so that they are sharp at every scale and readable on light and dark."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

_SIZES = (16, 20, 24, 32, 48, 60, 96, 120)
_STEEL, _FACE, _GREEN, _RED, _AMBER, _BLUE = (
    QColor(name) for name in ("#5f6b7a", "#c9d2dc", "#2e9e44", "#c8352c", "#d98a00", "#2f74c0")
)
_Draw = Callable[[QPainter], None]


def _icon(draw: _Draw) -> QIcon:
    """`draw` paints into a square of 16 by 16."""
    icon = QIcon()
    for size in _SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / 16, size / 16)
        draw(painter)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def _case(painter: QPainter, box: QRectF) -> None:
    painter.setPen(QPen(_STEEL, 1))
    painter.setBrush(_FACE)
    painter.drawRoundedRect(box, 1, 1)


def _draw_server(painter: QPainter) -> None:
    _case(painter, QRectF(3.5, 1.5, 9, 13))
    for y in (4, 7):
        painter.drawLine(QPointF(5.5, y), QPointF(10.5, y))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GREEN)
    painter.drawEllipse(QPointF(10, 12), 1, 1)


def _draw_machine(painter: QPainter) -> None:
    _case(painter, QRectF(1.5, 2.5, 13, 8.5))
    painter.setBrush(_BLUE)
    painter.drawRect(QRectF(3.5, 4.5, 9, 4.5))
    painter.setPen(QPen(_STEEL, 1.4))
    painter.drawLine(QPointF(8, 11), QPointF(8, 13.5))
    painter.drawLine(QPointF(5, 13.8), QPointF(11, 13.8))


def _draw_folder(painter: QPainter) -> None:
    painter.setPen(QPen(_AMBER.darker(120), 1))
    painter.setBrush(_AMBER.lighter(150))
    path = QPainterPath(QPointF(1.5, 3.5))
    for x, y in ((6, 3.5), (7.5, 5), (14.5, 5), (14.5, 13), (1.5, 13)):
        path.lineTo(x, y)
    path.closeSubpath()
    painter.drawPath(path)


def _draw_move(painter: QPainter) -> None:
    _draw_server(painter)
    painter.setPen(QPen(QColor("white"), 0.6))
    painter.setBrush(_GREEN)
    path = QPainterPath(QPointF(4, 9.5))
    for x, y in ((10, 9.5), (10, 7), (15.5, 11.2), (10, 15.4), (10, 12.9), (4, 12.9)):
        path.lineTo(x, y)
    path.closeSubpath()
    painter.drawPath(path)


def _sign(colour: QColor, strokes: tuple[tuple[float, float, float, float], ...]) -> _Draw:
    def draw(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(1, 1, 14, 14))
        painter.setPen(QPen(QColor("white"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for x1, y1, x2, y2 in strokes:
            painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))

    return draw


_MARK = ((8, 4, 8, 8.5), (8, 11.6, 8, 11.7))


@cache
def server() -> QIcon:
    """A host."""
    return _icon(_draw_server)


@cache
def machine() -> QIcon:
    """A virtual machine."""
    return _icon(_draw_machine)


@cache
def folder() -> QIcon:
    """A folder or drive on a host."""
    return _icon(_draw_folder)


@cache
def move() -> QIcon:
    """A server with a green arrow: the Move Wizard."""
    return _icon(_draw_move)


@cache
def error() -> QIcon:
    """A red cross: what stops a move."""
    return _icon(_sign(_RED, ((5.2, 5.2, 10.8, 10.8), (10.8, 5.2, 5.2, 10.8))))


@cache
def warning() -> QIcon:
    """An exclamation mark: what has to be accepted."""
    return _icon(_sign(_AMBER, _MARK))


@cache
def note() -> QIcon:
    """An i: good to know."""
    return _icon(_sign(_BLUE, ((8, 4.3, 8, 4.4), (8, 7.5, 8, 11.7))))


@cache
def done() -> QIcon:
    """A tick: nothing to complain of."""
    return _icon(_sign(_GREEN, ((4.8, 8.2, 7.2, 10.6), (7.2, 10.6, 11.4, 5.6))))


@cache
def blank() -> QIcon:
    """Nothing, in the size of an icon: keeps texts in line."""
    return _icon(lambda _: None)
