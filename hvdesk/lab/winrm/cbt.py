"""Channel binding: whether a logon over https is tied to the listener's certificate, and how much a host insists."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from spnego._ntlm_raw.messages import Authenticate, AvId, NTClientChallengeV2
from spnego._spnego import NegTokenResp, unpack_token
from spnego.channel_bindings import GssChannelBindings

LEVELS = ("none", "relaxed", "strict")
"""Windows' CbtHardeningLevel: not looked at; a wrong one is refused; a missing one is refused too."""

_NTLM = b"NTLMSSP\0\3\0\0\0"
_NONE_SENT = b"\0" * 16  # Windows' clients without a TLS channel send zeros
_NTLM_V1 = 24  # bytes of an answer that has no room for a binding


@dataclass(frozen=True, slots=True)
class Binding:
    """What the logons on one TLS connection must be bound to."""

    wanted: GssChannelBindings
    strict: bool

    def of_token(self, token: bytes) -> GssChannelBindings | None:
        """What to check this token against: None for NTLM's last one when it is bound to nothing."""
        return self.wanted if ntlm_binding(token) != b"" else None


def binding_of(certificate: bytes, level: str) -> Binding | None:
    """The binding for a listener's certificate in DER form (RFC 5929, tls-server-end-point); None at level `none`."""
    if level not in LEVELS:
        raise ValueError(f"no level {level!r}; there are {', '.join(LEVELS)}")
    if level == "none":
        return None
    digest = x509.load_der_x509_certificate(certificate).fingerprint(hashes.SHA256())
    data = b"tls-server-end-point:" + digest
    return Binding(GssChannelBindings(application_data=data), strict=level == "strict")


def ntlm_binding(token: bytes) -> bytes | None:
    """The binding in NTLM's last token, raw or within SPNEGO; b"" when it has none, None for any other token."""
    try:
        unpacked = unpack_token(token)
        inner = unpacked.response_token if isinstance(unpacked, NegTokenResp) else token
        if inner is None or not inner.startswith(_NTLM):
            return None
        answer = Authenticate.unpack(inner).nt_challenge_response or b""
        if len(answer) <= _NTLM_V1:
            return b""
        sent = NTClientChallengeV2.unpack(answer[16:]).av_pairs.get(AvId.channel_bindings, _NONE_SENT)
    except (ValueError, IndexError, KeyError, struct.error):
        return None  # garbage, which the security context will refuse
    return b"" if sent == _NONE_SENT else bytes(sent)
