"""Help and About."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hvdesk import __version__
from hvdesk.ui import icons
from hvdesk.ui.error_dialog import picture
from hvdesk.ui.widgets import bold, caption, named, push_button, read_only_text

_HELP = """\
Hosts
    Action > Connect to Server adds a host. Choose it in the tree to see its virtual machines. F5 asks it anew; the \
host shown is asked every few seconds, and hosts with a running move more often. The others keep what they last said.

Moving a virtual machine
    Select it and choose Move. The wizard asks for the destination computer and for a folder on it, checks the move on \
both hosts and shows what it found. Blockers must be corrected; a warning needs your tick. Nothing is changed before \
you press Finish, but for a folder that you make while browsing. Finish on an earlier page runs the check and starts \
only what it found clean.

While it moves
    Progress is shown in the wizard, in the Status column and in Jobs. Closing the wizard does not stop the move. \
Cancel Moving asks the host to stop; the host may refuse, and then the move goes on. A move that another program \
started is shown, but cannot be cancelled here.

Logging on
    A move needs a logon that the source host can pass on: CredSSP, or Kerberos with constrained delegation. Passwords \
are kept in the keyring of this computer when you tick Remember the password, else for this session only. After a \
refused password no further logon is tried with it until you enter it again.

Keyboard
    Alt with the underlined letter reaches every control; Tab goes from one to the next, arrows move in lists. F5 \
refreshes, F1 shows this help.
"""


class TextDialog(QDialog):
    """A text with a Close button, `lines` of it seen at once. Show with `open()`."""

    def __init__(self, title: str, heading: str, text: str, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        named(self, title)
        box = read_only_text("Text")
        box.setPlainText(text)
        close = push_button("&Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        top = QHBoxLayout()
        top.addWidget(picture(icons.move(), 32))
        top.addWidget(bold(caption(heading, box), 1.15), 1, Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(box, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(box.fontMetrics().averageCharWidth() * 92, box.fontMetrics().lineSpacing() * (lines + 8))


def help_dialog(parent: QWidget) -> TextDialog:
    """How the window is used."""
    return TextDialog("Help", "&Help for hvdesk", _HELP, 28, parent)


def about_dialog(parent: QWidget) -> TextDialog:
    """Version and licence."""
    text = (
        f"Version {__version__}\n\nMoves Hyper-V virtual machines between hosts from your own workstation.\n\n"
        "MIT License. Built with Qt for Python (LGPL)."
    )
    return TextDialog("About hvdesk", "&hvdesk", text, 6, parent)
