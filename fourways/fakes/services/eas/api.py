"""PAI-EAS on the wire: every operation the fake has, with its method and path."""

from __future__ import annotations

from fourways.fakes.service import DataPlane, Handler, Route, Service
from fourways.fakes.services.eas.deployment import api_service_groups as service_groups
from fourways.fakes.services.eas.deployment import api_services as services
from fourways.fakes.services.eas.gateways import api_gateway_access as access
from fourways.fakes.services.eas.gateways import api_gateway_domains as domains
from fourways.fakes.services.eas.gateways import api_gateways as gateways
from fourways.fakes.services.eas.machines import api_groups as groups
from fourways.fakes.services.eas.machines import api_logs as logs
from fourways.fakes.services.eas.machines import api_tags as tags
from fourways.fakes.services.eas.placement import api_steps
from fourways.fakes.services.eas.placement import api_virtual as virtual
from fourways.fakes.services.eas.scaling import api_scalers as scalers
from fourways.fakes.services.eas.serving import data_plane, endpoints

_SERVICE = "/api/v2/services/{ClusterId}/{ServiceName}"
_GROUP = "/api/v2/resources/{ClusterId}/{ResourceId}"
_VIRTUAL = "/api/v2/virtualresources/{ClusterId}/{VirtualResourceId}"
_GATEWAY = "/api/v2/gateways/{ClusterId}/{GatewayId}"
_LINK = f"{_GATEWAY}/intranet_endpoint_linked_vpc"
_SERVICE_GROUP = "/api/v2/groups/{ClusterId}/{GroupName}"

