"""The endpoint with the openai client, against one real server; and the queue, without any server, on the clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
import requests
from served import served_cloud

from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.server import _may_change
from fourways.fakes.services import SERVICES
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment import operations
from fourways.fakes.services.eas.serving import engine
from fourways.fakes.services.shared import curves, engine_command, tokens
from fourways.fakes.wire.messages import Request, Response

REGION, ACCOUNT = "ap-southeast-1", "1000000000000001"
COMMAND = "vllm serve /models/flash --served-model-name flash fast --max-model-len 1k"
Ask = Callable[..., Response]


def deploy(cloud: Cloud, name: str = "chat", command: str = COMMAND, **more: Any) -> None:
    given = {"metadata": {"name": name}, "containers": [{"image": "repo/vllm:1", "command": command}], "token": "tok", **more}
    operations.create(cloud.backend(EasBackend, ACCOUNT, REGION), given, {}, "")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server with a running service `chat`, a stopped one `idle`, and the CA's path."""
    # On a clock this fast the made-up latencies are too short to wait for.
    cloud = Cloud(SERVICES, clock=Clock(speed=1000.0))
    cloud.seed["eas"] = {"transition_seconds": 0}
    deploy(cloud)
    deploy(cloud, "idle")
    cloud.clock.run_due()
    operations.stop(cloud.backend(EasBackend, ACCOUNT, REGION), cloud.backend(EasBackend, ACCOUNT, REGION).service("idle"))
    with served_cloud(cloud, tmp_path_factory.mktemp("tls")) as ca:
        yield cloud.base_url, ca


@pytest.fixture
def client(served: tuple[str, Path]) -> Iterator[openai.OpenAI]:
    with openai.DefaultHttpxClient(trust_env=False) as http:
        yield openai.OpenAI(
            base_url=f"{served[0]}/pai-eas/{ACCOUNT}.{REGION}/api/predict/chat/v1", api_key="tok", max_retries=0, http_client=http
        )


QUESTION: list[Any] = [{"role": "user", "content": "Why is the sky blue?"}]


def test_chat(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="flash", messages=QUESTION)
    assert (answer.model, answer.object, answer.choices[0].finish_reason) == ("flash", "chat.completion", "stop")
    assert "made up by the fake cloud" in (answer.choices[0].message.content or "")
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (4 + tokens.count("Why is the sky blue?"), 48)
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 48


def test_chat_streams_and_tells_its_usage_in_the_last_chunk(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="flash", messages=QUESTION, max_tokens=7)
    chunks = list(
        client.chat.completions.create(model="flash", messages=QUESTION, max_tokens=7, stream=True, stream_options={"include_usage": True})
    )
    *parts, last = chunks
    assert "".join(part.choices[0].delta.content or "" for part in parts) == whole.choices[0].message.content
    assert parts[0].choices[0].delta.role == "assistant"
    assert [part.choices[0].finish_reason for part in parts if part.choices[0].finish_reason] == ["length"]
    assert last.choices == []
    assert last.usage == whole.usage
    assert all(part.usage is None for part in parts)


def test_a_stream_without_the_option_has_no_usage(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="fast", messages=QUESTION, max_tokens=2, stream=True))
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_max_tokens_ignore_eos_and_several_choices(client: openai.OpenAI) -> None:
    def ask(**more: Any) -> tuple[int, str | None, int]:
        answer = client.chat.completions.create(model="flash", messages=QUESTION, **more)
        assert answer.usage is not None
        return answer.usage.completion_tokens, answer.choices[0].finish_reason, len(answer.choices)

    assert ask(max_tokens=3) == (3, "length", 1)
    assert ask(max_completion_tokens=100) == (48, "stop", 1)
    assert ask(max_tokens=100, extra_body={"ignore_eos": True}) == (100, "length", 1)
    assert ask(max_tokens=3, n=2) == (6, "length", 2)


