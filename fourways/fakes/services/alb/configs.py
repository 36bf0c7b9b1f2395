"""Nested configurations as tables of defaults: a value's type is its default's. Defaults and ranges: help centre, CreateServerGroup."""

from __future__ import annotations

from typing import Any

from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.parameters import Parameters

Config = dict[str, Any]

CHECK: Config = {
    "HealthCheckConnectPort": 0,
    "HealthCheckHost": "$SERVER_IP",
    "HealthCheckHttpVersion": "HTTP1.1",
    "HealthCheckInterval": 2,
    "HealthCheckMethod": "HEAD",
    "HealthCheckPath": "/",
    "HealthCheckProtocol": "HTTP",
    "HealthCheckTimeout": 5,
    "HealthyThreshold": 3,
    "UnhealthyThreshold": 3,
    "HealthCheckCodes": ["http_2xx"],
}
HEALTH_CHECK: Config = {"HealthCheckEnabled": True, **CHECK}
STICKY: Config = {"StickySessionEnabled": False, "StickySessionType": "Insert", "Cookie": "", "CookieTimeout": 1000}
SLOW_START: Config = {"SlowStartEnabled": False, "SlowStartDuration": 30}
DRAIN: Config = {"ConnectionDrainEnabled": False, "ConnectionDrainTimeout": 300}
HASH: Config = {"Type": "", "Value": ""}
QUIC: Config = {"QuicListenerId": "", "QuicUpgradeEnabled": False}
LOG: Config = {"AccessLogRecordCustomizedHeadersEnabled": False}
TRACING: Config = {"TracingEnabled": False, "TracingType": "", "TracingSample": 0}
FORWARDED: Config = {
    "XForwardedForClientCertClientVerifyAlias": "",
    "XForwardedForClientCertClientVerifyEnabled": False,
    "XForwardedForClientCertFingerprintAlias": "",
    "XForwardedForClientCertFingerprintEnabled": False,
    "XForwardedForClientCertIssuerDNAlias": "",
    "XForwardedForClientCertIssuerDNEnabled": False,
    "XForwardedForClientCertSubjectDNAlias": "",
    "XForwardedForClientCertSubjectDNEnabled": False,
    "XForwardedForClientSourceIpsEnabled": False,
    "XForwardedForClientSourceIpsTrusted": "",
    "XForwardedForClientSrcPortEnabled": False,
    "XForwardedForEnabled": True,
    "XForwardedForHostEnabled": False,
    "XForwardedForProcessingMode": "append",
    "XForwardedForProtoEnabled": False,
    "XForwardedForSLBIdEnabled": False,
    "XForwardedForSLBPortEnabled": False,
}
_RANGES = {
    "HealthCheckConnectPort": (0, 65535),
    "HealthCheckInterval": (1, 50),
    "HealthCheckTimeout": (1, 300),
    "HealthyThreshold": (2, 10),
    "UnhealthyThreshold": (2, 10),
    "CookieTimeout": (1, 86400),
}
_CHOICES = {
    "HealthCheckHttpVersion": ("HTTP1.0", "HTTP1.1"),
    "HealthCheckMethod": ("HEAD", "GET", "POST"),
    "HealthCheckProtocol": ("HTTP", "HTTPS", "TCP", "GRPC"),
    "StickySessionType": ("Insert", "Server"),
    "XForwardedForProcessingMode": ("append", "remove"),
}
# Ranges that hold only while the thing is switched on: it may be switched off with a 0.
_WHILE_ON = {
    "SlowStartDuration": ("SlowStartEnabled", 30, 900),
    "ConnectionDrainTimeout": ("ConnectionDrainEnabled", 10, 900),
}


def merged(config: Config, given: Parameters) -> Config:
    """`config` with what is given in its place; raises 400 for what is no value of its field."""
    return checked({name: _value(name, value, given) for name, value in config.items()})


def _value(name: str, value: Any, given: Parameters) -> Any:
    if name in _CHOICES and given.get(name):
        return given.choice(name, _CHOICES[name])
    return given.like(name, value, *_RANGES.get(name, (None, None)))


def checked(config: Config) -> Config:
    if "HealthCheckCodes" in config:  # a TCP check has no status codes; any other has some
        wanted = config["HealthCheckCodes"] or CHECK["HealthCheckCodes"]
        config["HealthCheckCodes"] = [] if config["HealthCheckProtocol"] == "TCP" else wanted
    for name, (switch, low, high) in _WHILE_ON.items():
        if name in config and config[switch] and not low <= config[name] <= high:
            raise CloudError(400, "IllegalParam." + name, f"The param of {name} is illegal. Valid values: {low} to {high}.")
    if config.get("StickySessionEnabled") and config["StickySessionType"] == "Server" and not config["Cookie"]:
        raise CloudError(400, "IllegalParam.Cookie", "The param of Cookie is required for sticky sessions of the type Server.")
    return config
