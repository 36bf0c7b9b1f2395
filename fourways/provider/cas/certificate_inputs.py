"""The typed inputs of certificates that sign themselves, and what of them no type can see."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import StrictInt, StrictStr

from fourways.provider.inputs import REGION, Inputs, Labels, Text, declared
from fourways.provider.outcome import Failure
from fourways.provider.values import UNKNOWN, Plain

#: A host name, with a wildcard in its first label at most (RFC 6125).
_HOST = re.compile(r"^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$")
VALID_DAYS, LONGEST_DAYS = 365, 3650


class SelfSignedCertificateInputs(Inputs):
    """Inputs of `fourways:cas:SelfSignedCertificate`. A certificate never changes: all but its tags replaces it."""

    shares_names: ClassVar[bool] = True

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    name: StrictStr = declared(
        "1 to 128 letters, digits, - and _, which the certificate's name begins with (cut to 37); a mark of its owner follows",
        replaces=True,
        pattern=r"^[A-Za-z0-9_-]{1,128}$",
    )
    common_name: Text = declared("whom it is for: a host name of at most 64 characters", replaces=True, max_length=64)
    dns_names: list[Text] = declared(
        "a list of the host names and IP addresses that clients use; left out, the common name alone", default=[], replaces=True
    )
    valid_days: StrictInt = declared(
        f"a whole number of days from 1 to {LONGEST_DAYS}, default {VALID_DAYS}", default=VALID_DAYS, replaces=True, ge=1, le=LONGEST_DAYS
    )
    rotation: Text | None = declared(
        "any text, such as a date: a change makes a new certificate, and then deletes the old one", default=None, replaces=True, sticky=True
    )
    tags: Labels = declared("a map of strings; ownership tags are added to it", default={})

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Names that no client could have asked for."""
        names = inputs.get("dnsNames")
        for index, name in enumerate(names if isinstance(names, list) else []):
            if name is not UNKNOWN and isinstance(name, str) and name and not _HOST.match(name) and not _is_address(name):
                yield Failure(
                    property=f"dnsNames[{index}]",
                    reason=f"{name!r} is not allowed. Allowed: a host name, with *. in front at most, or an IP address.",
                )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
