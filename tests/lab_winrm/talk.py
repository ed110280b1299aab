"""The service asked without sockets, and how to look into its answers."""

from __future__ import annotations

import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable

from lab_winrm.tiny import TinyLauncher

from hvdesk.lab.programs import Caller
from hvdesk.lab.winrm import names, soap
from hvdesk.lab.winrm.config import HostConfig, Limits, Variants
from hvdesk.lab.winrm.service import Answer, Client, Service
from hvdesk.lab.winrm.store import ShellStore

ME = Caller(user="LAB\\admin", admin=True, forwarded=False, logon="ntlm")
GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\Z")
SHELL = "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams></rsp:Shell>"


def envelope(verb: str, body: str = "", shell: str = "", *, headers: str = "", resource: str = "") -> bytes:
    """A request as clients write it."""
    actions = {word: action for action, word in names.VERBS.items()}
    selectors = f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>' if shell else ""
    return f"""<?xml version="1.0"?><env:Envelope xmlns:env="{names.SOAP}" xmlns:a="{names.ADDRESSING}"
        xmlns:w="{names.WSMAN}" xmlns:p="{names.MICROSOFT}" xmlns:rsp="{names.SHELL}"><env:Header>
        <a:Action env:mustUnderstand="true">{actions.get(verb, verb)}</a:Action><a:To>http://10.0.0.1:5985/wsman</a:To>
        <a:MessageID>uuid:AbC</a:MessageID>{selectors}{headers}
        <w:ResourceURI>{resource or names.CMD_SHELL}</w:ResourceURI></env:Header><env:Body>{body}</env:Body>
        </env:Envelope>""".encode()


class Talk:
    """A service, asked without sockets."""

    def __init__(
        self,
        limits: Limits | None = None,
        variants: Variants | None = None,
        *,
        clock: Callable[[], float] = lambda: 0.0,
        caller: Caller = ME,
    ) -> None:
        self.launcher = TinyLauncher()
        self.store = ShellStore(HostConfig(limits, variants), clock)
        self._caller = caller
        self.waiting = threading.Event()
        """Set when a Receive has begun to wait."""
        self.service = Service("HV01", self.launcher, self.store, lambda: None)

    def ask(self, verb: str, body: str = "", shell: str = "", *, headers: str = "", resource: str = "") -> Answer:
        """Send a request."""
        parsed, fault = soap.parse(envelope(verb, body, shell, headers=headers, resource=resource))
        return self.service.handle(parsed, fault, Client(self._caller, "10.0.0.9", self._alive))

    def _alive(self) -> bool:
        self.waiting.set()
        return True

    def shell(self) -> str:
        """A new shell's id."""
        found = re.search(rb"<rsp:ShellId>([^<]+)<", self.ask("Create", SHELL).message)
        assert found is not None
        return found[1].decode()

    def command(self, shell: str, line: str) -> str:
        """A new command's id."""
        answer = self.ask("Command", f"<rsp:CommandLine><rsp:Command>{line}</rsp:Command></rsp:CommandLine>", shell)
        return element(answer, "rsp:CommandResponse/rsp:CommandId").text or ""

    def receive(self, shell: str, command: str, headers: str = "") -> Answer:
        """Receive both streams."""
        wish = f'<rsp:DesiredStream CommandId="{command}">stdout stderr</rsp:DesiredStream>'
        return self.ask("Receive", f"<rsp:Receive>{wish}</rsp:Receive>", shell, headers=headers)


PREFIXES = {
    "s": names.SOAP,
    "a": names.ADDRESSING,
    "x": names.TRANSFER,
    "w": names.WSMAN,
    "rsp": names.SHELL,
    "p": names.MICROSOFT,
    "f": names.FAULT,
    "cfg": names.CONFIG,
}


def element(answer: Answer, path: str) -> ET.Element:
    """An element below Body."""
    found = ET.fromstring(answer.message).find(f"s:Body/{path}", PREFIXES)
    assert found is not None, answer.message
    return found


def skeleton(answer: Answer) -> list[str]:
    """Names of all elements in order, with the prefixes above."""
    return re.findall(r"<(\w+:\w+)", answer.message.decode())
