"""Load balancers, application and classic: their life, their refusals and their bills."""

from __future__ import annotations

from typing import Any

import pytest
from fake_calls import ALB, SLB, Caller
from machines import Site, site

from fourways.fakes.faults import Rule


@pytest.fixture
def place() -> Site:
    return site()


@pytest.fixture
def alb(place: Site) -> Caller:
    return place.caller(ALB)


def given(place: Site, **more: Any) -> dict[str, Any]:
    zones = {}
    for number, (vswitch, letter) in enumerate(zip(place.vswitches, "ab", strict=True), 1):
        zones |= {f"ZoneMappings_{number}_VSwitchId": vswitch, f"ZoneMappings_{number}_ZoneId": f"ap-southeast-1{letter}"}
    needed = {
        "VpcId": place.vpc_id,
        "AddressType": "Intranet",
        "LoadBalancerEdition": "Standard",
        "LoadBalancerBillingConfig_PayType": "PostPay",
    }
    return {**needed, **zones, **more}


def make(place: Site, alb: Caller, **more: Any) -> str:
    id: str = alb.ok("CreateLoadBalancer", **given(place, **more))["LoadBalancerId"]
    alb.wait()
    return id


def make_group(place: Site, alb: Caller, **more: Any) -> str:
    id: str = alb.ok("CreateServerGroup", ServerGroupName="g", VpcId=place.vpc_id, **more)["ServerGroupId"]
    alb.wait()
    return id


def job(alb: Caller, id: str) -> str:
    status: str = alb.ok("ListAsynJobs", JobIds_1=id)["Jobs"][0]["Status"]
    return status


def test_an_application_load_balancer_is_billed_until_its_job_is_done(place: Site, alb: Caller) -> None:
    made = alb.ok("CreateLoadBalancer", **given(place, LoadBalancerName="front", ClientToken="t"))
    id = made["LoadBalancerId"]
    assert alb.ok("CreateLoadBalancer", **given(place, LoadBalancerName="front", ClientToken="t"))["LoadBalancerId"] == id
    assert alb.ok("GetLoadBalancerAttribute", LoadBalancerId=id)["LoadBalancerStatus"] == "Provisioning"
    assert place.bills() == ["alb"]
    alb.wait()
    row = alb.ok("GetLoadBalancerAttribute", LoadBalancerId=id)
    assert (row["LoadBalancerStatus"], row["LoadBalancerName"], len(row["ZoneMappings"])) == ("Active", "front", 2)
    assert place.vpc.refused("DeleteVSwitch", VSwitchId=place.vswitches[0]) == (400, "DependencyViolation")
    gone = alb.ok("DeleteLoadBalancer", LoadBalancerId=id)["JobId"]
    assert job(alb, gone) == "Processing"
    assert place.bills() == ["alb"]
    alb.wait()
    assert job(alb, gone) == "Succeeded"
    assert place.bills() == []
    assert alb.refused("GetLoadBalancerAttribute", LoadBalancerId=id) == (404, "ResourceNotFound.LoadBalancer")


def test_it_is_tagged_by_a_second_call_and_found_by_name(place: Site, alb: Caller) -> None:
    id = make(place, alb, LoadBalancerName="front", Tags_1_Key="a", Tags_1_Value="b")
    (row,) = alb.ok("ListLoadBalancers", LoadBalancerNames_1="front")["LoadBalancers"]
    assert (row["LoadBalancerId"], row["Tags"]) == (id, [])
    alb.ok("TagResources", ResourceType="loadbalancer", ResourceId_1=id, Tag_1_Key="a", Tag_1_Value="b")
    assert alb.ok("ListLoadBalancers", Tag_1_Key="a")["LoadBalancers"][0]["Tags"] == [{"Key": "a", "Value": "b"}]
    assert alb.ok("ListTagResources", ResourceType="loadbalancer", ResourceId_1=id)["TagResources"][0]["TagKey"] == "a"
    alb.ok("UnTagResources", ResourceType="loadbalancer", ResourceId_1=id, TagKey_1="a")
    assert alb.ok("ListLoadBalancers", Tag_1_Key="a")["LoadBalancers"] == []


