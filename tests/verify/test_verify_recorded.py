"""Every recorded report, replayed: the fake answers what the cloud answered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fourways.verify import report
from fourways.verify.probes import AFTER
from fourways.verify.replay import Verdict, replay
from tests.verify.other_cloud import Plant, plant
from tests.verify.planted import PLANTED, PLANTS
from tests.verify.replay_stage import Stage, stage

RECORDED = Path(__file__).with_name("recorded")


def replayed(path: Path, *plants: Plant) -> list[Verdict]:
    """The verdicts of one file, on a fake that has learnt `plants`."""
    found = report.read(path)
    with stage(found.region) as here:
        plant(here.cloud, *plants)
        return replay(found, here.asker, here.scene)


def test_the_fake_has_learnt_what_was_recorded() -> None:
    still = [f"{path.name}: {verdict.what}" for path in sorted(RECORDED.glob("*.yaml")) for verdict in replayed(path) if not verdict.agrees]
    assert not still, "the cloud answered otherwise:\n" + "\n".join(still)


def test_only_a_real_cloud_teaches() -> None:
    assert [path.name for path in RECORDED.glob("*.yaml") if report.read(path).target != "cloud"] == []


def test_the_scene_answers_every_probe_and_leaves_nothing() -> None:
    """A probe that the scene cannot ask could never be replayed."""
    with stage() as here:
        for step, run in here.scene.steps():
            statuses = run()
            ends = {"up": ("Creating", "Running"), "update": ("Running", "Running"), "destroy": ("Running", "(gone)")}[step]
            assert (statuses[0], statuses[-1]) == ends
            answers = {probe.name: here.asker.ask(probe, here.scene.parameters) for probe in AFTER[step]}
            assert {name for name, answer in answers.items() if answer.unanswered} <= {"NAT gateway", "EIP"}
            refused = {name for name, answer in answers.items() if answer.status and answer.status >= 400}
            assert refused == {name for name in answers if any(word in name for word in REFUSED) and "label" not in name}
        assert here.cloud.inventory() == []
        assert [row for row in here.cloud.ledger.rows() if row["closed"] is None] == []


def recording(here: Stage) -> report.Recording:
    """What a run on a stage would record."""
    found: report.Recording = {}
    for step, run in here.scene.steps():
        found[step] = report.StepRecord(outcome="ok", statuses=run())
        for probe in AFTER[step]:
            if not here.asker.missing(probe, here.scene.parameters):
                found[step].answers[probe.name] = here.asker.ask(probe, here.scene.parameters)
    return found


def test_a_file_is_red_until_the_fake_has_learnt(tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    with stage() as here:
        plant(here.cloud, *PLANTS)
        cloud = recording(here)
    with stage() as here:
        fake = recording(here)
    made = report.compare(cloud, fake, made=date(2026, 11, 24), target="cloud", region=here.asker.region, kind="model-unit")
    report.write(made, path)
    red = replayed(path)
    assert len(red) == len(PLANTED) + 2  # the statuses of up and update
    assert not any(verdict.agrees for verdict in red)
    assert [verdict.what for verdict in replayed(path, *PLANTS) if not verdict.agrees] == []
    still_red = [verdict.what for verdict in replayed(path, *PLANTS[1:]) if not verdict.agrees]
    assert still_red == ["up: VPC: Ipv6Isp: the cloud has it, the fake does not"]


REFUSED = ("not there", "without", "a second time", "deleted", "wrong token", "unknown model", "afterwards")
