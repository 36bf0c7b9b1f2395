"""Who is let in: access control lists, TLS and certificates of listeners."""

from __future__ import annotations

from typing import Any

import pytest
from balanced import Front, engines, front  # noqa: F401 - fixtures
from fake_calls import Caller
from test_certificates import CAS, upload

Rows = list[dict[str, Any]]


def make(front: Front, *networks: str) -> str:  # noqa: F811
    id: str = front.alb.ok("CreateAcl", AclName="allowed")["AclId"]
    front.wait(2)
    if networks:
        entries = {f"AclEntries_{number}_Entry": network for number, network in enumerate(networks, 1)}
        front.alb.ok("AddEntriesToAcl", AclId=id, **entries)
        front.wait(2)
    return id


def relate(front: Front, acl: str, kind: str = "White") -> None:  # noqa: F811
    front.alb.ok("AssociateAclsWithListener", ListenerId=front.listener, AclType=kind, AclIds_1=acl)


def relations(front: Front) -> Rows:  # noqa: F811
    rows: Rows = front.alb.ok("GetListenerAttribute", ListenerId=front.listener)["AclConfig"]["AclRelations"]
    return rows


@pytest.mark.parametrize(
    ("networks", "kind", "client", "status"),
    [
        (["203.0.113.0/24"], "White", "203.0.113.9", 200),
        (["203.0.113.0/24"], "White", "198.51.100.1", 403),
        (["203.0.113.0/24"], "White", None, 403),
        (["127.0.0.1"], "White", None, 200),
        (["203.0.113.0/24"], "Black", "203.0.113.9", 403),
        (["203.0.113.0/24"], "Black", "198.51.100.1", 200),
        ([], "White", "198.51.100.1", 200),
        ([], "Black", "198.51.100.1", 200),
    ],
)
def test_addresses(front: Front, networks: list[str], kind: str, client: str | None, status: int) -> None:  # noqa: F811
    front.ready(1)
    relate(front, make(front, *networks), kind)
    if client is not None:
        front.cloud.seed["alb"] = {"client_address": client}
    assert front.send().status == status


def test_entries_come_and_go(front: Front) -> None:  # noqa: F811
    acl = make(front)
    front.alb.ok("AddEntriesToAcl", AclId=acl, AclEntries_1_Entry="10.0.0.0/24", AclEntries_1_Description="office")
    (row,) = front.alb.ok("ListAclEntries", AclId=acl)["AclEntries"]
    assert (row["Entry"], row["Description"], row["Status"]) == ("10.0.0.0/24", "office", "Adding")
    more = {"AclId": acl, "AclEntries_1_Entry": "10.0.1.7"}
    assert front.alb.refused("AddEntriesToAcl", **more) == (409, "IncorrectStatus.Acl")
    front.wait(2)
    assert front.alb.refused("AddEntriesToAcl", **{**more, "AclEntries_1_Entry": "10.0.0.0/24"})[1] == "ResourceAlreadyExist.AclEntry"
    assert front.alb.refused("AddEntriesToAcl", **{**more, "AclEntries_1_Entry": "nowhere"}) == (400, "IllegalParam.Entry")
    front.alb.ok("AddEntriesToAcl", **more)
    front.wait(2)
    rows = front.alb.ok("ListAclEntries", AclId=acl)["AclEntries"]
    assert [row["Entry"] for row in rows] == ["10.0.0.0/24", "10.0.1.7/32"]
    front.alb.ok("RemoveEntriesFromAcl", AclId=acl, Entries_1="10.0.1.7/32")
    assert [row["Status"] for row in front.alb.ok("ListAclEntries", AclId=acl)["AclEntries"]] == ["Available", "Removing"]
    front.wait(2)
    assert front.alb.ok("ListAclEntries", AclId=acl)["TotalCount"] == 1
    assert front.alb.refused("RemoveEntriesFromAcl", AclId=acl, Entries_1="10.9.9.9") == (404, "ResourceNotFound.AclEntry")


def test_a_call_takes_so_many_entries(front: Front) -> None:  # noqa: F811
    entries = {f"AclEntries_{number}_Entry": f"10.0.{number}.0/24" for number in range(1, 22)}
    assert front.alb.refused("AddEntriesToAcl", AclId=make(front), **entries) == (400, "IllegalParamSize.AclEntries")


def test_a_list_that_is_used_stays(front: Front) -> None:  # noqa: F811
    acl, other = make(front, "10.0.0.0/24"), make(front)
    relate(front, acl)
    assert [row["Status"] for row in relations(front)] == ["Associating"]
    front.wait(2)
    assert relations(front) == [{"AclId": acl, "Status": "Associated"}]
    (row,) = front.alb.ok("ListAclRelations", AclIds_1=acl)["AclRelations"]
    assert [user["ListenerId"] for user in row["RelatedListeners"]] == [front.listener]
    assert front.alb.refused("DeleteAcl", AclId=acl) == (409, "ResourceInUse.Acl")
    wanted = {"ListenerId": front.listener, "AclType": "Black", "AclIds_1": other}
    assert front.alb.refused("AssociateAclsWithListener", **wanted) == (400, "Conflict.AclType")
    assert front.alb.refused("AssociateAclsWithListener", **{**wanted, "AclType": "White", "AclIds_1": acl})[0] == 400
    front.alb.ok("DissociateAclsFromListener", ListenerId=front.listener, AclIds_1=acl)
    assert [row["Status"] for row in relations(front)] == ["Dissociating"]
    front.wait(2)
    assert relations(front) == []
    assert front.alb.refused("DissociateAclsFromListener", ListenerId=front.listener, AclIds_1=acl)[0] == 400
    front.alb.ok("DeleteAcl", AclId=acl)
    assert [row["AclId"] for row in front.alb.ok("ListAcls")["Acls"]] == [other]
    assert front.place.made("alb-acl") == [other]


