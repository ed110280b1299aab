"""Every way in which a request over WinRM can fail, as errors of ours.

The exceptions are those of winrm-protocol.md 5.8: they come from five libraries and share no base class.
"""

from __future__ import annotations

import binascii
import errno
import hashlib
import http.client
import socket
import ssl
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

import requests
from requests_credssp.exceptions import AuthenticationException, NTStatusException
from spnego.exceptions import SpnegoError
from urllib3.exceptions import HTTPError, LocationValueError, NameResolutionError, NewConnectionError
from winrm.exceptions import WinRMError, WinRMOperationTimeoutError, WinRMTransportError, WSManFaultError

from hvdesk.domain.errors import HvError
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.trouble import InputBusy, LinkDown, ShellGone

WIRE_ERRORS = (
    requests.RequestException,
    HTTPError,
    http.client.HTTPException,
    WinRMError,
    WinRMTransportError,
    WinRMOperationTimeoutError,
    SpnegoError,
    AuthenticationException,
    NTStatusException,
    OSError,
    ParseError,
    AssertionError,  # pywinrm: the answer is to another message
    StopIteration,  # pywinrm: an element is missing
    LookupError,  # pywinrm: a header or attribute is missing
    binascii.Error,
    ValueError,
)

_SHELL_GONE = (2150858843, 109)
_ABORTED = 995
_INPUT_BUSY = 170
_FINGERPRINT_SECONDS = 10
_ACCESS_DENIED = 5
_NO_PROGRAM = (2, 2147942402)
_QUOTAS = {
    2150859173: "MaxShellsPerUser",
    2150859174: "MaxConcurrentOperationsPerUser",
    2150859241: "MaxProcessesPerShell",
}

# OpenSSL's X509_V_ERR_* numbers, as SSLCertVerificationError.verify_code has them
_EXPIRED = (9, 10)
_WRONG_NAME = (62, 64)

_NO_SUCH_NAME = (NameResolutionError, socket.gaierror, LocationValueError, requests.exceptions.InvalidURL)
_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)
_RETRIABLE_HTTP = (400, 401, 500, 502, 503, 504)


def error_of(error: BaseException, endpoint: Endpoint) -> HvError:
    """What `error`, one of WIRE_ERRORS, means. It holds no part of the request, hence no secret. Any thread."""
    if isinstance(error, WSManFaultError):
        return _of_fault(error, endpoint)
    if isinstance(error, WinRMTransportError):
        return _of_status(error.code, endpoint)
    if isinstance(error, WinRMOperationTimeoutError):
        return LinkDown("host.timeout", host=endpoint.label, facts=_where(endpoint))
    if isinstance(error, requests.exceptions.SSLError | ssl.SSLError):
        return _of_tls(error, endpoint)
    if isinstance(error, requests.RequestException | HTTPError | http.client.HTTPException | OSError):
        return _of_connection(error, endpoint)
    # What is left: the answer made no sense, or its seal did not fit. A new connection may do better.
    return LinkDown("host.garbled", host=endpoint.label, facts=_where(endpoint), host_words=type(error).__name__)


def _of_fault(fault: WSManFaultError, endpoint: Endpoint) -> HvError:
    code, label, words = fault.wsman_fault_code or fault.wmierror_code, endpoint.label, fault.reason
    if code in _SHELL_GONE:
        return ShellGone("host.lost", host=label, host_words=words).unsent()
    if code == _INPUT_BUSY:
        return InputBusy("host.lost", host=label, host_words=words).unsent()
    if code == _ABORTED:
        return LinkDown("host.lost", host=label, host_words=words)
    if code == _ACCESS_DENIED or (fault.fault_subcode or "").endswith(":AccessDenied"):
        return HvError("host.access_denied", host=label, host_words=words)
    if code in _NO_PROGRAM:
        return HvError("agent.no_powershell", host=label, host_words=words)
    if code in _QUOTAS or (fault.fault_subcode or "").endswith(":QuotaLimit"):
        quota = _QUOTAS.get(code or 0, "a quota")
        return HvError("host.quota", host=label, facts={"quota": quota}, host_words=words)
    return HvError("host.fault", host=label, facts={"code": code or fault.fault_subcode or "?"}, host_words=words)


def _of_status(status: int, endpoint: Endpoint) -> HvError:
    facts = _where(endpoint) | {"status": status}
    if status in _RETRIABLE_HTTP:
        # 400: the host cannot open what was sealed for another connection. 401: this connection is not logged on, or
        # not any more. The others: its service is not ready.
        return LinkDown("host.http", host=endpoint.label, facts=facts)
    return HvError("host.no_winrm", host=endpoint.label, facts=facts, host_words=f"HTTP {status}")


def _of_tls(error: BaseException, endpoint: Endpoint) -> HvError:
    facts, words = _where(endpoint), _words(error)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            code = "tls.untrusted"
            if cause.verify_code in _EXPIRED:
                code = "tls.expired"
            elif cause.verify_code in _WRONG_NAME:
                code = "tls.wrong_name"
            facts = {**facts, "fingerprint": _shown_fingerprint(endpoint)}
            return HvError(code, host=endpoint.label, facts=facts, host_words=cause.verify_message)
    if "Fingerprints did not match" in words:
        facts = {**facts, "fingerprint": _shown_fingerprint(endpoint)}
        return HvError("tls.pin_changed", host=endpoint.label, facts=facts)
    if "WRONG_VERSION_NUMBER" in words:
        return HvError("tls.not_tls", host=endpoint.label, facts=facts)
    if "EOF" in words:
        return LinkDown("host.lost", host=endpoint.label, host_words=words)
    return HvError("tls.failed", host=endpoint.label, facts=facts, host_words=words)


def _shown_fingerprint(endpoint: Endpoint) -> str | None:
    """SHA-256 of the certificate that was not accepted, so that the user can compare and pin it.

    Python's ssl gives a refused certificate to nobody, hence a connection of its own, on which nothing is sent.
    """
    try:
        pem = ssl.get_server_certificate((endpoint.address, endpoint.port), timeout=_FINGERPRINT_SECONDS)
    except OSError:
        return None
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def _of_connection(error: BaseException, endpoint: Endpoint) -> HvError:
    label, facts = endpoint.label, _where(endpoint)
    causes = tuple(_causes(error))
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if any(isinstance(cause, _NO_SUCH_NAME) for cause in causes):
        return LinkDown("host.name_unknown", host=label, facts=facts).unsent()
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return LinkDown("host.timeout", host=label, facts=facts).unsent()
    if errno.ECONNREFUSED in numbers:
        return LinkDown("host.refused", host=label, facts=facts).unsent()
    if any(isinstance(cause, NewConnectionError) for cause in causes) or numbers & set(_UNREACHABLE):
        return LinkDown("host.unreachable", host=label, facts=facts, host_words=_words(causes[-1])).unsent()
    if isinstance(error, requests.exceptions.ReadTimeout):
        return LinkDown("host.timeout", host=label, facts=facts)
    return LinkDown("host.lost", host=label, host_words=_words(causes[-1]))


def _where(endpoint: Endpoint) -> dict[str, object]:
    return {"address": endpoint.address, "port": endpoint.port}


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what is behind it: urllib3 keeps it in `reason`, requests in the arguments, Python in the chain."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]