def test_one_zone_is_not_enough(place: Site, alb: Caller) -> None:
    one = {name: value for name, value in given(place).items() if not name.startswith("ZoneMappings_2")}
    assert alb.refused("CreateLoadBalancer", **one) == (400, "IllegalParamSize.ZoneMappings")
    assert place.bills() == []


def test_protection_keeps_it(place: Site, alb: Caller) -> None:
    id = make(place, alb, DeletionProtectionEnabled="true")
    assert alb.refused("DeleteLoadBalancer", LoadBalancerId=id) == (400, "OperationDenied.DeletionProtection")
    alb.ok("DisableDeletionProtection", ResourceId=id)
    alb.ok("DeleteLoadBalancer", LoadBalancerId=id)


def test_an_edition_is_raised_and_paid_for(place: Site, alb: Caller) -> None:
    id = make(place, alb, LoadBalancerEdition="Basic")
    alb.ok("UpdateLoadBalancerEdition", LoadBalancerId=id, LoadBalancerEdition="StandardWithWaf")
    assert [row["hourly_price"] for row in alb.cloud.ledger.rows(only_open=True)] == ["0.035"]
    assert alb.refused("UpdateLoadBalancerEdition", LoadBalancerId=id, LoadBalancerEdition="Basic") == (409, "IncorrectStatus.LoadBalancer")
    alb.wait()
    assert alb.refused("UpdateLoadBalancerEdition", LoadBalancerId=id, LoadBalancerEdition="Basic")[0] == 400


def listener(id: str, group: str) -> dict[str, Any]:
    action = {"DefaultActions_1_Type": "ForwardGroup", "DefaultActions_1_ForwardGroupConfig_ServerGroupTuples_1_ServerGroupId": group}
    return {"LoadBalancerId": id, "ListenerProtocol": "HTTP", "ListenerPort": 80, **action}


def test_a_listener_runs_and_goes_with_its_load_balancer(place: Site, alb: Caller) -> None:
    id, group = make(place, alb), make_group(place, alb)
    made = alb.ok("CreateListener", **listener(id, group))
    assert job(alb, made["JobId"]) == "Processing"
    alb.wait()
    row = alb.ok("GetListenerAttribute", ListenerId=made["ListenerId"])
    assert (row["ListenerStatus"], row["RequestTimeout"], row["XForwardedForConfig"]["XForwardedForEnabled"]) == ("Running", 60, True)
    assert alb.refused("CreateListener", **listener(id, group)) == (400, "ResourceAlreadyExist.Listener")
    assert alb.refused("DeleteServerGroup", ServerGroupId=group) == (409, "ResourceInUse.ServerGroup")
    alb.ok("StopListener", ListenerId=made["ListenerId"])
    alb.wait()
    assert alb.ok("ListListeners", LoadBalancerIds_1=id)["Listeners"][0]["ListenerStatus"] == "Stopped"
    alb.ok("DeleteLoadBalancer", LoadBalancerId=id)
    alb.wait()
    assert place.made("alb-listener") == []
    alb.ok("DeleteServerGroup", ServerGroupId=group)
    alb.wait()
    assert place.made("alb-server-group") == []


def test_servers_must_exist_and_fit_the_group(place: Site, alb: Caller) -> None:
    group, instance = make_group(place, alb), place.run()
    server = {"ServerGroupId": group, "Servers_1_ServerType": "Ecs", "Servers_1_ServerId": instance, "Servers_1_Port": 8000}
    assert alb.refused("AddServersToServerGroup", **{**server, "Servers_1_ServerId": "i-none"}) == (404, "ResourceNotFound.BackendServer")
    assert alb.refused("AddServersToServerGroup", **{**server, "Servers_1_ServerType": "Ip"}) == (400, "IllegalParam.ServerType")
    alb.ok("AddServersToServerGroup", **server)
    assert alb.refused("UpdateServerGroupAttribute", ServerGroupId=group, Scheduler="Wlc") == (409, "IncorrectStatus.ServerGroup")
    alb.wait()
    (row,) = alb.ok("ListServerGroupServers", ServerGroupId=group)["Servers"]
    assert (row["ServerId"], row["Port"], row["Weight"], row["Status"]) == (instance, 8000, 100, "Available")
    alb.ok("RemoveServersFromServerGroup", **server)
    alb.wait()
    assert alb.ok("ListServerGroupServers", ServerGroupId=group)["TotalCount"] == 0


