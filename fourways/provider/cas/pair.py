"""A key and a certificate that it signs itself. The key leaves this module as text once, and is written nowhere.

RSA with 2048 bits: ALB takes RSA and ECC (help centre, ALB 'Manage certificates'), and CAS takes both as PEM of the traditional form (help
centre, UploadUserCertificate); RSA is what every client of every age can check.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fourways.cloud import ownership

if TYPE_CHECKING:
    from cryptography import x509

_BITS, _EXPONENT = 2048, 65537
#: Clocks that are a little behind accept it at once.
_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Both as PEM, and what clients are told: `fingerprint` is the SHA-256 of the certificate in hex digits, `not_after` RFC 3339."""

    key: str = field(repr=False)
    certificate: str
    fingerprint: str
    not_after: str


def make(common_name: str, names: Sequence[str], days: int, now: datetime) -> Pair:
    """A new pair for `names` (host names and IP addresses; without any, the common name), valid for `days` from `now`. Blocking: a tenth of
    a second, and 0.2 s for the first import."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    end = (now + timedelta(days=days)).replace(microsecond=0)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_encipherment=True,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([_name(one) for one in dict.fromkeys(names or [common_name])]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    return Pair(
        key=secret.decode(),
        certificate=made.public_bytes(serialization.Encoding.PEM).decode(),
        fingerprint=made.fingerprint(hashes.SHA256()).hex(),
        not_after=ownership.format_time(end),
    )


def _name(text: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
