"""Log projects and what is in them on the fake, looked up by what a create was begun with."""

from __future__ import annotations

from typing import Any

import pytest

from fourways.cleanup import RealCloud
from fourways.cleanup.kinds import log_project
from fourways.cleanup.wanted import NotEnoughError, Wanted
from fourways.cloud import logs
from fourways.cloud.errors import CloudError, Outcome
from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.cloud import Cloud
from fourways.fakes.faults import Rule
from fourways.fakes.services.sls.backend import CollectionConfig, MachineGroup, Project, SlsBackend, Store
from fourways.recovery.look import LOOK_UPS

REGION = "ap-southeast-1"
NAME = "fourways-mu-f7edf1-logs"
IN_PROJECT: list[tuple[str, dict[str, str], str]] = [
    ("project:Project", {"projectName": NAME}, NAME),
    ("store:Store", {"projectName": NAME, "logstoreName": "s"}, f"{NAME}:s"),
    ("storeIndex:StoreIndex", {"project": NAME, "logstore": "s"}, f"{NAME}:s"),
    ("machineGroup:MachineGroup", {"project": NAME, "name": "machines"}, f"{NAME}:machines"),
    ("logTailConfig:LogTailConfig", {"project": NAME, "logstore": "s", "name": "journal"}, f"{NAME}:s:journal"),
    (
        "logTailAttachment:LogTailAttachment",
        {"project": NAME, "logtailConfigName": "journal", "machineGroupName": "machines"},
        f"{NAME}:journal:machines",
    ),
]


def held(fake: Cloud) -> dict[str, Project]:
    return fake.backend(SlsBackend, DEFAULT_ACCOUNT_ID, REGION).projects


@pytest.fixture
def project(fake: Cloud) -> Project:
    """As a stack on machines makes it, with another of a longer name beside it."""
    now = fake.clock.now()
    made = Project(NAME, REGION, now, description="Logs of s. fourways-mu-f7edf1", tags={"fourways-project": "fourways"})
    made.stores["s"] = Store("s", now, {}, index={"line": {}})
    made.machine_groups["machines"] = MachineGroup("machines", now, "userdefined", ["m"], configs=["journal"])
    made.configs["journal"] = CollectionConfig("journal", now, {})
    held(fake).update({NAME: made, f"{NAME}-2": Project(f"{NAME}-2", REGION, now)})
    return made


def look_up(type_: str, **inputs: str) -> list[Any]:
    type_ = f"alicloud:log/{type_}"
    wanted = Wanted(urn=f"urn:pulumi:mu::fourways::{type_}::x", type=type_, region=REGION, inputs=inputs)
    return list(LOOK_UPS[type_](RealCloud(), wanted))


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("type_", "inputs", "id_"), IN_PROJECT, ids=[row[0] for row in IN_PROJECT])
def test_each_is_found_by_what_its_create_was_begun_with(type_: str, inputs: dict[str, str], id_: str) -> None:
    assert [found.id for found in look_up(type_, **inputs)] == [id_]
    assert look_up(type_, **{name: f"{value}-gone" for name, value in inputs.items()}) == []
    with pytest.raises(NotEnoughError):
        look_up(type_)


def test_a_project_says_whose_it_is_and_since_when(project: Project) -> None:
    (found,) = look_up("project:Project", projectName=NAME)
    assert (found.owner.project, found.metered, found.created.timestamp()) == ("fourways", True, project.created)
    assert found.described.endswith("fourways-mu-f7edf1")


def test_a_store_in_another_s_project_is_no_index_of_it(project: Project) -> None:
    project.stores["s"].index = None
    assert look_up("storeIndex:StoreIndex", project=NAME, logstore="s") == []
    assert len(look_up("store:Store", projectName=NAME, logstoreName="s")) == 1


def test_projects_are_those_of_the_region_page_by_page(fake: Cloud) -> None:
    held(fake).update({f"p-{number:03}": Project(f"p-{number:03}", REGION, 0.0) for number in range(230)})
    held(fake)["elsewhere"] = Project("elsewhere", "cn-beijing", 0.0)
    found = [thing.id for thing in log_project.everything(RealCloud(), REGION)]
    assert found == [f"p-{number:03}" for number in range(230)]


def test_a_list_of_tags_that_repeats_its_page_is_told_rather_than_cut() -> None:
    class Again(RealCloud):
        def logs(self, action: str, *_: Any, **__: Any) -> dict[str, Any]:
            assert action == "ListTagResources"
            return {"tagResources": [], "nextToken": "again"}

    with pytest.raises(CloudError, match="repeats its page"):
        list(log_project.find(Again(), REGION, "fourways"))


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        (Rule(action="GetProject", kind="throttle"), Outcome.THROTTLED),
        (Rule(action="GetProject", kind="error", status=500, code="InternalServerError"), Outcome.UNKNOWN),
        (Rule(action="GetProject", kind="cut"), Outcome.UNKNOWN),
    ],
    ids=["throttled", "down", "cut"],
)
def test_what_goes_wrong_is_told_as_everywhere(fake: Cloud, rule: Rule, outcome: Outcome) -> None:
    fake.faults.add(rule)
    with pytest.raises(CloudError) as caught:
        logs.call("GetProject", REGION, "GET", "/", project=NAME)
    assert (caught.value.action, caught.value.outcome) == ("GetProject", outcome)
    assert "test" not in str(caught.value)


def test_a_wrong_secret_is_refused(fake: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - the fake is what is asked
    monkeypatch.setenv("ALICLOUD_SECRET_KEY", "another")
    with pytest.raises(CloudError, match="SignatureNotMatch"):
        logs.call("ListProject", REGION, "GET", "/", {"offset": "0", "size": "10"})
