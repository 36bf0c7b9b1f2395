"""Launch templates on the wire. What a version holds is answered by RunInstances' names, lists as lists, and no password (none is kept)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.launch_templates import LaunchTemplate, LaunchTemplates, Version
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import ids_of, select
from fourways.fakes.services.shared.tagging import as_list, checked_tags
from fourways.fakes.wire.errors import missing
from fourways.fakes.wire.parameters import Parameters

#: Parameters of a template itself or of the call, not of the instances.
_NOT_DATA = {
    "RegionId",
    "LaunchTemplateId",
    "LaunchTemplateName",
    "VersionDescription",
    "TemplateResourceGroupId",
    "Action",
    "Version",
    "Format",
    "Timestamp",
    "Signature",
    "SignatureNonce",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureType",
    "AccessKeyId",
    "SecurityToken",
    "Password",
}
_NUMBERS = ("Size", "Iops", "InternetMaxBandwidthIn", "InternetMaxBandwidthOut", "Period", "SpotDuration", "HttpPutResponseHopLimit")
_FLAGS = ("Encrypted", "DeleteWithInstance", "PasswordInherit", "EnableVmOsConfig", "LoginAsNonRoot", "DeleteOnRelease", "AutoRenew")
#: Answered even where nothing was given: the plugin reads them unasked.
_ALWAYS: dict[str, Any] = {
    "DataDisks": {"DataDisk": []},
    "NetworkInterfaces": {"NetworkInterface": []},
    "Tags": {"InstanceTag": []},
    "SecurityGroupIds": {"SecurityGroupId": []},
}


def data_of(given: Parameters) -> dict[str, str]:
    """What instances are made from: all that is said of them."""
    return {
        name: value for name, value in given.flat.items() if value != "" and name not in _NOT_DATA and not name.startswith("TemplateTag.")
    }


def _typed(name: str, value: str) -> Any:
    last = name.rpartition(".")[2]
    if last in _FLAGS:
        return value.lower() == "true"
    return float(value) if last == "SpotPriceLimit" else int(value) if last in _NUMBERS else value


def _rows(given: Parameters, name: str) -> list[dict[str, Any]]:
    return [{key: _typed(key, value) for key, value in record.items()} for record in given.records(name)]


def _data_view(version: Version) -> dict[str, Any]:
    """LaunchTemplateData. System disks are flat (`SystemDisk.Category`), as the plugin reads them."""
    given = Parameters(version.data)
    listed = ("DataDisk.", "NetworkInterface.", "Tag.", "SecurityGroupIds", "ImageOptions.")
    view = {name: _typed(name, value) for name, value in version.data.items() if not name.startswith(listed)}
    options = given.under("ImageOptions").flat
    return {
        **_ALWAYS,
        **view,
        **({"ImageOptions": {name: _typed(name, value) for name, value in options.items()}} if options else {}),
        "DataDisks": {"DataDisk": _rows(given, "DataDisk")},
        "NetworkInterfaces": {"NetworkInterface": _rows(given, "NetworkInterface")},
        "SecurityGroupIds": {"SecurityGroupId": ids_of(given, "SecurityGroupIds")},
        "Tags": {"InstanceTag": [{"Key": key, "Value": value} for key, value in given.tags().items()]},
    }


def _all(call: Call) -> LaunchTemplates:
    return call.backend(EcsBackend).launch_templates


def _named(call: Call) -> LaunchTemplate:
    id, name = call.parameters.get("LaunchTemplateId"), call.parameters.get("LaunchTemplateName")
    if not id and not name:
        raise missing("LaunchTemplateId")
    return _all(call).find(id, name)


def from_template(call: Call) -> Call:
    """The call with what its launch template says, where it names one. What the call itself says goes before; a list goes before as a whole
    (help centre, RunInstances: LaunchTemplateId)."""
    given = call.parameters
    if not given.optional("LaunchTemplateId") and not given.optional("LaunchTemplateName"):
        return call
    said = {name.partition(".")[0] for name in given.flat}
    kept = {
        name: value
        for name, value in _named(call).version(given.get("LaunchTemplateVersion")).data.items()
        if name.partition(".")[0] not in said
    }
    return replace(call, parameters=Parameters({**kept, **given.flat}, given.body))


def create_launch_template(call: Call) -> dict[str, Any]:
    given = call.parameters
    tags, group = checked_tags(given.tags("TemplateTag")), checked_group(call.scope, given.get("TemplateResourceGroupId"))
    template = _all(call).create(given.require("LaunchTemplateName"), given.get("VersionDescription"), data_of(given))
    template.tags, template.resource_group = tags, group
    return {"LaunchTemplateId": template.id, "LaunchTemplateVersionNumber": template.default}


def create_launch_template_version(call: Call) -> dict[str, Any]:
    template = _named(call)
    version = _all(call).add_version(template, call.parameters.get("VersionDescription"), data_of(call.parameters))
    return {"LaunchTemplateId": template.id, "LaunchTemplateVersionNumber": version.number}


def describe_launch_templates(call: Call) -> dict[str, Any]:
    given, clock = call.parameters, call.scope.clock
    ids, names = ids_of(given, "LaunchTemplateId"), ids_of(given, "LaunchTemplateName")
    wanted = Parameters({name: value for name, value in given.flat.items() if not name.startswith("Tag.")})
    found = [
        template
        for template in select(_all(call), wanted)
        if (not ids or template.id in ids) and (not names or template.name in names) and _has_tags(template, given)
    ]
    page, about = given.page(found, largest=50)
    rows = [
        {
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "DefaultVersionNumber": template.default,
            "LatestVersionNumber": max(template.versions),
            "CreateTime": clock.timestamp(template.created),
            "ModifiedTime": clock.timestamp(template.modified),
            "CreatedBy": call.scope.account,
            "ResourceGroupId": template.resource_group,
            "Tags": as_list(template.tags, "TagKey", "TagValue"),
        }
        for template in page
    ]
    return {"LaunchTemplateSets": {"LaunchTemplateSet": rows}, **about}


def _has_tags(template: LaunchTemplate, given: Parameters) -> bool:
    wanted = {**given.tags("TemplateTag"), **given.tags("Tag")}
    return all(template.tags.get(key) == value or (key in template.tags and not value) for key, value in wanted.items())


def describe_launch_template_versions(call: Call) -> dict[str, Any]:
    """Newest first; `DetailFlag` false leaves the data out (help centre, DescribeLaunchTemplateVersions)."""
    given, clock, template = call.parameters, call.scope.clock, _named(call)
    numbers = ids_of(given, "LaunchTemplateVersion")
    found = [template.version(number) for number in numbers] or sorted(template.versions.values(), key=lambda one: -one.number)
    if given.boolean("DefaultVersion"):
        found = [template.version("")]
    page, about = given.page(found, largest=50)
    rows = [
        {
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "VersionNumber": version.number,
            "DefaultVersion": version.number == template.default,
            "VersionDescription": version.description,
            "CreateTime": clock.timestamp(version.created),
            "ModifiedTime": clock.timestamp(version.created),
            "CreatedBy": call.scope.account,
            **({"LaunchTemplateData": _data_view(version)} if given.boolean("DetailFlag", True) else {}),
        }
        for version in page
    ]
    return {"LaunchTemplateVersionSets": {"LaunchTemplateVersionSet": rows}, **about}


def modify_launch_template_default_version(call: Call) -> None:
    template = _named(call)
    template.default = template.version(call.parameters.require("DefaultVersionNumber")).number
    template.modified = call.scope.clock.now()


def delete_launch_template(call: Call) -> dict[str, Any]:
    template = _named(call)
    numbers = sorted(template.versions)
    _all(call).remove(template.id)
    return {"LaunchTemplateId": template.id, "LaunchTemplateVersionNumbers": {"LaunchTemplateVersionNumber": numbers}}


def delete_launch_template_version(call: Call) -> dict[str, Any]:
    template, numbers = _named(call), ids_of(call.parameters, "DeleteVersion")
    if not numbers:
        raise missing("DeleteVersion")
    for number in numbers:
        _all(call).delete_version(template, template.version(number).number)
    return {"LaunchTemplateVersions": {"LaunchTemplateVersion": [{"LaunchTemplateId": template.id, "Versions": numbers}]}}


ACTIONS: dict[str, Handler] = {
    "CreateLaunchTemplate": create_launch_template,
    "CreateLaunchTemplateVersion": create_launch_template_version,
    "DescribeLaunchTemplates": describe_launch_templates,
    "DescribeLaunchTemplateVersions": describe_launch_template_versions,
    "ModifyLaunchTemplateDefaultVersion": modify_launch_template_default_version,
    "DeleteLaunchTemplate": delete_launch_template,
    "DeleteLaunchTemplateVersion": delete_launch_template_version,
}
