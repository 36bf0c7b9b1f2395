"""A certificate authority of the fake's own, and a server certificate for loopback signed by it; both survive a restart."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fourways.catalog.regions import all_regions

_LIFETIME = datetime.timedelta(days=30)
_LEFT = datetime.timedelta(days=7)  # a certificate that is not good for as long is made anew
SERVER_FILE = "server.pem"
# Clients of Simple Log Service put the project before the endpoint, an address or not; those of OSS the bucket before the cloud's endpoint.
_OSS = [name for id in all_regions() for name in (f"oss-{id}.aliyuncs.com", f"oss-{id}-internal.aliyuncs.com")]
_NAMES = ["localhost", "*.localhost", "*.127.0.0.1", *_OSS, *(f"*.{name}" for name in _OSS)]


def make_authority(ca_path: Path) -> ssl.SSLContext:
    """A server context for 127.0.0.1, ::1 and localhost, whose CA certificate (public part only) is at `ca_path`.

    Clients keep the CA that they have read, so a fake that was killed must come back with the same one: the server's key and certificate
    lie beside it in an owner-only file. The CA's own key is never written, so nothing else can be signed with it.
    """
    pair = ca_path.with_name(SERVER_FILE)
    if not _usable(ca_path, pair):
        _make(ca_path, pair)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    return context


def _usable(ca_path: Path, pair: Path) -> bool:
    """Whether both files are there, belong together and stay good for a while."""
    try:
        ca = x509.load_pem_x509_certificate(ca_path.read_bytes())
        certificate = x509.load_pem_x509_certificate(pair.read_bytes())
        certificate.verify_directly_issued_by(ca)
    except (FileNotFoundError, ValueError, InvalidSignature):
        return False
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    return {*_NAMES} <= {*names} and certificate.not_valid_after_utc > datetime.datetime.now(datetime.UTC) + _LEFT


def _make(ca_path: Path, pair: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fourways fake cloud CA")])
    ca = (
        _builder(ca_name, ca_name, ca_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(False, False, False, False, False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False),
            critical=True,
        )
        .sign(ca_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName(
        [
            *(x509.DNSName(name) for name in _NAMES),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("::1")),
        ]
    )
    certificate = (
        _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]), ca_name, key.public_key(), now)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    ca_path.parent.mkdir(parents=True, exist_ok=True)
    ca_path.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    pair.unlink(missing_ok=True)
    with open(os.open(pair, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + certificate.public_bytes(serialization.Encoding.PEM)
        )


def write_bundle(ca_path: Path, bundle_path: Path) -> None:
    """System roots and the fake's CA in one file, for clients that take a single bundle (SSL_CERT_FILE)."""
    named = os.environ.get("SSL_CERT_FILE")
    # Inside `fourways shell` the variable names this very bundle: the roots of an earlier CA must not pile up in it.
    system = ssl.get_default_verify_paths().openssl_cafile if not named or Path(named) == bundle_path else named
    roots = Path(system).read_text() if system and Path(system).is_file() else ""
    bundle_path.write_text(roots.rstrip("\n") + "\n" + ca_path.read_text())


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _LIFETIME)
    )
