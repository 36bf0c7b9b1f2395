"""Server groups and health check templates on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.alb import configs, editions, server_groups
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.alb.load_balancers import LoadBalancer
from fourways.fakes.services.alb.server_groups import Server, ServerGroup, Template
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import refuse_dry_run, select, token_page
from fourways.fakes.services.shared.resources import checked_name, new_id
from fourways.fakes.services.shared.tagging import as_flat_list, given_tags
from fourways.fakes.wire.errors import missing
from fourways.fakes.wire.parameters import Parameters

_SCHEDULERS = ("Wrr", "Wlc", "Sch", "Uch")
_CONFIGS = {
    "HealthCheckConfig": "health_check",
    "StickySessionConfig": "sticky",
    "SlowStartConfig": "slow_start",
    "ConnectionDrainConfig": "drain",
    "UchConfig": "hash",
}


def _view(call: Call, group: ServerGroup) -> dict[str, Any]:
    backend = call.backend(AlbBackend)
    listeners, rules = backend.listeners_with(group.id), backend.rules_with(group.id)
    return {
        "ServerGroupId": group.id,
        "ServerGroupName": group.name,
        "ServerGroupStatus": group.status,
        "ServerGroupType": group.type,
        "VpcId": group.vpc_id,
        "Protocol": group.protocol,
        "Scheduler": group.scheduler,
        "CrossZoneEnabled": group.cross_zone,
        "UpstreamKeepaliveEnabled": group.keepalive,
        "Ipv6Enabled": group.ipv6,
        "ServiceName": group.service_name,
        "ServerCount": len(group.servers),
        "CreateTime": call.scope.clock.timestamp(group.created),
        "ResourceGroupId": group.resource_group,
        "ServiceManagedEnabled": False,
        "ServiceManagedMode": "",
        "ConfigManagedEnabled": False,
        "RelatedListenerIds": listeners,
        "RelatedRuleIds": [rule.id for rule in rules],
        "RelatedLoadBalancerIds": [balancer.id for balancer in backend.balancers_with(group.id)],
        "HealthCheckConfig": group.health_check,
        "StickySessionConfig": group.sticky,
        "SlowStartConfig": group.slow_start,
        "ConnectionDrainConfig": group.drain,
        "UchConfig": group.hash if group.scheduler == "Uch" else {},
        "Tags": as_flat_list(group.tags),
    }


def _read(group: ServerGroup, given: Parameters, users: Iterable[LoadBalancer] = ()) -> None:
    """What create and update have in common; all of it is checked before any of it is kept, also against the load balancers that use it."""
    found = {name: configs.merged(getattr(group, name), given.under(parameter)) for parameter, name in _CONFIGS.items()}
    scheduler = given.choice("Scheduler", _SCHEDULERS, group.scheduler)
    cross_zone, keepalive = given.boolean("CrossZoneEnabled", group.cross_zone), given.boolean("UpstreamKeepaliveEnabled", group.keepalive)
    if "ServerGroupName" in given:
        group.name = checked_name(given.get("ServerGroupName"), "ServerGroupName")
    for balancer in users:
        editions.check_group(balancer, replace(group, cross_zone=cross_zone, slow_start=found["slow_start"], drain=found["drain"]))
    for name, config in found.items():
        setattr(group, name, config)
    group.scheduler, group.cross_zone, group.keepalive = scheduler, cross_zone, keepalive


def create_server_group(call: Call) -> dict[str, Any]:
    """Tags are `Tag.1.Key`; the alicloud plugin sends `Tags`, which is no parameter of the API, and tags by a second call."""

    def create() -> dict[str, Any]:
        given, groups = call.parameters, call.backend(AlbBackend).server_groups
        given.require("ServerGroupName")
        kind = given.choice("ServerGroupType", ("Instance", "Ip", "Fc"), "Instance")
        group = groups.new(kind, given.get("VpcId"))
        group.protocol = given.choice("Protocol", ("HTTP", "HTTPS", "GRPC"), "HTTP")
        group.ipv6, group.service_name = given.boolean("Ipv6Enabled"), given.get("ServiceName")
        _read(group, given)
        group.resource_group, group.tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
        refuse_dry_run(given)
        return {"JobId": groups.create(group), "ServerGroupId": group.id}

    return call.backend(AlbBackend).tokens.once(call, create)


def list_server_groups(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, names = given.values("ServerGroupIds"), given.values("ServerGroupNames")
    found = select(
        call.backend(AlbBackend).server_groups, given, VpcId=lambda group: group.vpc_id, ServerGroupType=lambda group: group.type
    )
    found = [group for group in found if (not ids or group.id in ids) and (not names or group.name in names)]
    page, following = token_page(found, given, default_size=20)
    return {"ServerGroups": [_view(call, group) for group in page], "TotalCount": len(found), "MaxResults": len(page), **following}


def _named(call: Call) -> ServerGroup:
    return call.backend(AlbBackend).server_groups[call.parameters.require("ServerGroupId")]


def update_server_group_attribute(call: Call) -> dict[str, Any]:
    group, groups = _named(call), call.backend(AlbBackend).server_groups
    groups.require_available(group)
    refuse_dry_run(call.parameters)
    _read(group, call.parameters, call.backend(AlbBackend).balancers_with(group.id))
    return {"JobId": groups.changed(group, "UpdateServerGroupAttribute")}


def delete_server_group(call: Call) -> dict[str, Any]:
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).server_groups.delete(call.parameters.require("ServerGroupId"))}


def _server(given: Parameters) -> Server:
    kind = given.choice("ServerType", ("Ecs", "Eni", "Eci", "Ip", "Fc"))
    return Server(
        id=given.require("ServerId"),
        type=kind,
        ip=given.get("ServerIp"),
        port=given.integer("Port", 0),
        weight=given.integer("Weight", 100, 0, 100),
        description=given.get("Description"),
        remote_ip=given.boolean("RemoteIpEnabled"),
    )


def _records(call: Call) -> list[Parameters]:
    records = [Parameters(record) for record in call.parameters.records("Servers")]
    if not records:
        raise missing("Servers")
    return records


def add_servers(call: Call) -> dict[str, Any]:
    servers = [_server(record) for record in _records(call)]
    return {"JobId": call.backend(AlbBackend).server_groups.add_servers(_named(call), servers)}


def remove_servers(call: Call) -> dict[str, Any]:
    keys = [(record.require("ServerId"), record.get("ServerIp"), record.integer("Port", 0)) for record in _records(call)]
    return {"JobId": call.backend(AlbBackend).server_groups.remove_servers(_named(call), keys)}


def update_servers(call: Call) -> dict[str, Any]:
    group, groups = _named(call), call.backend(AlbBackend).server_groups
    groups.require_available(group)
    wanted = {server.key(): server for server in (_server(record) for record in _records(call))}
    for server in group.servers:
        if server.key() in wanted:
            wanted[server.key()].seen = server.seen
    group.servers = [wanted.get(server.key(), server) for server in group.servers]
    return {"JobId": groups.changed(group, "UpdateServerGroupServersAttribute")}


def list_servers(call: Call) -> dict[str, Any]:
    group = _named(call)
    servers = call.backend(AlbBackend).server_groups.shown(group)
    page, following = token_page(servers, call.parameters, default_size=20)
    rows = [server_groups.view(server, group) for server in page]
    return {"Servers": rows, "TotalCount": len(servers), "MaxResults": len(page), **following}


def _template(call: Call) -> Template:
    return call.backend(AlbBackend).templates[call.parameters.require("HealthCheckTemplateId")]


def _template_view(template: Template) -> dict[str, Any]:
    return {
        "HealthCheckTemplateId": template.id,
        "HealthCheckTemplateName": template.name,
        "ResourceGroupId": template.resource_group,
        "ServiceManagedEnabled": False,
        "ServiceManagedMode": "",
        "Tags": as_flat_list(template.tags),
        **template.check,
    }


def create_template(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given = call.parameters
        template = Template(id=new_id("hct-", 18), created=call.scope.clock.now(), check=configs.merged(configs.CHECK, given))
        template.name = checked_name(given.require("HealthCheckTemplateName"), "HealthCheckTemplateName")
        template.resource_group, template.tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
        refuse_dry_run(given)
        return {"HealthCheckTemplateId": call.backend(AlbBackend).templates.add(template).id}

    return call.backend(AlbBackend).tokens.once(call, create)


def get_template(call: Call) -> dict[str, Any]:
    return _template_view(_template(call))


def list_templates(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, names = given.values("HealthCheckTemplateIds"), given.values("HealthCheckTemplateNames")
    found = select(call.backend(AlbBackend).templates, given)
    found = [item for item in found if (not ids or item.id in ids) and (not names or item.name in names)]
    page, following = token_page(found, given, default_size=20)
    return {"HealthCheckTemplates": [_template_view(item) for item in page], "TotalCount": len(found), **following}


def update_template(call: Call) -> None:
    template = _template(call)
    template.check = configs.merged(template.check, call.parameters)
    if call.parameters.optional("HealthCheckTemplateName"):
        template.name = checked_name(call.parameters.get("HealthCheckTemplateName"), "HealthCheckTemplateName")


def apply_template(call: Call) -> dict[str, Any]:
    group, groups, template = _named(call), call.backend(AlbBackend).server_groups, _template(call)
    groups.require_available(group)
    group.health_check = {"HealthCheckEnabled": True, **template.check}
    return {"JobId": groups.changed(group, "ApplyHealthCheckTemplateToServerGroup")}


def delete_templates(call: Call) -> None:
    ids = call.parameters.values("HealthCheckTemplateIds")
    if not ids:
        raise missing("HealthCheckTemplateIds")
    templates = call.backend(AlbBackend).templates
    for template in [templates[id] for id in ids]:
        templates.remove(template.id)


ACTIONS: dict[str, Handler] = {
    "CreateServerGroup": create_server_group,
    "ListServerGroups": list_server_groups,
    "UpdateServerGroupAttribute": update_server_group_attribute,
    "DeleteServerGroup": delete_server_group,
    "AddServersToServerGroup": add_servers,
    "RemoveServersFromServerGroup": remove_servers,
    "UpdateServerGroupServersAttribute": update_servers,
    "ListServerGroupServers": list_servers,
    "CreateHealthCheckTemplate": create_template,
    "GetHealthCheckTemplateAttribute": get_template,
    "ListHealthCheckTemplates": list_templates,
    "UpdateHealthCheckTemplateAttribute": update_template,
    "ApplyHealthCheckTemplateToServerGroup": apply_template,
    "DeleteHealthCheckTemplates": delete_templates,
}
