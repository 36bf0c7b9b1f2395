"""Model Studio's keys and workspaces through the official SDK and our clients, against the fake in this process."""

from datetime import UTC, datetime
from typing import Any

from fourways.cleanup import Options, RealCloud, Result, State, delete, look, plan
from fourways.cleanup.kinds import KINDS
from fourways.cloud import marked_text
from fourways.fakes.cloud import Cloud
from fourways.recovery import marks, states

REGION = "ap-southeast-1"
STUDIO = [kind for kind in KINDS if kind.name.startswith("model-studio-")]
URN = "urn:pulumi:chat::fourways::fourways:modelstudio:ApiKey::key"
NAME = "fourways-chat-e27540-serving"


def make_key(description: str, workspace: str | None = None) -> str:
    answer = RealCloud().model_studio("CreateApiKey", REGION, description=description, workspaceId=workspace)
    return str(answer["apiKey"]["apiKeyId"])


def make_workspace(name: str) -> str:
    return str(RealCloud().model_studio("CreateWorkspace", REGION, workspaceName=name)["workspace"]["workspaceId"])


def sweep(fake: Cloud, *known: State, named: tuple[str, ...] = ()) -> Result:
    options = Options(project="fourways", now=datetime.fromtimestamp(fake.clock.now(), UTC), named=frozenset(named))
    leftovers = plan(look(RealCloud(), [REGION, "eu-central-1"], "fourways", STUDIO), known, options)
    return delete(leftovers, RealCloud(), kinds=STUDIO, pause=lambda: fake.clock.advance(5), rounds=3)


def test_a_named_stack_goes_and_others_stay(fake: Cloud) -> None:
    place = make_workspace(NAME)
    make_key(marked_text.write("Key", URN), place)
    others = {make_key("made in the console"), make_key(marked_text.write("Key", URN.replace("::fourways::", "::another::")))}
    kept = sweep(fake)
    assert [leftover.kept for leftover in kept.kept] == ["environment unknown: name its stack, chat, to delete it"] * 2
    similar = make_workspace("fourways-chat-0a1b2c-serving")  # a hash that is not of this project and stack: somebody else's
    result = sweep(fake, named=("chat",))
    assert [thing.kind for thing in result.deleted] == ["model-studio-api-key", "model-studio-workspace"]
    assert {row["id"] for row in fake.inventory()} == {*others, similar}


def test_a_workspace_in_use_stays_with_the_clouds_reason(fake: Cloud) -> None:
    key = make_key("somebody's", make_workspace(NAME))
    result = sweep(fake, named=("chat",))
    ((_, said),) = result.failed
    assert f"ApiKey: The workspace has the API keys {key}" in said


def entry(id_: str, **outputs: str) -> dict[str, Any]:
    type_ = "fourways:modelstudio:ApiKey"
    return {"urn": URN, "type": type_, "custom": True, "id": id_, "inputs": {"region": REGION}, "outputs": outputs}


def test_both_keys_of_a_rotation_with_overlap_belong_to_the_state(fake: Cloud) -> None:
    old, new, stray = (make_key(marked_text.write("Key", URN)) for _ in range(3))
    export = {"deployment": {"resources": [entry(f"{REGION}/1", apiKeyId=new, previousApiKeyId=old)]}}
    result = sweep(fake, State(stack="chat", export=export), named=("chat",))
    assert [thing.id for thing in result.deleted] == [stray]
    type_ = "fourways:modelstudio:ApiKey"
    assert states.owned(export) == {(type_, f"{REGION}/{id_}") for id_ in ("1", new, old)}


def test_an_unfinished_key_in_the_state_is_marked_until_an_update_gives_it_a_value(fake: Cloud) -> None:
    key = make_key(marked_text.write("Key", URN, "0" * 12))
    export = {"deployment": {"resources": [entry(f"{REGION}/{key}")]}}
    (mark,) = marks.find(RealCloud(), export, REGION)
    assert marks.unfinished(export, [mark.urn])["deployment"]["resources"][0]["initErrors"] == [marks.UNFINISHED]
    calls = len(fake.requests.rows)
    mark.take_off(RealCloud())
    assert len(fake.requests.rows) == calls
    done = make_key(marked_text.write("Key", URN))
    assert marks.find(RealCloud(), {"deployment": {"resources": [entry(f"{REGION}/{done}")]}}, REGION) == []
