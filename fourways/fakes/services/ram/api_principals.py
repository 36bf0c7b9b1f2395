"""Roles, users and groups on the wire."""

from __future__ import annotations

import json
import re
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ram import documents
from fourways.fakes.services.ram.backend import Group, RamBackend, Role, User, new_number
from fourways.fakes.services.shared.tagging import checked_tags
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.parameters import Parameters

_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_ROLE_NAME = re.compile(r"[A-Za-z0-9.-]{1,64}")
_LONGEST_DESCRIPTION = 1024
_DETAILS = ("DisplayName", "MobilePhone", "Email", "Comments")


def tags_of(given: Parameters) -> dict[str, str]:
    """RAM's `Tag` is a JSON list, or the `Tag.1.Key` of everybody else."""
    text = given.get("Tag")
    if not text:
        return checked_tags(given.tags())
    try:
        return checked_tags({str(row["Key"]): str(row.get("Value", "")) for row in json.loads(text)})
    except (ValueError, KeyError, AttributeError):
        raise CloudError(400, "InvalidParameter.Tag", "Tag must be a JSON list of objects with Key and Value.") from None


def _checked(given: Parameters, parameter: str, form: re.Pattern[str] = _NAME) -> str:
    name = given.require(parameter)
    if not form.fullmatch(name):
        raise CloudError(
            400, f"InvalidParameter.{parameter}.InvalidChars", f"The parameter {parameter} contains invalid characters: {name}."
        )
    return name


def description_of(given: Parameters, parameter: str) -> str:
    text = given.get(parameter)
    if len(text) > _LONGEST_DESCRIPTION:
        raise CloudError(400, f"InvalidParameter.{parameter}.Length", f"At most {_LONGEST_DESCRIPTION} characters.")
    return text


def _role_view(call: Call, role: Role) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "RoleId": role.number,
        "RoleName": role.name,
        "Arn": f"acs:ram::{call.scope.account}:role/{role.name.lower()}",
        "Description": role.description,
        "CreateDate": clock.timestamp(role.created),
        "UpdateDate": clock.timestamp(role.updated),
        "MaxSessionDuration": role.session,
        "AssumeRolePolicyDocument": role.document,
        "RolePrincipalName": f"{role.name}@role.{call.scope.account}.onaliyunservice.com",
    }


def create_role(call: Call) -> dict[str, Any]:
    given = call.parameters
    name = _checked(given, "RoleName", _ROLE_NAME)
    now = call.scope.clock.now()
    role = Role(
        id=name,
        name=name,
        created=now,
        updated=now,
        number=new_number(),
        document=documents.checked(given.require("AssumeRolePolicyDocument"), trust=True),
        description=description_of(given, "Description"),
        session=given.integer("MaxSessionDuration", 3600, 3600, 43200),
        tags=tags_of(given),
    )
    return {"Role": _role_view(call, call.backend(RamBackend).add("role", role))}


def get_role(call: Call) -> dict[str, Any]:
    return {"Role": _role_view(call, call.backend(RamBackend).roles[call.parameters.require("RoleName")])}


def update_role(call: Call) -> dict[str, Any]:
    given = call.parameters
    role = call.backend(RamBackend).roles[given.require("RoleName")]
    if given.optional("NewAssumeRolePolicyDocument"):
        role.document = documents.checked(given.get("NewAssumeRolePolicyDocument"), trust=True)
    if "NewDescription" in given:
        role.description = description_of(given, "NewDescription")
    role.session = given.integer("NewMaxSessionDuration", role.session, 3600, 43200)
    role.updated = call.scope.clock.now()
    return {"Role": _role_view(call, role)}


def list_roles(call: Call) -> dict[str, Any]:
    page, about = marked_page(call, list(call.backend(RamBackend).roles))
    return {"Roles": {"Role": [_role_view(call, role) for role in page]}, **about}


def marked_page(call: Call, items: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """RAM's paging: `Marker` and `MaxItems`; the marker is an offset."""
    size = call.parameters.integer("MaxItems", 100, 1, 1000)
    start = call.parameters.integer("Marker", 0, 0)
    more = start + size < len(items)
    return items[start : start + size], {"IsTruncated": more, **({"Marker": str(start + size)} if more else {})}


def delete_role(call: Call) -> None:
    call.backend(RamBackend).delete("role", call.parameters.require("RoleName"))


def _user_view(call: Call, user: User) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "UserId": user.number,
        "UserName": user.name,
        **{name: user.details.get(name, "") for name in _DETAILS},
        "CreateDate": clock.timestamp(user.created),
        "UpdateDate": clock.timestamp(user.updated),
        "LastLoginDate": "",
    }


def create_user(call: Call) -> dict[str, Any]:
    given, now = call.parameters, call.scope.clock.now()
    name = _checked(given, "UserName")
    details = {detail: given.get(detail) for detail in _DETAILS}
    user = User(id=name, name=name, created=now, updated=now, number=new_number(), details=details, tags=tags_of(given))
    return {"User": _user_view(call, call.backend(RamBackend).add("user", user))}


