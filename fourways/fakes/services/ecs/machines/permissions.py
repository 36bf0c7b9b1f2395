"""What an instance's role lets the instance do."""

from __future__ import annotations

from collections.abc import Mapping

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.ram.backend import RamBackend
from fourways.fakes.services.ram.documents import trusts
from fourways.fakes.services.ram.permissions import role_allows


def refusal(scope: Scope, instance: Instance, action: str, resource: str, facts: Mapping[str, str] | None = None) -> str | None:
    """Why the instance may not do `action`, or None. The credentials of its role come from the metadata service."""
    role, roles = instance.role, scope.backend(RamBackend).roles
    if instance.options.get("HttpEndpoint") == "disabled":
        return "the instance metadata service is disabled: no credentials of the RAM role"
    if not role:
        return "the instance has no RAM role: http://100.100.100.200/latest/meta-data/ram/security-credentials/ answers 404"
    if role not in roles:
        return f"EntityNotExist.Role: the role {role} does not exist"
    if not trusts(roles[role].document, "ecs.aliyuncs.com"):
        return f"NoPermission: the trust policy of the role {role} does not name ecs.aliyuncs.com"
    if not role_allows(scope, role, action, resource, facts):
        return f"Forbidden.RAM: the role {role} has no policy that allows {action} on {resource}"
    return None
