"""Which cloud this process talks to: the real one (the default) or the fake, which is entered on purpose through the environment.

`FOURWAYS_FAKE=127.0.0.1:4566` (with `FOURWAYS_FAKE_CA=/path/ca.pem`) means the fake; unset means the cloud.
What is recorded in a state is the target's name, never the port: a fake restarted on another port is the same fake.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FAKE_VARIABLE = "FOURWAYS_FAKE"
FAKE_CA_VARIABLE = "FOURWAYS_FAKE_CA"

#: Products whose endpoint the fake shell sets: the alicloud plugin reads `<P>_ENDPOINT` and `ALIBABA_CLOUD_ENDPOINT_<P>`.
# fmt: off
PRODUCTS = (
    "VPC", "ECS", "RAM", "STS", "ESS", "ALB", "CAS", "SLB", "NLB", "CMS", "OSS", "KMS", "TAG", "LOCATION", "RESOURCEMANAGER", "BSSOPENAPI",
    "BUSINESS", "EAS", "PAI", "AIWORKSPACE", "NAS", "LOG", "SLS", "QUOTAS", "IMS",
)
# fmt: on

TargetName = Literal["fake", "cloud"]


class TargetError(Exception):
    """The environment names a target that cannot be used. The message says what was given and what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where API calls go. `address` (host:port) and `ca` (path of a PEM file) are set for the fake only."""

    name: TargetName
    address: str | None = None
    ca: str | None = None

    @property
    def is_fake(self) -> bool:
        return self.name == "fake"

    @property
    def protocol(self) -> Literal["HTTP", "HTTPS"]:
        """The fake answers plain HTTP on the same port; the cloud is only ever spoken to over HTTPS."""
        return "HTTP" if self.is_fake else "HTTPS"

    def describe(self, account: str | None = None, region: str | None = None) -> str:
        """The first line of every operation: `target: fake` or `target: cloud, account 1234..., ap-southeast-1`."""
        if self.is_fake:
            return f"target: fake ({self.address})"
        parts = [f"account {account}" if account else None, region]
        return ", ".join(["target: cloud", *[part for part in parts if part]])


def current(environ: Mapping[str, str] | None = None) -> Target:
    """The target that the environment decides.

    Raises TargetError when `FOURWAYS_FAKE` is not a loopback host:port (what is sent to a fake must not leave the machine), and when it
    is unset while a product's endpoint still points at loopback: half of a stack on the fake and half on the cloud is what nobody means.
    """
    environ = os.environ if environ is None else environ
    address = environ.get(FAKE_VARIABLE, "").strip()
    if not address:
        for name in (form for product in PRODUCTS for form in (f"ALIBABA_CLOUD_ENDPOINT_{product}", f"{product}_ENDPOINT")):
            if _is_loopback(environ.get(name, "").rpartition(":")[0]):
                raise TargetError(
                    f"{name}={environ[name]!r} points at a fake, but {FAKE_VARIABLE} is not set: the alicloud plugin would use the fake "
                    f"and `fourways` the cloud. Set {FAKE_VARIABLE} too (`fourways shell` sets all of them), or unset {name}."
                )
        return Target(name="cloud")
    host, separator, port = address.rpartition(":")
    if not separator or not port.isdigit() or not 0 < int(port) < 65536 or not _is_loopback(host):
        raise TargetError(
            f"{FAKE_VARIABLE}={address!r} is not a fake's address. Allowed: a loopback host and port such as 127.0.0.1:4566. "
            f"Start one with `fourways fakes serve`, or unset {FAKE_VARIABLE} to work on the cloud."
        )
    return Target(name="fake", address=address, ca=environ.get(FAKE_CA_VARIABLE) or None)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def state_mismatch(recorded: str | None, here: Target) -> str | None:
    """One message naming both targets when a state made on `recorded` meets `here`, else None (nothing recorded is no mismatch)."""
    if not recorded or recorded == here.name:
        return None
    way_out = (
        f"Run this from `fourways shell` (or set {FAKE_VARIABLE})"
        if recorded == "fake"
        else f"Leave the fake's shell (unset {FAKE_VARIABLE} and its *_ENDPOINT variables)"
    )
    return (
        f"this state was made on the target {recorded!r}, but this run goes to {here.name!r}. Nothing was called. "
        f"{way_out}, or select another stack."
    )


def account_mismatch(recorded: str | None, here: str, *, what: str = "this state was made in") -> str | None:
    """One message naming both accounts when they differ, else None. `what` begins the sentence (a state, a resource, a pin)."""
    if not recorded or recorded == here:
        return None
    return (
        f"{what} account {recorded}, but the credentials belong to account {here}. Nothing was called. "
        "Use the other account's keys (or ALIBABA_CLOUD_PROFILE), or select another stack."
    )
