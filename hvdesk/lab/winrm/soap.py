"""SOAP envelopes: a request taken apart, an answer put together in the shape recorded from Windows servers."""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from hvdesk.lab.winrm import faults, names
from hvdesk.lab.winrm.faultshape import Fault

_DURATION = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z")
_MIN_ENVELOPE = 8192
_PREFIXES = (
    f'xmlns:s="{names.SOAP}" xmlns:a="{names.ADDRESSING}" xmlns:x="{names.TRANSFER}" '
    f'xmlns:w="{names.WSMAN}" xmlns:rsp="{names.SHELL}" xmlns:p="{names.MICROSOFT}"'
)


class NotSoapError(Exception):
    """The message is no SOAP envelope at all; the server answers without one too."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request's headers that matter, and its body."""

    action: str
    verb: str  # "" for an action that the service does not know
    message_id: str
    to: str
    resource: str
    shell_id: str  # "" without a selector
    timeout: float | None  # seconds
    max_envelope: int  # bytes
    options: Mapping[str, str]
    body: ET.Element


def seconds(text: str) -> float | None:
    """An XML duration such as `PT1.5S` or `P0DT0H20M0S` in seconds; None when it is none, or negative."""
    match = _DURATION.match(text.strip())
    if match is None or match[1] or not any(match.groups()[1:]):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in match.groups()[1:])
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def parse(message: bytes) -> tuple[Request, Fault | None]:
    """Take a request apart. The fault, if any, is what its headers deserve; NotSoapError when there is no envelope."""
    try:
        root = ET.fromstring(message)  # noqa: S314 - loopback clients only, and expat limits entity expansion
    except ET.ParseError as error:
        raise NotSoapError(str(error)) from error
    header = root.find(f"{{{names.SOAP}}}Header")
    body = root.find(f"{{{names.SOAP}}}Body")
    if header is None or body is None:
        raise NotSoapError("no SOAP header or body")
    request = _request(header, body)
    return request, _header_fault(header, request)


def _request(header: ET.Element, body: ET.Element) -> Request:
    action = _text(header, names.ADDRESSING, "Action")
    selectors = header.iterfind(f"{{{names.WSMAN}}}SelectorSet/{{{names.WSMAN}}}Selector")
    options = header.iterfind(f"{{{names.WSMAN}}}OptionSet/{{{names.WSMAN}}}Option")
    envelope = _text(header, names.WSMAN, "MaxEnvelopeSize")
    return Request(
        action=action,
        verb=names.VERBS.get(action, ""),
        message_id=_text(header, names.ADDRESSING, "MessageID"),
        to=_text(header, names.ADDRESSING, "To"),
        resource=_text(header, names.WSMAN, "ResourceURI"),
        shell_id=next((one.text or "" for one in selectors if one.get("Name") == "ShellId"), "").upper(),
        timeout=seconds(_text(header, names.WSMAN, "OperationTimeout")),
        max_envelope=int(envelope) if envelope.isdecimal() else 153600,
        options={one.get("Name", "").upper(): one.text or "" for one in options},
        body=body,
    )


def _header_fault(header: ET.Element, request: Request) -> Fault | None:
    must = f"{{{names.SOAP}}}mustUnderstand"
    for element in header:
        if element.get(must) in ("true", "1") and element.tag not in names.UNDERSTOOD:
            return faults.NOT_UNDERSTOOD
    if request.timeout is None and _text(header, names.WSMAN, "OperationTimeout"):
        return faults.BAD_TIMEOUT
    if request.max_envelope < _MIN_ENVELOPE:
        return faults.ENVELOPE_TOO_SMALL
    return None


def _text(header: ET.Element, namespace: str, name: str) -> str:
    return (header.findtext(f"{{{namespace}}}{name}") or "").strip()


def answer(request: Request, body: str, *, activity_id: bool) -> bytes:
    """The envelope that answers a request well. `activity_id`: as Server 2016 and later."""
    return _envelope(request.action + "Response", request.message_id, body, activity_id=activity_id)


def fault_answer(request: Request, fault: Fault, machine: str, *, activity_id: bool) -> bytes:
    """The envelope that tells a fault; `machine` is the server's name in it."""
    return _envelope(fault.action, request.message_id, fault.body(machine), activity_id=activity_id)


def new_id() -> str:
    """An upper-case GUID, as servers write shell, command and message ids."""
    return str(uuid.uuid4()).upper()


def _envelope(action: str, relates_to: str, body: str, *, activity_id: bool) -> bytes:
    activity = f"<p:ActivityId>{new_id()}</p:ActivityId>" if activity_id else ""
    return (
        f'<s:Envelope xml:lang="en-US" {_PREFIXES}><s:Header><a:Action>{escape(action)}</a:Action>'
        f"<a:MessageID>uuid:{new_id()}</a:MessageID>{activity}"
        f"<a:To>{names.ANONYMOUS}</a:To><a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
