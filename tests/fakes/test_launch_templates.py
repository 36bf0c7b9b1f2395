"""Launch templates: versions, the default one, what they hold, and instances made from them."""

from __future__ import annotations

import base64

import pytest
from machines import Site, site

DATA = {
    "ImageId": "aliyun_3_x64_20G_alibase_20250629.vhd",
    "InstanceType": "ecs.g7.large",
    "SystemDisk.Category": "cloud_essd",
    "SystemDisk.Size": "100",
    "SystemDisk.Encrypted": "true",
    "DataDisk.1.Size": "400",
    "DataDisk.1.Category": "cloud_essd",
    "DataDisk.1.Encrypted": "true",
    "HttpTokens": "required",
    "UserData": base64.b64encode(b"#cloud-config\n").decode(),
    "Tag.1.Key": "fourways:stack",
    "Tag.1.Value": "metal",
}


@pytest.fixture
def place() -> Site:
    return site()


def made(place: Site) -> str:
    answer = place.ecs.ok(
        "CreateLaunchTemplate", LaunchTemplateName="metal", **{"TemplateTag.1.Key": "a", "TemplateTag.1.Value": "b"}, **DATA
    )
    return str(answer["LaunchTemplateId"])


def versions(place: Site, id: str, **wanted: str) -> list[dict]:
    return place.ecs.ok("DescribeLaunchTemplateVersions", LaunchTemplateId=id, **wanted)["LaunchTemplateVersionSets"][
        "LaunchTemplateVersionSet"
    ]


def test_a_version_holds_what_instances_are_made_from(place: Site) -> None:
    (version,) = versions(place, made(place))
    data = version["LaunchTemplateData"]
    assert (version["VersionNumber"], version["DefaultVersion"]) == (1, True)
    assert (data["InstanceType"], data["HttpTokens"], data["SystemDisk.Size"], data["SystemDisk.Encrypted"]) == (
        "ecs.g7.large", "required", 100, True,
    )  # fmt: skip
    assert data["DataDisks"] == {"DataDisk": [{"Size": 400, "Category": "cloud_essd", "Encrypted": True}]}
    assert data["Tags"] == {"InstanceTag": [{"Key": "fourways:stack", "Value": "metal"}]}
    assert "Signature" not in data
    assert "RegionId" not in data


def test_a_template_goes_by_its_own_tags_and_name(place: Site) -> None:
    id = made(place)
    (row,) = place.ecs.ok("DescribeLaunchTemplates", **{"TemplateTag.1.Key": "a"})["LaunchTemplateSets"]["LaunchTemplateSet"]
    assert (row["LaunchTemplateId"], row["Tags"]) == (id, {"Tag": [{"TagKey": "a", "TagValue": "b"}]})
    assert place.ecs.refused("CreateLaunchTemplate", LaunchTemplateName="metal", **DATA) == (400, "LaunchTemplateName.Duplicated")
    assert place.ecs.ok("DescribeLaunchTemplates", **{"TemplateTag.1.Key": "fourways:stack"})["TotalCount"] == 0


def test_a_new_version_is_the_latest_and_not_yet_the_default(place: Site) -> None:
    id = made(place)
    assert place.ecs.ok("CreateLaunchTemplateVersion", LaunchTemplateId=id, **DATA)["LaunchTemplateVersionNumber"] == 2
    assert [(row["VersionNumber"], row["DefaultVersion"]) for row in versions(place, id)] == [(2, False), (1, True)]
    place.ecs.ok("ModifyLaunchTemplateDefaultVersion", LaunchTemplateId=id, DefaultVersionNumber="2")
    assert place.ecs.refused("DeleteLaunchTemplateVersion", LaunchTemplateId=id, **{"DeleteVersion.1": "2"})[0] == 400
    place.ecs.ok("DeleteLaunchTemplateVersion", LaunchTemplateId=id, **{"DeleteVersion.1": "1"})
    assert place.ecs.ok("CreateLaunchTemplateVersion", LaunchTemplateId=id, **DATA)["LaunchTemplateVersionNumber"] == 3
    place.ecs.ok("DeleteLaunchTemplate", LaunchTemplateId=id)
    assert place.ecs.refused("DescribeLaunchTemplateVersions", LaunchTemplateId=id) == (404, "InvalidLaunchTemplate.NotFound")


def test_what_a_call_says_itself_goes_before_its_template(place: Site) -> None:
    id = made(place)
    answer = place.ecs.ok(
        "RunInstances", LaunchTemplateId=id, LaunchTemplateVersion="1", VSwitchId=place.vswitches[0], SecurityGroupId=place.group,
        InstanceType="ecs.g6.large",
    )  # fmt: skip
    (instance,) = answer["InstanceIdSets"]["InstanceIdSet"]
    place.ecs.wait(10)
    row = place.row(instance)
    assert (row["InstanceType"], row["ImageId"]) == ("ecs.g6.large", DATA["ImageId"])
    assert {disk["Type"]: disk["Size"] for disk in place.disks(InstanceId=instance)} == {"system": 100, "data": 400}