def test_completions_and_models(client: openai.OpenAI) -> None:
    answer = client.completions.create(model="flash", prompt="One two three")
    assert answer.usage is not None
    assert (answer.usage.completion_tokens, answer.choices[0].finish_reason) == (16, "length")
    assert [(model.id, getattr(model, "max_model_len")) for model in client.models.list()] == [("flash", 1000), ("fast", 1000)]  # noqa: B009


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"temperature": -1}, "temperature must be non-negative, got -1."),
        ({"top_p": 2}, "top_p must be in (0, 1], got 2."),
        ({"max_tokens": 0}, "max_tokens must be at least 1, got 0."),
        ({"n": 0}, "n must be at least 1, got 0."),
        ({"presence_penalty": 3}, "presence_penalty must be in [-2, 2], got 3."),
        ({"stream_options": {"include_usage": True}}, "Stream options can only be defined when `stream=True`."),
        ({"max_tokens": 2000}, "is too large: 2000. This model's maximum context length is 1000 tokens"),
        ({"messages": [{"role": "user", "content": "word " * 2000}]}, "maximum context length is 1000 tokens. However, your request has"),
        ({"messages": []}, ""),
        ({"max_tokens": "many"}, "valid integer"),
    ],
)
def test_wrong_requests_are_refused_as_vllm_words_it(client: openai.OpenAI, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.create(**{"model": "flash", "messages": QUESTION, **wrong})
    assert words in error.value.message
    assert error.value.body["code"] == 400  # type: ignore[index]


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as error:
        client.chat.completions.create(model="other", messages=QUESTION)
    assert error.value.body == {"message": "The model `other` does not exist.", "type": "NotFoundError", "param": "model", "code": 404}


def test_keys_services_and_paths_are_checked(served: tuple[str, Path], client: openai.OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="wrong").models.list()
    base = f"{served[0]}/pai-eas/{ACCOUNT}"
    with requests.Session() as http:
        http.trust_env = False
        http.headers["authorization"] = "tok"
        statuses = {
            path: http.get(f"{base}.{path}").status_code
            for path in (
                f"{REGION}/api/predict/chat/v1/models",
                f"vpc.{REGION}/api/predict/chat/v1/models",
                f"{REGION}/api/predict/chat/health",
                f"{REGION}/api/predict/chat/v1/nothing",
                f"{REGION}/api/predict/chat/v1/chat/completions",
                f"{REGION}/api/predict/none/v1/models",
                "cn-beijing/api/predict/chat/v1/models",
                f"{REGION}/api/predict/idle/v1/models",
            )
        }
        assert list(statuses.values()) == [200, 200, 200, 404, 405, 404, 404, 503], statuses
        assert http.get(f"{base}.{REGION}/api/predict/chat/v1/models", headers={"authorization": ""}).status_code == 401
        broken = http.post(f"{base}.{REGION}/api/predict/chat/v1/chat/completions", data=b"{")
        assert (broken.status_code, "json_invalid" in broken.json()["error"]["message"]) == (400, True)


def test_the_same_port_answers_https(served: tuple[str, Path]) -> None:
    url = served[0].replace("http:", "https:") + f"/pai-eas/{ACCOUNT}.{REGION}/api/predict/chat/v1/models"
    with requests.Session() as http:
        http.trust_env = False
        assert http.get(url, headers={"authorization": "Bearer tok"}, verify=str(served[1])).status_code == 200


@pytest.fixture
def stepped() -> Cloud:
    cloud = Cloud(SERVICES, clock=Clock(stepped=True, start=1_780_000_000.0))
    cloud.seed["eas"] = {"transition_seconds": 0}
    return cloud


def request(cloud: Cloud, name: str = "chat", *, vpc: bool = False, **body: Any) -> Response:
    data = {"messages": QUESTION, "max_tokens": 11, **body}
    path = f"/pai-eas/{ACCOUNT}.{'vpc.' if vpc else ''}{REGION}/api/predict/{name}/v1/chat/completions"
    return cloud.handle(Request.build("POST", path, {"authorization": "tok"}, json.dumps(data).encode()))


def test_requests_queue_for_the_slots_behind_the_service_until_the_queue_is_full(stepped: Cloud) -> None:
    deploy(stepped, command=f"{COMMAND} --max-num-seqs 2")
    stepped.clock.advance(0)
    service = stepped.backend(EasBackend, ACCOUNT, REGION).service("chat")
    running = [request(stepped) for _ in range(2)]
    first = max(service.busy_until)
    waiting = [request(stepped) for _ in range(curves.longest_queue(2))]
    assert max(service.busy_until) > 3 * (first - stepped.clock.now()) + stepped.clock.now()
    assert request(stepped).status == 450
    assert waiting[-1].done is not None
    waiting[-1].done()  # a client that goes away makes room
    waiting[-1].done()
    assert request(stepped).status == 200
    stepped.clock.advance(3600)
    assert request(stepped).status == 200
    assert len(service.busy_until) == 1
    assert all(response.status == 200 for response in running)


def test_a_stream_is_paced_in_real_seconds_of_the_clocks_speed() -> None:
    def gaps(speed: float) -> list[float]:
        cloud = Cloud(SERVICES, clock=Clock(speed=speed))
        cloud.seed["eas"] = {"transition_seconds": 0}
        deploy(cloud)
        cloud.clock.run_due()
        response = request(cloud, stream=True)
        assert response.stream is not None
        return [delay for delay, _ in response.stream]

    slow, fast = gaps(1.0), gaps(10.0)
    assert sum(slow) == pytest.approx(10 * sum(fast), rel=1e-3)
    pace = curves.pace("eas", 4 + tokens.count(QUESTION[0]["content"]), 1 / curves.slots("eas", 0))
    assert sum(slow) == pytest.approx(pace.first + 10 * pace.each, rel=1e-3)
    assert slow[0] == pytest.approx(pace.first, rel=1e-3)


def test_a_private_endpoint_answers_inside_only(stepped: Cloud) -> None:
    deploy(stepped, networking={"disable_internet_endpoint": True})
    stepped.clock.advance(0)
    assert request(stepped).status == 404
    assert request(stepped, vpc=True).status == 200


def test_during_an_update_the_old_version_answers_until_the_new_one_serves(stepped: Cloud) -> None:
    deploy(stepped)
    stepped.clock.advance(0)
    stepped.seed["eas"] = {}
    backend = stepped.backend(EasBackend, ACCOUNT, REGION)
    change = {"containers": [{"image": "repo/vllm:2", "command": "vllm serve /models/new --served-model-name new"}]}
    operations.update(backend, backend.service("chat"), change, replace=False)
    seen = []
    for _ in range(12):
        seen.append([name for name in ("flash", "new") if request(stepped, model=name).status == 200])
        stepped.clock.advance(1)
    assert seen[0] == ["flash"]
    assert seen[-1] == ["new"]
    assert all(len(names) == 1 for names in seen)


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("vllm serve /m/flash --served-model-name flash fast --port 8000", ("flash", "fast")),
        ("vllm serve /m/flash --served-model-name=flash", ("flash",)),
        ("vllm serve /m/flash --port 8000", ("/m/flash",)),
        ("python -m vllm.entrypoints.openai.api_server --model /m/flash", ("/m/flash",)),
        ("python -m sglang.launch_server --model-path /m/flash \\\n --served-model-name flash", ("flash",)),
        ("export A=1 && vllm serve /m/flash --served-model-name flash && true", ("flash",)),
        ("echo 'unclosed", ("svc",)),
        ("", ("svc",)),
    ],
)
def test_the_models_name_is_read_from_the_command(command: str, names: tuple[str, ...]) -> None:
    assert engine.read({"containers": [{"image": "x", "script": command}]}, "svc").names == names


