"""The errors of PAI-EAS. Codes seen in clients: `InvalidService.NotFound` (Terraform's provider, Alibaba's own Python tools).

The other codes are assumed: no page lists them. Status codes and wordings follow the project's notes on the service.
"""

from __future__ import annotations

from fourways.fakes.wire.errors import CloudError


def service_not_found(name: str) -> CloudError:
    return CloudError(404, "InvalidService.NotFound", f"The specified service does not exist: {name}.")


def service_exists(name: str) -> CloudError:
    return CloudError(409, "InvalidService.Duplicate", f"The specified service already exists: {name}.")


def group_not_found(name: str) -> CloudError:
    return CloudError(404, "InvalidResource.NotFound", f"The specified resource does not exist: {name}.")


def machine_not_found(name: str) -> CloudError:
    return CloudError(404, "InvalidInstance.NotFound", f"The specified instance does not exist: {name}.")


def bad(detail: str) -> CloudError:
    """The service JSON or a parameter is wrong."""
    return CloudError(400, "InvalidParameter", detail)


def gateway_not_found(gateway_id: str) -> CloudError:
    return CloudError(404, "InvalidGateway.NotFound", f"The specified gateway does not exist: {gateway_id}.")


def link_not_found(vpc_id: str) -> CloudError:
    return CloudError(404, "InvalidIntranetLinkedVpc.NotFound", f"The gateway is not linked to the VPC: {vpc_id}.")


def link_exists(vpc_id: str) -> CloudError:
    return CloudError(409, "InvalidIntranetLinkedVpc.Duplicate", f"The gateway is linked to the VPC already: {vpc_id}.")


def acl_entry_not_found(entry: str) -> CloudError:
    return CloudError(404, "InvalidAclPolicy.NotFound", f"The entry is not in the access control list: {entry}.")


def domain_exists(domain: str) -> CloudError:
    return CloudError(409, "InvalidCustomDomain.Duplicate", f"The domain is attached already: {domain}.")


def domain_not_found(domain: str) -> CloudError:
    return CloudError(404, "InvalidCustomDomain.NotFound", f"The domain is not attached: {domain}.")


def service_group_not_found(name: str) -> CloudError:
    return CloudError(404, "InvalidGroup.NotFound", f"The specified service group does not exist: {name}.")


def gateway_busy(gateway_id: str, status: str) -> CloudError:
    return CloudError(409, "OperationDenied.GatewayStatus", f"Gateway {gateway_id} is {status}, not Running.")


def in_use(detail: str) -> CloudError:
    return CloudError(409, "OperationDenied.ResourceInUse", detail)


def locked(name: str, lock: str, operation: str) -> CloudError:
    return CloudError(403, "OperationDenied.SafetyLock", f"{operation} of service {name} is denied by its safety lock ({lock}).")


def conflict(detail: str) -> CloudError:
    return CloudError(409, "OperationDenied.ServiceStatus", detail)


def no_stock(instance_type: str) -> CloudError:
    return CloudError(400, "OperationDenied.NoStock", f"The requested resource is sold out in the specified zone: {instance_type}.")


def prepaid(ids: str) -> CloudError:
    return CloudError(403, "OperationDenied.PrePaidInstance", f"Subscription instances cannot be deleted before their term ends: {ids}.")
