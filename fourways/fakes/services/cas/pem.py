"""What is in a certificate, and whether a private key belongs to it. Pure: PEM in, fields out; the key is read and forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from fourways.fakes.wire.errors import CloudError


@dataclass(frozen=True)
class Facts:
    """`fingerprint` is SHA-1 and `sha2` SHA-256, both in hexadecimal; `begins` and `ends` are epoch seconds."""

    common_name: str
    names: tuple[str, ...]
    issuer: str
    serial: str
    algorithm: str
    fingerprint: str
    sha2: str
    begins: float
    ends: float


def read(certificate: str, key: str) -> Facts:
    """Raises 400 for what is no PEM and for a key of another certificate: the codes are assumed. Its messages hold nothing of the key."""
    try:
        found = x509.load_pem_x509_certificates(certificate.encode())[0]
    except ValueError:
        raise CloudError(400, "CertFormatError", "The certificate is not in the PEM format.") from None
    public = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if _public_of(key) != public:
        raise CloudError(400, "CertKeyNotMatch", "The private key does not belong to the certificate.")
    return Facts(
        common_name=_common_name(found.subject),
        names=_names(found),
        issuer=_common_name(found.issuer) or found.issuer.rfc4514_string(),
        serial=f"{found.serial_number:x}",
        algorithm=_algorithm(found),
        fingerprint=found.fingerprint(hashes.SHA1()).hex(),
        sha2=found.fingerprint(hashes.SHA256()).hex(),
        begins=found.not_valid_before_utc.timestamp(),
        ends=found.not_valid_after_utc.timestamp(),
    )


def _public_of(key: str) -> bytes:
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CloudError(400, "KeyFormatError", "The private key is not in the PEM format, or is protected by a password.") from None
    return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names it is good for, domain names first."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return tuple(name for name in (_common_name(certificate.subject),) if name)
    addresses = found.get_values_for_type(x509.IPAddress)
    return (*found.get_values_for_type(x509.DNSName), *map(str, addresses))


def _algorithm(certificate: x509.Certificate) -> str:
    match certificate.public_key():
        case rsa.RSAPublicKey():
            return "RSA"
        case ec.EllipticCurvePublicKey():
            return "ECC"
        case _:
            raise CloudError(400, "CertAlgorithmNotSupport", "Only certificates with RSA and ECC keys are supported.")
