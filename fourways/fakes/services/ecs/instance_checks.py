"""What a call about instances may say of one thing: terms, user data, passwords, roles, metadata options, release times."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from decimal import Decimal

from fourways.fakes.service import Call
from fourways.fakes.services.ecs.instances import WEEKS_OF_A_MONTH
from fourways.fakes.services.ram import documents
from fourways.fakes.services.ram.backend import RamBackend
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.parameters import Parameters

MOST_USER_DATA = 32 * 1024  # bytes before base64; help centre, RunInstances
SOONEST_RELEASE = 30 * 60  # seconds from now; help centre, RunInstances


def term(given: Parameters) -> Decimal:
    """The prepaid term in months; raises 400 where it is no term that is sold (help centre, RunInstances)."""
    unit = given.choice("PeriodUnit", ("Month", "Week", "Year"), "Month")
    period = given.integer("Period", low=1, high=60)
    if unit == "Month" and period not in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36, 48, 60):
        raise CloudError(400, "InvalidPeriod.ValueNotSupported", f"A term of {period} months is not sold.")
    return period * {"Month": Decimal(1), "Year": Decimal(12), "Week": WEEKS_OF_A_MONTH}[unit]


def checked_user_data(data: str) -> str:
    """Base64 of at most 32 KiB."""
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise CloudError(400, "InvalidUserData.Base64FormatInvalid", "The specified UserData is not valid base64.") from None
    if len(raw) > MOST_USER_DATA:
        raise CloudError(400, "InvalidUserData.SizeExceeded", f"The specified UserData has more than {MOST_USER_DATA} bytes.")
    return data


def check_password(password: str) -> None:
    """8 to 30 characters with three of: capitals, small letters, digits, others (help centre, RunInstances). It is never repeated."""
    if not password:
        return
    kinds = sum(bool(re.search(pattern, password)) for pattern in ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]"))
    if not 8 <= len(password) <= 30 or kinds < 3:
        raise CloudError(400, "InvalidPassword.Malformed", "The specified parameter Password is not valid.")


def checked_role(call: Call, role: str) -> str:
    """A role that exists and that instances may take; codes: help centre, RunInstances."""
    if not role:
        return ""
    found = call.backend(RamBackend).roles.known(role)
    if found is None:
        raise CloudError(404, "InvalidRamRole.NotFound", 'The specified parameter "RAMRoleName" does not exist.')
    if not documents.trusts(found.document, "ecs.aliyuncs.com"):
        raise CloudError(
            401, "InvalidRamRole.NotEcsRole", "The specified ram role is not authorized for ecs, please check your role policy."
        )
    return role


def checked_metadata_options(given: Parameters) -> None:
    """How the metadata service may be reached; codes and ranges: help centre, RunInstances."""
    for name, allowed in (("HttpEndpoint", ("enabled", "disabled")), ("HttpTokens", ("optional", "required"))):
        if given.optional(name) and given.get(name) not in allowed:
            raise CloudError(
                400,
                f"Invalid{name}.NotSupported",
                f"The specified {name} not supported, you can use {allowed[0]}(default) or {allowed[1]}.",
            )
    hops = given.optional("HttpPutResponseHopLimit")
    if hops is not None and not (hops.isdigit() and 1 <= int(hops) <= 64):
        raise CloudError(
            400,
            "InvalidHttpPutResponseHopLimit.NotSupported",
            "The specified HttpPutResponseHopLimit not supported, more than 1 and less than 64 is reasonable.",
        )


def release_time(call: Call, text: str) -> float:
    """`2026-11-24T08:00:00Z` as epoch seconds, down to the minute; at least half an hour ahead."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=UTC, second=0).timestamp()
    except ValueError:
        raise CloudError(400, "InvalidAutoReleaseTime.Malformed", f"The specified AutoReleaseTime {text} is not valid.") from None
    if at < call.scope.clock.now() + SOONEST_RELEASE - 60:
        raise CloudError(400, "InvalidAutoReleaseTime.Malformed", "AutoReleaseTime must be at least 30 minutes ahead.")
    return at