def _user(call: Call) -> User:
    backend, wanted = call.backend(RamBackend), call.parameters.get("UserId")
    for user in backend.users:
        if wanted and user.number == wanted:
            return user
    return backend.users[call.parameters.require("UserName")]


def get_user(call: Call) -> dict[str, Any]:
    return {"User": _user_view(call, _user(call))}


def update_user(call: Call) -> dict[str, Any]:
    given, user = call.parameters, _user(call)
    call.backend(RamBackend).rename("user", user.name, given.optional("NewUserName") or user.name)
    for detail in _DETAILS:
        if f"New{detail}" in given:
            user.details[detail] = given.get(f"New{detail}")
    user.updated = call.scope.clock.now()
    return {"User": _user_view(call, user)}


def list_users(call: Call) -> dict[str, Any]:
    page, about = marked_page(call, list(call.backend(RamBackend).users))
    return {"Users": {"User": [_user_view(call, user) for user in page]}, **about}


def delete_user(call: Call) -> None:
    call.backend(RamBackend).delete("user", call.parameters.require("UserName"))


def _group_view(call: Call, group: Group) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "GroupId": group.number,
        "GroupName": group.name,
        "Comments": group.description,
        "CreateDate": clock.timestamp(group.created),
        "UpdateDate": clock.timestamp(group.updated),
    }


def create_group(call: Call) -> dict[str, Any]:
    given, now = call.parameters, call.scope.clock.now()
    name = _checked(given, "GroupName")
    group = Group(id=name, name=name, created=now, updated=now, number="g-" + new_number(), description=description_of(given, "Comments"))
    return {"Group": _group_view(call, call.backend(RamBackend).add("group", group))}


def get_group(call: Call) -> dict[str, Any]:
    return {"Group": _group_view(call, call.backend(RamBackend).groups[call.parameters.require("GroupName")])}


def update_group(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(RamBackend)
    group = backend.groups[given.require("GroupName")]
    backend.rename("group", group.name, given.optional("NewGroupName") or group.name)
    if "NewComments" in given:
        group.description = description_of(given, "NewComments")
    group.updated = call.scope.clock.now()
    return {"Group": _group_view(call, group)}


def list_groups(call: Call) -> dict[str, Any]:
    page, about = marked_page(call, list(call.backend(RamBackend).groups))
    return {"Groups": {"Group": [_group_view(call, group) for group in page]}, **about}


def delete_group(call: Call) -> None:
    call.backend(RamBackend).delete("group", call.parameters.require("GroupName"))


def add_user_to_group(call: Call) -> None:
    backend, given = call.backend(RamBackend), call.parameters
    user, group = backend.users[given.require("UserName")], backend.groups[given.require("GroupName")]
    if user.name in group.members:
        raise CloudError(409, "EntityAlreadyExists.User.Group", f"The user {user.name} is a member of the group already.")
    group.members[user.name] = call.scope.clock.now()


def remove_user_from_group(call: Call) -> None:
    backend, given = call.backend(RamBackend), call.parameters
    user, group = backend.users[given.require("UserName")], backend.groups[given.require("GroupName")]
    if group.members.pop(user.name, None) is None:
        raise CloudError(404, "EntityNotExist.User.Group", f"The user {user.name} is not a member of the group.")


def list_users_for_group(call: Call) -> dict[str, Any]:
    backend = call.backend(RamBackend)
    group = backend.groups[call.parameters.require("GroupName")]
    rows = [
        {"UserName": name, "DisplayName": backend.users[name].details["DisplayName"], "JoinDate": call.scope.clock.timestamp(joined)}
        for name, joined in group.members.items()
    ]
    page, about = marked_page(call, rows)
    return {"Users": {"User": page}, **about}


def list_groups_for_user(call: Call) -> dict[str, Any]:
    user = call.backend(RamBackend).users[call.parameters.require("UserName")]
    rows = [
        {"GroupName": group.name, "Comments": group.description, "JoinDate": call.scope.clock.timestamp(group.members[user.name])}
        for group in call.backend(RamBackend).groups
        if user.name in group.members
    ]
    return {"Groups": {"Group": rows}}


ACTIONS: dict[str, Handler] = {
    "CreateRole": create_role,
    "GetRole": get_role,
    "UpdateRole": update_role,
    "ListRoles": list_roles,
    "DeleteRole": delete_role,
    "CreateUser": create_user,
    "GetUser": get_user,
    "UpdateUser": update_user,
    "ListUsers": list_users,
    "DeleteUser": delete_user,
    "CreateGroup": create_group,
    "GetGroup": get_group,
    "UpdateGroup": update_group,
    "ListGroups": list_groups,
    "DeleteGroup": delete_group,
    "AddUserToGroup": add_user_to_group,
    "RemoveUserFromGroup": remove_user_from_group,
    "ListUsersForGroup": list_users_for_group,
    "ListGroupsForUser": list_groups_for_user,
}
