"""The role of the scheduled sweep: its document is the catalogue's, RAM takes it, and it allows what a sweep calls and no more."""

from __future__ import annotations

import json
from pathlib import Path

from fourways import cleanup
from fourways.catalog import sweep_actions
from fourways.cleanup import Options, RealCloud, Records
from fourways.cloud.ownership import ENVIRONMENT
from fourways.fakes.cloud import Cloud
from tests.cleanup.test_cleanup_levels import REGION, fake, log_project, name, nat, network, options, tags, watch
from tests.cleanup.test_cleanup_machines_on_fake import TAGS, Account
from tests.cleanup.test_cleanup_on_fake import bring_up

__all__ = ["fake"]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "ram-policy-sweep.json"
CODES = {
    "Vpc": "vpc", "Ecs": "ecs", "Ess": "ess", "Alb": "alb", "eas": "eas", "Eas": "eas", "ModelStudio": "modelstudio", "Kms": "kms",
    "cas": "yundun-cert", "Cas": "yundun-cert", "Ram": "ram", "Cms": "cms", "Sls": "log", "BssOpenApi": "bss",
}  # fmt: skip
NOT_BY_RAM = {"DashScope", "Sts"}
"""By a key of its own, and what everybody may call."""


def allowed() -> set[str]:
    return {action for statement in sweep_actions.policy()["Statement"] for action in statement["Action"]}


def test_the_document_is_the_catalogues() -> None:
    assert DOCUMENT.read_text() == sweep_actions.document() + "\n", "run `python -m fourways.catalog.sweep_actions`"
    assert json.loads(sweep_actions.document()) == sweep_actions.policy()


def test_ram_takes_it() -> None:
    assert len(DOCUMENT.read_text()) <= 6144
    actions = [action for statement in sweep_actions.policy()["Statement"] for action in statement["Action"]]
    assert len(actions) == len(set(actions))


def test_what_can_be_bound_to_a_tag_is_bound_to_benchmarks() -> None:
    read, bound, free = sweep_actions.policy()["Statement"]
    assert bound["Condition"] == {"StringEquals": {f"acs:ResourceTag/{ENVIRONMENT}": "benchmark"}}
    assert all(action.partition(":")[2].startswith(("Describe", "List", "Get", "Query")) for action in read["Action"])
    deletes = ("Delete", "Release", "Unassociate", "Detach")
    assert all(action.partition(":")[2].startswith(deletes) for action in (*bound["Action"], *free["Action"]))


def test_it_allows_all_that_a_sweep_calls(fake: Cloud) -> None:
    vpc, vswitch = network(fake, Tag=tags(fake))
    nat(fake, vpc, vswitch, name("nat"))
    account = Account(fake)
    on = account.network()
    account.machines(on)
    account.front(on)
    account.identity()
    bring_up(fake, "bench_a", TAGS)
    watch(fake, "bench-abc123-1", "abc123", tags(fake))
    log_project(fake, "logs-x", tags(fake))
    before = len(fake.requests.rows)
    wanted: Options = options(fake, named=frozenset({"metal"}))
    cloud = RealCloud()
    sight = cleanup.survey(cloud, [REGION], "fourways")
    bill = cleanup.billed(cloud, [REGION], sight, [], wanted, Records.all)
    result = cleanup.delete(cleanup.plan(sight.found, [], wanted), cloud, pause=lambda: fake.clock.advance(10))
    assert (sight.unseen, bill.unseen, result.failed) == ((), (), ())
    rows = [row for row in list(fake.requests.rows)[before:] if row["product"] not in NOT_BY_RAM]
    called = {f"{CODES[row['product']]}:{row['action']}" for row in rows}
    assert len(called) > 50
    assert called - allowed() == set()
    assert {action for action in called if "Delete" in action} >= {"eas:DeleteResource", "ess:DeleteScalingGroup", "log:DeleteProject"}
