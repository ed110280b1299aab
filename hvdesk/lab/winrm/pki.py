"""The lab's certificate authority, the certificates of its https listeners, good and bad, and those of its users."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

KINDS = ("ok", "wrong-name", "expired", "foreign")
"""What a host's certificate may be: a foreign one is signed by an authority that nobody trusts."""

_UPN = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
_LONG_DER = 128  # bytes


class Authority:
    """A certificate authority with its key in memory."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            _builder(self._name, self._name, self._key.public_key(), expired=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def issue(self, names: list[str], *, expired: bool = False) -> bytes:
        """Certificate and key in PEM for a server's host names and addresses."""
        general = [_general_name(name) for name in names]
        return self._issue(names[0], general, ExtendedKeyUsageOID.SERVER_AUTH, expired=expired)

    def issue_user(self, principal: str) -> bytes:
        """Certificate and key in PEM for a user principal name."""
        text = principal.encode()
        assert len(text) < _LONG_DER, "a longer one would need DER's other form of a length"
        name = x509.OtherName(_UPN, b"\x0c" + bytes([len(text)]) + text)
        return self._issue(principal, [name], ExtendedKeyUsageOID.CLIENT_AUTH, expired=False)

    def _issue(
        self, common_name: str, names: list[x509.GeneralName], use: x509.ObjectIdentifier, *, expired: bool
    ) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        certificate = (
            _builder(subject, self._name, key.public_key(), expired=expired)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return certificate.public_bytes(pem) + private


class Pki:
    """The certificates of one lab, in a folder that the caller removes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = Authority("hvdesk lab CA")
        self._foreign: Authority | None = None
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(self._authority.certificate.public_bytes(serialization.Encoding.PEM))

    def server_context(self, fqdn: str, kind: str) -> tuple[ssl.SSLContext, bytes]:
        """The TLS side of a host's https listener, and its certificate in DER form; `kind` is one of KINDS, else
        ValueError. It takes certificates of clients that the authority signed."""
        if kind not in KINDS:
            raise ValueError(f"no certificate {kind!r}; there are {', '.join(KINDS)}")
        names = ["other.lab.test"] if kind == "wrong-name" else [fqdn, "localhost", "127.0.0.1"]
        authority = self._authority
        if kind == "foreign":
            self._foreign = authority = self._foreign or Authority("Nobody's CA")
        pem = authority.issue(names, expired=kind == "expired")
        path = self._folder / f"{fqdn}.pem"
        path.touch(0o600)
        path.write_bytes(pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(path)
        path.unlink()
        context.load_verify_locations(self.ca_file)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context, x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)

    def user_file(self, principal: str) -> Path:
        """A new file with certificate and key of a user, for its owner's eyes only."""
        path = self._folder / f"user-{principal}.pem"
        path.touch(0o600)
        path.write_bytes(self._authority.issue_user(principal))
        return path


def principal_of(certificate: bytes) -> str | None:
    """The user principal name in a client's certificate in DER form; None when it has none."""
    try:
        names = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except x509.ExtensionNotFound:
        return None
    others = [name.value for name in names.value.get_values_for_type(x509.OtherName) if name.type_id == _UPN]
    return others[0][2:].decode("utf-8", "replace") if others else None


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, expired: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    begin, end = (-30, -1) if expired else (-1, 30)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begin))
        .not_valid_after(now + timedelta(days=end))
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