def test_lengths_are_read_with_their_suffixes() -> None:
    def context(text: str) -> int:
        return engine.read({"containers": [{"command": f"vllm serve m --max-model-len {text}"}]}, "svc").context

    assert [context(text) for text in ("32768", "32k", "32K", "1M", "lots")] == [32768, 32000, 32768, 2**20, engine_command.DEFAULT_CONTEXT]


@pytest.mark.parametrize("text", ["", "Hello, world!", "你好,世界", "a  b\n\tc  ", "snake_case and 12345678"])
def test_tokens_put_together_are_the_text(text: str) -> None:
    assert "".join(tokens.split(text)) == text


def test_the_tokenizer_counts_about_four_characters_a_token() -> None:
    assert tokens.count("你好世界") == 4
    assert tokens.count("word " * 99 + "word") == 100
    assert len(tokens.answer(500)) == 500


@pytest.mark.parametrize(
    ("method", "url", "headers", "changes"),
    [
        ("GET", "/api/v2/services", {"x-acs-version": "2021-07-01"}, False),
        ("PUT", "/api/v2/services/r/s/stop", {"x-acs-version": "2021-07-01"}, True),
        ("GET", "/?Action=RevokeSecurityGroup", {}, True),
        ("POST", "/", {"x-acs-action": "DescribeService"}, False),
        ("POST", "/", {"x-acs-action": "CreateService"}, True),
    ],
)
def test_only_calls_that_may_change_something_are_saved(method: str, url: str, headers: dict[str, str], changes: bool) -> None:
    assert _may_change(Request.build(method, url, headers, b"")) is changes