OPERATIONS: tuple[tuple[str, str, str, Handler], ...] = (
    ("CreateService", "POST", "/api/v2/services", services.create_service),
    ("ListServices", "GET", "/api/v2/services", services.list_services),
    ("DescribeService", "GET", _SERVICE, services.describe_service),
    ("UpdateService", "PUT", _SERVICE, services.update_service),
    ("DeleteService", "DELETE", _SERVICE, services.delete_service),
    ("StartService", "PUT", f"{_SERVICE}/start", services.start_service),
    ("StopService", "PUT", f"{_SERVICE}/stop", services.stop_service),
    ("RestartService", "PUT", f"{_SERVICE}/restart", services.restart_service),
    ("UpdateServiceVersion", "PUT", f"{_SERVICE}/version", services.update_service_version),
    ("ListServiceVersions", "GET", f"{_SERVICE}/versions", services.list_service_versions),
    ("DescribeServiceEndpoints", "GET", f"{_SERVICE}/endpoints", service_groups.describe_service_endpoints),
    ("UpdateServiceLabel", "PUT", f"{_SERVICE}/label", services.update_service_label),
    ("DeleteServiceLabel", "DELETE", f"{_SERVICE}/label", services.delete_service_label),
    ("UpdateServiceSafetyLock", "PUT", f"{_SERVICE}/lock", services.update_service_safety_lock),
    ("ListServiceInstances", "GET", f"{_SERVICE}/instances", services.list_service_instances),
    ("DeleteServiceInstances", "DELETE", f"{_SERVICE}/instances", services.delete_service_instances),
    ("DescribeServiceEvent", "GET", f"{_SERVICE}/events", services.describe_service_event),
    ("DescribeServiceLog", "GET", f"{_SERVICE}/logs", services.describe_service_log),
    ("DescribeServiceDiagnosis", "GET", f"{_SERVICE}/diagnosis", services.describe_service_diagnosis),
    ("CreateServiceAutoScaler", "POST", f"{_SERVICE}/autoscaler", scalers.create_service_auto_scaler),
    ("UpdateServiceAutoScaler", "PUT", f"{_SERVICE}/autoscaler", scalers.update_service_auto_scaler),
    ("DescribeServiceAutoScaler", "GET", f"{_SERVICE}/autoscaler", scalers.describe_service_auto_scaler),
    ("DeleteServiceAutoScaler", "DELETE", f"{_SERVICE}/autoscaler", scalers.delete_service_auto_scaler),
    ("CreateServiceCronScaler", "POST", f"{_SERVICE}/cronscaler", scalers.create_service_cron_scaler),
    ("UpdateServiceCronScaler", "PUT", f"{_SERVICE}/cronscaler", scalers.update_service_cron_scaler),
    ("DescribeServiceCronScaler", "GET", f"{_SERVICE}/cronscaler", scalers.describe_service_cron_scaler),
    ("DeleteServiceCronScaler", "DELETE", f"{_SERVICE}/cronscaler", scalers.delete_service_cron_scaler),
    ("CreateResource", "POST", "/api/v2/resources", groups.create_resource),
    ("ListResources", "GET", "/api/v2/resources", groups.list_resources),
    ("DescribeResource", "GET", _GROUP, groups.describe_resource),
    ("UpdateResource", "PUT", _GROUP, groups.update_resource),
    ("DeleteResource", "DELETE", _GROUP, groups.delete_resource),
    ("CreateResourceInstances", "POST", f"{_GROUP}/instances", groups.create_resource_instances),
    ("ListResourceInstances", "GET", f"{_GROUP}/instances", groups.list_resource_instances),
    ("DeleteResourceInstances", "DELETE", f"{_GROUP}/instances", groups.delete_resource_instances),
    ("UpdateResourceInstanceLabel", "PUT", f"{_GROUP}/label", groups.update_resource_instance_label),
    ("DeleteResourceInstanceLabel", "DELETE", f"{_GROUP}/label", groups.delete_resource_instance_label),
    ("ListResourceServices", "GET", f"{_GROUP}/services", groups.list_resource_services),
    ("UpdateResourceDLink", "PUT", f"{_GROUP}/dlink", groups.update_resource_d_link),
    ("DescribeResourceDLink", "GET", f"{_GROUP}/dlink", groups.describe_resource_d_link),
    ("DeleteResourceDLink", "DELETE", f"{_GROUP}/dlink", groups.delete_resource_d_link),
    ("CreateResourceLog", "POST", f"{_GROUP}/log", logs.create_resource_log),
    ("DescribeResourceLog", "GET", f"{_GROUP}/log", logs.describe_resource_log),
    ("DeleteResourceLog", "DELETE", f"{_GROUP}/log", logs.delete_resource_log),
    ("CreateVirtualResource", "POST", "/api/v2/virtualresources", virtual.create_virtual_resource),
    ("ListVirtualResource", "GET", "/api/v2/virtualresources", virtual.list_virtual_resource),
    ("DescribeVirtualResource", "GET", _VIRTUAL, virtual.describe_virtual_resource),
    ("UpdateVirtualResource", "PUT", _VIRTUAL, virtual.update_virtual_resource),
    ("DeleteVirtualResource", "DELETE", _VIRTUAL, virtual.delete_virtual_resource),
    ("ReleaseService", "PUT", f"{_SERVICE}/release", service_groups.release_service),
    ("ListGroups", "GET", "/api/v2/groups", service_groups.list_groups),
    ("DescribeGroup", "GET", _SERVICE_GROUP, service_groups.describe_group),
    ("DescribeGroupEndpoints", "GET", f"{_SERVICE_GROUP}/endpoints", service_groups.describe_group_endpoints),
    ("CreateGateway", "POST", "/api/v2/gateways", gateways.create_gateway),
    ("ListGateway", "GET", "/api/v2/gateways", gateways.list_gateway),
    ("DescribeGateway", "GET", _GATEWAY, gateways.describe_gateway),
    ("UpdateGateway", "PUT", _GATEWAY, gateways.update_gateway),
    ("DeleteGateway", "DELETE", _GATEWAY, gateways.delete_gateway),
    ("CreateGatewayIntranetLinkedVpc", "POST", _LINK, access.create_gateway_intranet_linked_vpc),
    ("ListGatewayIntranetLinkedVpc", "GET", _LINK, access.list_gateway_intranet_linked_vpc),
    ("DeleteGatewayIntranetLinkedVpc", "DELETE", _LINK, access.delete_gateway_intranet_linked_vpc),
    ("CreateAclPolicy", "POST", f"{_GATEWAY}/acl_policy", access.create_acl_policy),
    ("ListAclPolicy", "GET", f"{_GATEWAY}/acl_policy", access.list_acl_policy),
    ("DeleteAclPolicy", "DELETE", f"{_GATEWAY}/acl_policy", access.delete_acl_policy),
    ("AttachGatewayDomain", "PUT", f"{_GATEWAY}/domain/attach", domains.attach_gateway_domain),
    ("DetachGatewayDomain", "PUT", f"{_GATEWAY}/domain/detach", domains.detach_gateway_domain),
    ("ListGatewayDomains", "GET", f"{_GATEWAY}/domains", domains.list_gateway_domains),
    ("ListGatewayIntranetSupportedZone", "GET", f"{_GATEWAY}/intranet_supported_zone", domains.list_gateway_intranet_supported_zone),
    ("DescribeMachineSpec", "GET", "/api/v2/public/instance_types", groups.describe_machine_spec),
)

EAS = Service(
    product="Eas",
    version="2021-07-01",
    routes=[Route(method, path, action, handler) for action, method, path, handler in OPERATIONS],
    data_planes=[DataPlane(endpoints.PREFIX, data_plane.handle)],
    console=api_steps.STEPS,
)

EAS_TAGS = Service(
    product="Eas",
    version="2021-07-02",
    actions={"TagResources": tags.tag_resources, "UntagResources": tags.untag_resources, "ListTagResources": tags.list_tag_resources},
)
