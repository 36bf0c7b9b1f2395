"""SSH key pairs. Their name is their id; the private key is answered once and kept nowhere."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fourways.fakes.service import Scope
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError, invalid


@dataclass(kw_only=True)
class KeyPair(Resource):
    """`key_pair_id` is what CreateKeyPair answers besides the name; nothing else knows it."""

    public_key: str
    key_pair_id: str

    @property
    def fingerprint(self) -> str:
        """MD5 of the public key, as OpenSSH prints it without colons."""
        return hashlib.md5(base64.b64decode(self.public_key.split()[1]), usedforsecurity=False).hexdigest()


def generate() -> tuple[str, str]:
    """A fresh RSA key: the private half in PEM, the public half as OpenSSH writes it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), public.decode()


class KeyPairs(Collection[KeyPair]):
    """The key pairs of one account and region."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "ecs", "key pair", "InvalidKeyPair.NotFound")

    def create(self, name: str, public_key: str) -> KeyPair:
        if name in self:
            raise CloudError(400, "KeyPair.AlreadyExist", f"The key pair {name} already exists.")
        try:
            serialization.load_ssh_public_key(public_key.encode())
        except ValueError:
            raise invalid("PublicKeyBody", "It must be an OpenSSH public key.") from None
        return self.add(KeyPair(id=name, name=name, created=self._scope.clock.now(), public_key=public_key, key_pair_id=new_id("ssh-", 20)))
