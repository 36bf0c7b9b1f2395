"""Listeners on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler, Scope
from fourways.fakes.services.alb import configs, security_policies
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.alb.listeners import Listener
from fourways.fakes.services.cas.backend import is_known
from fourways.fakes.services.shared.requests import refuse_dry_run, select, token_page
from fourways.fakes.services.shared.resources import checked_description
from fourways.fakes.services.shared.tagging import as_flat_list, given_tags
from fourways.fakes.wire.errors import CloudError, missing
from fourways.fakes.wire.parameters import Parameters

_ONLY_IN_DETAIL = ("AclConfig", "Certificates", "CaCertificates", "CaEnabled")  # official SDK, ListListeners


def _view(listener: Listener) -> dict[str, Any]:
    tuples = {"ServerGroupTuples": listener.targets}
    row: dict[str, Any] = {
        "ListenerId": listener.id,
        "ListenerDescription": listener.description,
        "ListenerStatus": listener.status,
        "ListenerProtocol": listener.protocol,
        "ListenerPort": listener.port,
        "LoadBalancerId": listener.load_balancer,
        "DefaultActions": [{"Type": "ForwardGroup", "ForwardGroupConfig": tuples}],
        "RequestTimeout": listener.request_timeout,
        "IdleTimeout": listener.idle_timeout,
        "GzipEnabled": listener.gzip,
        "XForwardedForConfig": listener.forwarded,
        "QuicConfig": listener.quic,
        "LogConfig": listener.log,
        "AclConfig": _acls(listener),
        "ServiceManagedEnabled": False,
        "ServiceManagedMode": "",
        "Tags": as_flat_list(listener.tags),
    }
    if listener.protocol == "HTTPS":
        row |= {
            "Http2Enabled": listener.http2,
            "SecurityPolicyId": listener.policy,
            "CaEnabled": listener.ca_enabled,
            "Certificates": _certificates(listener.certificates),
            "CaCertificates": _certificates(listener.ca_certificates),
        }
    return row


def _acls(listener: Listener) -> dict[str, Any]:
    """The list of relations is there even when it is empty: the alicloud plugin looks into it after the last one was taken away."""
    rows = [{"AclId": id, "Status": status} for id, status in listener.acls.items()]
    return {"AclType": listener.acl_type, "AclRelations": rows} if rows else {"AclRelations": []}


def _certificates(ids: list[str]) -> list[dict[str, Any]]:
    return [{"CertificateId": id, "IsDefault": number == 0, "Status": "Associated"} for number, id in enumerate(ids)]


def _given_certificates(scope: Scope, given: Parameters, name: str) -> list[str]:
    """Identifiers out of `name`, which must exist in Certificate Management Service; raises 404 otherwise (the code is assumed)."""
    found = [Parameters(record).require("CertificateId") for record in given.records(name)]
    for id in found:
        if not is_known(scope, id):
            raise CloudError(404, "ResourceNotFound.Certificate", f"The specified resource Certificate [{id}] is not found.")
    return found


def _targets(given: Parameters) -> list[dict[str, Any]]:
    """Server groups with their weights, out of DefaultActions."""
    actions = given.records("DefaultActions")
    if not actions:
        raise missing("DefaultActions")
    action = Parameters(actions[0])
    action.choice("Type", ("ForwardGroup",))
    found = []
    for record in action.under("ForwardGroupConfig").records("ServerGroupTuples"):
        weight = {"Weight": int(record["Weight"])} if record.get("Weight") else {}
        found.append({"ServerGroupId": Parameters(record).require("ServerGroupId"), **weight})
    if not found:
        raise missing("ServerGroupId")
    return found


def _read(scope: Scope, listener: Listener, given: Parameters) -> None:
    forwarded = configs.merged(listener.forwarded, given.under("XForwardedForConfig"))
    quic = configs.merged(listener.quic, given.under("QuicConfig"))
    request = given.integer("RequestTimeout", listener.request_timeout, 1, 600)
    idle = given.integer("IdleTimeout", listener.idle_timeout, 1, 600)
    certificates = _given_certificates(scope, given, "Certificates") or listener.certificates
    if listener.protocol in ("HTTPS", "QUIC") and not certificates:
        raise missing("Certificates")
    policy = security_policies.checked(given.optional("SecurityPolicyId") or listener.policy) if listener.protocol == "HTTPS" else ""
    if "ListenerDescription" in given:
        listener.description = checked_description(given.get("ListenerDescription"), "ListenerDescription")
    listener.forwarded, listener.quic, listener.request_timeout, listener.idle_timeout = forwarded, quic, request, idle
    listener.gzip, listener.http2 = given.boolean("GzipEnabled", listener.gzip), given.boolean("Http2Enabled", listener.http2)
    listener.policy = policy
    listener.certificates, listener.ca_enabled = certificates, given.boolean("CaEnabled", listener.ca_enabled)
    listener.ca_certificates = [record["CertificateId"] for record in given.records("CaCertificates")] or listener.ca_certificates


def create_listener(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, backend = call.parameters, call.backend(AlbBackend)
        balancer = backend.load_balancers[given.require("LoadBalancerId")]
        protocol = given.choice("ListenerProtocol", ("HTTP", "HTTPS", "QUIC"))
        listener = backend.listeners.new(balancer, protocol, given.integer("ListenerPort", low=1, high=65535), _targets(given))
        _read(call.scope, listener, given)
        listener.tags = given_tags(given)
        refuse_dry_run(given)
        return {"JobId": backend.listeners.create(listener), "ListenerId": listener.id}

    return call.backend(AlbBackend).tokens.once(call, create)


def _named(call: Call) -> Listener:
    return call.backend(AlbBackend).listeners[call.parameters.require("ListenerId")]


def get_listener_attribute(call: Call) -> dict[str, Any]:
    return _view(_named(call))


def list_listeners(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, balancers = given.values("ListenerIds"), given.values("LoadBalancerIds")
    found = select(call.backend(AlbBackend).listeners, given, ListenerProtocol=lambda item: item.protocol)
    found = [item for item in found if (not ids or item.id in ids) and (not balancers or item.load_balancer in balancers)]
    page, following = token_page(found, given, default_size=20)
    rows = [{name: value for name, value in _view(item).items() if name not in _ONLY_IN_DETAIL} for item in page]
    return {"Listeners": rows, "TotalCount": len(found), "MaxResults": len(page), **following}


def update_listener_attribute(call: Call) -> dict[str, Any]:
    listener, listeners = _named(call), call.backend(AlbBackend).listeners
    listeners.require(listener, "Running", "Stopped")
    if call.parameters.records("DefaultActions"):
        targets = _targets(call.parameters)
        listeners.check_targets(call.backend(AlbBackend).load_balancers[listener.load_balancer], targets)
        listener.targets = targets
    refuse_dry_run(call.parameters)
    _read(call.scope, listener, call.parameters)
    return {"JobId": listeners.changed(listener, "UpdateListenerAttribute", listener.status)}


def update_log_config(call: Call) -> dict[str, Any]:
    listener, listeners, given = _named(call), call.backend(AlbBackend).listeners, call.parameters
    listeners.require(listener, "Running", "Stopped")
    log = configs.merged({name: listener.log[name] for name in configs.LOG}, given)
    old = listener.log.get("AccessLogTracingConfig", {})
    tracing = configs.merged({**configs.TRACING, **old}, given.under("AccessLogTracingConfig"))
    refuse_dry_run(given)
    listener.log = {**log, "AccessLogTracingConfig": tracing} if tracing["TracingEnabled"] or old else log
    return {"JobId": listeners.changed(listener, "UpdateListenerLogConfig", listener.status)}


def list_system_security_policies(_: Call) -> dict[str, Any]:
    rows = security_policies.system()
    return {
        "SecurityPolicies": [{"SecurityPolicyId": row["id"], "TLSVersions": row["versions"], "Ciphers": row["ciphers"]} for row in rows]
    }


def _switch(call: Call, before: str, after: str) -> dict[str, Any]:
    listener, listeners = _named(call), call.backend(AlbBackend).listeners
    listeners.require(listener, before)
    refuse_dry_run(call.parameters)
    return {"JobId": listeners.changed(listener, call.action, after)}


def start_listener(call: Call) -> dict[str, Any]:
    return _switch(call, "Stopped", "Running")


def stop_listener(call: Call) -> dict[str, Any]:
    return _switch(call, "Running", "Stopped")


def delete_listener(call: Call) -> dict[str, Any]:
    _named(call)
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).listeners.delete(call.parameters.require("ListenerId"))}


def list_listener_certificates(call: Call) -> dict[str, Any]:
    listener = _named(call)
    kind = call.parameters.choice("CertificateType", ("Server", "Ca"), "Server")
    wanted = _certificates(listener.ca_certificates if kind == "Ca" else listener.certificates)
    page, following = token_page(wanted, call.parameters, default_size=20)
    rows = [{**row, "CertificateType": kind} for row in page]
    return {"Certificates": rows, "TotalCount": len(wanted), "MaxResults": len(rows), **following}


ACTIONS: dict[str, Handler] = {
    "CreateListener": create_listener,
    "GetListenerAttribute": get_listener_attribute,
    "ListListeners": list_listeners,
    "UpdateListenerAttribute": update_listener_attribute,
    "UpdateListenerLogConfig": update_log_config,
    "ListSystemSecurityPolicies": list_system_security_policies,
    "StartListener": start_listener,
    "StopListener": stop_listener,
    "DeleteListener": delete_listener,
    "ListListenerCertificates": list_listener_certificates,
}
