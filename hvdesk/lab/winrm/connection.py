"""One connection: requests one after the other through logon, unsealing, the service, sealing, and the fault points."""

from __future__ import annotations

from dataclasses import dataclass

from hvdesk.lab.winrm import faults, mime, soap
from hvdesk.lab.winrm.auth import ConnectionLogon, Verdict
from hvdesk.lab.winrm.counters import Counters
from hvdesk.lab.winrm.delivery import Delivery
from hvdesk.lab.winrm.faultshape import Fault
from hvdesk.lab.winrm.points import FaultPlan, Rule
from hvdesk.lab.winrm.service import Answer, Client, Service
from hvdesk.lab.winrm.shells import ClientGoneError
from hvdesk.lab.winrm.strikes import Delay, HangupError, strike_wire
from hvdesk.lab.winrm.wire import BadHttpError, HttpRequest, Wire, response

_SOAP_TYPE = "application/soap+xml;charset=UTF-8"
_GARBAGE = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header><a:Act'


@dataclass(frozen=True, slots=True)
class Site:
    """What the connections of one host share."""

    service: Service
    counters: Counters
    plan: FaultPlan
    delay: Delay


class Connection:
    """Serves one connection on its own thread until the client, the lab or a fault ends it."""

    def __init__(self, site: Site, wire: Wire, logon: ConnectionLogon, peer: str, *, tls: bool) -> None:
        self._site = site
        self._wire = wire
        self._logon = logon
        self._peer = peer
        self._tls = tls
        self._host = site.service.host
        self._damage_next = False
        self._out = Delivery(wire, site.delay, site.plan)

    def serve(self) -> None:
        """Answer requests until the end. Raises nothing for what a client does."""
        try:
            while self._one():
                pass
        except HangupError as end:
            if end.reset:
                self._wire.cut(reset=True)
        except BadHttpError as error:
            self._try_send(response(error.status, [("Connection", "close")]))
        except (ClientGoneError, OSError):
            pass  # the client is gone: nobody is left to be told

    def _one(self) -> bool:
        """One request and its answer; whether the connection stays open."""
        # Sealing adds little; the message itself is measured when it is unsealed.
        request = self._wire.read_request(2 * self._site.service.store.limits.envelope)
        if request is None:
            return False
        self._site.counters.add("http_requests")
        self._site.delay.half()
        if not request.path.lower().startswith("/wsman"):
            raise BadHttpError(404)
        if request.method != "POST":
            raise BadHttpError(405)
        verdict = self._authenticate(request)
        if verdict.state != "accepted":
            return self._challenge(verdict)
        headers = [("WWW-Authenticate", verdict.header)] if verdict.header else []
        if not request.body:
            self._out.send(response(200, headers))
            return True
        return self._soap(request, headers)

    def _authenticate(self, request: HttpRequest) -> Verdict:
        authorization = request.headers.get("authorization", "")
        if not authorization:
            return Verdict("accepted" if self._logon.stays else "refused")
        return self._logon.take(authorization, self._admit)

    def _admit(self) -> bool:
        """The auth fault point: a right credential came in; whether to let it in."""
        rule = self._site.plan.take(self._host, "auth")
        if rule is None:
            return True
        if rule.action == "status":
            raise BadHttpError(rule.code)
        if rule.action != "refuse":
            strike_wire(rule, self._site.plan, self._wire)
        return rule.action != "refuse"

    def _challenge(self, verdict: Verdict) -> bool:
        if verdict.header is not None:
            self._out.send(response(401, [("WWW-Authenticate", verdict.header)]))
            return True
        offers = [("WWW-Authenticate", offer) for offer in self._logon.offers]
        self._out.send(response(401, [*offers, ("Connection", "close")]))
        return False

    def _soap(self, request: HttpRequest, headers: list[tuple[str, str]]) -> bool:
        sealed = mime.is_sealed(request.headers.get("content-type", ""))
        sealer = self._logon.sealer
        if not sealed and not self._tls and not self._site.service.store.config.variants.allow_unencrypted:
            self._out.send(response(500, headers))
            return True
        try:
            if sealed and sealer is None:
                raise mime.UnsealError("sealed without a logon that seals")
            message = mime.unseal(request.body, sealer.scheme, sealer) if sealed and sealer else request.body
            parsed, header_fault = soap.parse(message)
        except (mime.UnsealError, soap.NotSoapError) as error:
            raise BadHttpError(400) from error
        if len(message) > self._site.service.store.limits.envelope:
            if not self._site.service.store.config.variants.large_envelope_fault:
                raise BadHttpError(413)
            header_fault = faults.ENVELOPE_TOO_LARGE
        self._site.counters.request(parsed.verb or parsed.action)
        answer = self._handle(parsed, header_fault)
        self._answer(parsed.verb, answer, headers, sealed=sealed)
        return True

    def _handle(self, request: soap.Request, header_fault: Fault | None) -> Answer:
        caller = self._logon.caller
        assert caller is not None, "only requests of somebody who logged on come here"
        before = self._site.plan.take(self._host, "before", request.verb)
        answer = self._strike(before, request) if before is not None else None
        if answer is None:
            answer = self._site.service.handle(request, header_fault, Client(caller, self._peer, self._wire.alive))
        after = self._site.plan.take(self._host, "after", request.verb)
        instead = self._strike(after, request) if after is not None else None
        return instead or answer

    def _strike(self, rule: Rule, request: soap.Request) -> Answer | None:
        """Do what a rule says; the answer that it puts in place of the real one, if any. May raise HangupError."""
        service = self._site.service
        match rule.action:
            case "status":
                return Answer(rule.code, b"")
            case "garbage":
                return Answer(200, _GARBAGE)
            case "bad_seal":
                self._damage_next = True
            case "expire_shell":
                service.store.expire(request.shell_id)
            case "kill_process":
                service.store.kill(request.shell_id)
            case "fault":
                fault = faults.by_name(rule.name) if rule.name else faults.by_code(rule.code)
                return service.demanded(request, fault)
            case _:
                strike_wire(rule, self._site.plan, self._wire)
        return None

    def _answer(self, verb: str, answer: Answer, headers: list[tuple[str, str]], *, sealed: bool) -> None:
        rule = self._site.plan.take(self._host, "answer", verb)
        action = rule.action if rule is not None else ""
        if action == "garbage":
            answer = Answer(200, _GARBAGE, answer.give_back)
        kind, body = self._dressed(answer.message, sealed=sealed)
        if self._damage_next or action == "bad_seal":
            self._damage_next = False
            body = _damaged(body)
        try:
            if rule is not None:
                self._out.spoiled(rule, answer.status, [*headers, *kind], body)
            else:
                chunked = self._site.service.store.config.variants.chunked
                self._out.answer(answer.status, [*headers, *kind], body, chunked=chunked)
        except OSError:
            if answer.give_back is not None:
                answer.give_back()
            raise

    def _dressed(self, message: bytes, *, sealed: bool) -> tuple[list[tuple[str, str]], bytes]:
        """Content-Type and body of a message, sealed like its request; an empty message has no type."""
        sealer = self._logon.sealer
        if not message:
            return [], b""
        if not sealed or sealer is None:
            return [("Content-Type", _SOAP_TYPE)], message
        kind, body = mime.seal(message, sealer.scheme, sealer)
        return [("Content-Type", kind)], body

    def _try_send(self, data: bytes) -> None:
        try:
            self._out.send(data)
        except OSError:
            return  # the answer to a broken request, to a client that is gone


def _damaged(body: bytes) -> bytes:
    """The body with one byte of its sealed data changed."""
    place = max(len(body) - 60, 0)
    return body[:place] + bytes(byte ^ 0x55 for byte in body[place : place + 1]) + body[place + 1 :]
