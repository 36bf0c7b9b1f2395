"""STS 2015-04-01 on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service


def get_caller_identity(call: Call) -> dict[str, Any]:
    account = call.scope.account
    if call.signer is not None and call.signer.role_name is not None:
        role = call.scope.ask("2015-05-01", "GetRole", RoleName=call.signer.role_name)["Role"]
        return {
            "AccountId": account,
            "Arn": call.signer.arn(),
            "IdentityType": "AssumedRoleUser",
            "PrincipalId": f"{role['RoleId']}:{call.signer.session}",
            "RoleId": role["RoleId"],
        }
    if call.user is None:
        return {
            "AccountId": account,
            "Arn": f"acs:ram::{account}:root",
            "IdentityType": "Account",
            "PrincipalId": account,
            "UserId": account,
        }
    return {
        "AccountId": account,
        "Arn": f"acs:ram::{account}:user/{call.user}",
        "IdentityType": "RAMUser",
        "PrincipalId": call.user,
        "UserId": call.user,
    }


STS = Service(product="Sts", version="2015-04-01", actions={"GetCallerIdentity": get_caller_identity})