def test_a_listener_has_at_most_three_lists(front: Front) -> None:  # noqa: F811
    acls = {f"AclIds_{number}": make(front) for number in range(1, 5)}
    wanted = {"ListenerId": front.listener, "AclType": "White", **acls}
    assert front.alb.refused("AssociateAclsWithListener", **wanted) == (400, "QuotaExceeded.ListenerAclsNum")


def test_lists_are_found_by_name_and_tag_and_renamed(front: Front) -> None:  # noqa: F811
    acl = front.alb.ok("CreateAcl", AclName="one", Tag_1_Key="a", Tag_1_Value="b")["AclId"]
    assert front.alb.ok("ListAcls", AclNames_1="one")["Acls"][0]["AclStatus"] == "Creating"
    front.wait(2)
    front.alb.ok("UpdateAclAttribute", AclId=acl, AclName="two")
    (row,) = front.alb.ok("ListAcls", Tag_1_Key="a")["Acls"]
    assert (row["AclName"], row["AclStatus"], row["Tags"]) == ("two", "Configuring", [{"Key": "a", "Value": "b"}])
    assert front.alb.ok("ListTagResources", ResourceType="acl", ResourceId_1=acl)["TagResources"][0]["TagKey"] == "a"


def test_https_needs_a_certificate_that_exists(front: Front) -> None:  # noqa: F811
    front.ready(1)
    target = {"DefaultActions_1_Type": "ForwardGroup"}
    target |= {"DefaultActions_1_ForwardGroupConfig_ServerGroupTuples_1_ServerGroupId": front.group}
    wanted = {"LoadBalancerId": front.id, "ListenerProtocol": "HTTPS", "ListenerPort": 443, **target}
    assert front.alb.refused("CreateListener", **wanted) == (400, "MissingCertificates")
    nobody = {**wanted, "Certificates_1_CertificateId": "1-ap-southeast-1"}
    assert front.alb.refused("CreateListener", **nobody) == (404, "ResourceNotFound.Certificate")
    cas = Caller(front.cloud, CAS)
    id = upload(cas)
    known = {"Certificates_1_CertificateId": cas.ok("GetUserCertificateDetail", CertId=id)["CertIdentifier"]}
    assert front.alb.refused("CreateListener", **wanted, **known, SecurityPolicyId="none") == (404, "ResourceNotFound.SecurityPolicy")
    listener = front.listen(443, "HTTPS", **known, SecurityPolicyId="tls_cipher_policy_1_2_strict_with_1_3")
    assert front.send(port=443).status == 400
    assert front.ask(port=443, secure=True)
    (row,) = front.alb.ok("ListListenerCertificates", ListenerId=listener)["Certificates"]
    assert (row["CertificateId"], row["CertificateType"], row["IsDefault"]) == (f"{id}-ap-southeast-1", "Server", True)
    assert "Certificates" in front.alb.ok("GetListenerAttribute", ListenerId=listener)
    assert not any("Certificates" in row for row in front.alb.ok("ListListeners")["Listeners"])
    assert cas.refused("DeleteUserCertificate", CertId=id) == (400, "CertificateInUse")
    front.alb.ok("DeleteListener", ListenerId=listener)
    front.wait(2)
    cas.ok("DeleteUserCertificate", CertId=id)


def test_a_certificate_of_another_region_will_do(front: Front) -> None:  # noqa: F811
    cas = Caller(front.cloud, CAS, "cn-hangzhou")
    id = upload(cas)
    front.listen(443, "HTTPS", Certificates_1_CertificateId=f"{id}-cn-hangzhou")
    assert cas.refused("DeleteUserCertificate", CertId=id) == (400, "CertificateInUse")


def test_the_systems_policies(front: Front) -> None:  # noqa: F811
    rows = front.alb.ok("ListSystemSecurityPolicies")["SecurityPolicies"]
    versions = {row["SecurityPolicyId"]: row["TLSVersions"] for row in rows}
    assert versions["tls_cipher_policy_1_2_strict_with_1_3"] == ["TLSv1.2", "TLSv1.3"]
    assert len(versions) == 5


def test_tracing_is_shown_once_it_is_on(front: Front) -> None:  # noqa: F811
    def config() -> dict[str, Any]:
        found: dict[str, Any] = front.alb.ok("GetListenerAttribute", ListenerId=front.listener)["LogConfig"]
        return found

    front.alb.ok("UpdateListenerLogConfig", ListenerId=front.listener, AccessLogRecordCustomizedHeadersEnabled="false")
    front.wait(2)
    assert config() == {"AccessLogRecordCustomizedHeadersEnabled": False}
    wanted = {"TracingEnabled": "true", "TracingSample": 800, "TracingType": "Zipkin"}
    given = {f"AccessLogTracingConfig_{name}": value for name, value in wanted.items()}
    front.alb.ok("UpdateListenerLogConfig", ListenerId=front.listener, **given)
    front.wait(2)
    assert config()["AccessLogTracingConfig"] == {"TracingEnabled": True, "TracingSample": 800, "TracingType": "Zipkin"}