def test_configurations_are_merged_typed_and_checked(place: Site, alb: Caller) -> None:
    group = make_group(place, alb, HealthCheckConfig_HealthCheckEnabled="true", HealthCheckConfig_HealthCheckInterval=10)
    assert alb.refused("UpdateServerGroupAttribute", ServerGroupId=group, HealthCheckConfig_HealthCheckInterval=99)[0] == 400
    assert alb.refused("UpdateServerGroupAttribute", ServerGroupId=group, StickySessionConfig_StickySessionEnabled="maybe")[0] == 400
    alb.ok("UpdateServerGroupAttribute", ServerGroupId=group, HealthCheckConfig_HealthCheckCodes_1="http_3xx")
    (row,) = alb.ok("ListServerGroups", ServerGroupIds_1=group)["ServerGroups"]
    check = row["HealthCheckConfig"]
    assert (check["HealthCheckInterval"], check["HealthCheckCodes"], check["HealthCheckPath"]) == (10, ["http_3xx"], "/")
    alb.wait()
    for protocol, codes in (("TCP", []), ("HTTP", ["http_2xx"])):
        alb.ok("UpdateServerGroupAttribute", ServerGroupId=group, HealthCheckConfig_HealthCheckProtocol=protocol)
        alb.wait()
        assert alb.ok("ListServerGroups", ServerGroupIds_1=group)["ServerGroups"][0]["HealthCheckConfig"]["HealthCheckCodes"] == codes
    other = make_group(place, alb)
    assert alb.ok("ListServerGroups", ServerGroupIds_1=other)["ServerGroups"][0]["HealthCheckConfig"]["HealthCheckCodes"] == ["http_2xx"]


def test_a_classic_load_balancer_is_billed_and_found_by_name(place: Site) -> None:
    slb = place.caller(SLB)
    slb.cloud.faults.add(Rule("cut-after", "CreateLoadBalancer"))
    wanted = {"LoadBalancerName": "old", "VSwitchId": place.vswitches[0], "ClientToken": "t"}
    assert slb.send("CreateLoadBalancer", **wanted).cut
    (row,) = slb.ok("DescribeLoadBalancers", LoadBalancerName="old")["LoadBalancers"]["LoadBalancer"]
    assert slb.ok("CreateLoadBalancer", **wanted)["LoadBalancerId"] == row["LoadBalancerId"]
    assert (row["LoadBalancerStatus"], row["AddressType"], row["Tags"]) == ("active", "intranet", {"Tag": []})
    assert (row["MasterZoneId"], row["SlaveZoneId"]) == ("ap-southeast-1a", "ap-southeast-1b")
    assert place.bills() == ["slb"]
    slb.ok("TagResources", ResourceType="instance", ResourceId_1=row["LoadBalancerId"], Tag_1_Key="a", Tag_1_Value="b")
    assert slb.ok("DescribeLoadBalancers", Tag_1_Key="a")["TotalCount"] == 1
    assert place.vpc.refused("DeleteVSwitch", VSwitchId=place.vswitches[0]) == (400, "DependencyViolation")
    slb.ok("SetLoadBalancerDeleteProtection", LoadBalancerId=row["LoadBalancerId"], DeleteProtection="on")
    assert slb.refused("DeleteLoadBalancer", LoadBalancerId=row["LoadBalancerId"]) == (400, "OperationDenied.DeleteProtectionIsOn")
    slb.ok("SetLoadBalancerDeleteProtection", LoadBalancerId=row["LoadBalancerId"], DeleteProtection="off")
    slb.ok("DeleteLoadBalancer", LoadBalancerId=row["LoadBalancerId"])
    assert place.bills() == []
