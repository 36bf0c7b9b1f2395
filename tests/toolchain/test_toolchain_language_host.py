"""The language host, driven as the engine drives it: programs, plugins and packages of the environment that the options name."""

import os
import select
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2
from stand_in_engine import Host, gather, program, running_host

SITE_PACKAGES = sysconfig.get_paths()["purelib"]


@pytest.fixture
def host(found: dict[str, str | None]) -> Iterator[Host]:
    with running_host(Path(str(found["bin"])) / "pulumi-language-python") as running:
        yield running


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment of its own, which sees the packages of the tests' one."""
    folder = tmp_path_factory.mktemp("project") / "its own venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib/python3*/site-packages"))
    (packages / "tests.pth").write_text(SITE_PACKAGES + "\n")
    (packages / "pulumi_small").mkdir()
    (packages / "pulumi_small" / "pulumi-plugin.json").write_text('{"resource": true, "name": "small", "server": "https://example.com"}')
    (packages / "pulumi_small-2.5.0.dist-info").mkdir()
    (packages / "pulumi_rules").mkdir()
    (packages / "pulumi_rules" / "pulumi-plugin.json").write_text('{"resource": false}')
    return folder


@pytest.fixture
def folder(environment: Path) -> Path:
    """The project's folder; `environment` is beside the program, named by the relative path VENV."""
    return environment.parent


VENV = "its own venv"


def write(folder: Path, source: str) -> Path:
    path = folder / "__main__.py"
    path.write_text(source)
    return path


def test_a_program_runs_with_its_configuration(host: Host, folder: Path) -> None:
    write(
        folder,
        "import os, sys, pulumi\n"
        "config = pulumi.Config()\n"
        "pulumi.export('word', config.require('word'))\n"
        "pulumi.export('secrets', [key for key in ('tiny:word', 'tiny:hidden') if pulumi.runtime.is_config_secret(key)])\n"
        "pulumi.export('stack', f'{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}')\n"
        "pulumi.export('preview', pulumi.runtime.is_dry_run())\n"
        "pulumi.export('python', sys.prefix)\n"
        "pulumi.export('folder', os.getcwd())\n"
        "print('to stdout')\n"
        "print('to stderr', file=sys.stderr)\n",
    )
    answer = host.run(folder, virtualenv=VENV)
    assert (answer.error, answer.bail, host.engine.errors) == ("", False, [])
    assert host.engine.outputs["word"] == "given"
    assert host.engine.outputs["secrets"] == ["tiny:hidden"]
    assert host.engine.outputs["stack"] == "organization/tiny/dev"
    assert host.engine.outputs["preview"] is True
    assert host.engine.outputs["python"] == str(folder / VENV)
    assert host.engine.outputs["folder"] == str(folder)
    out, err = host.end()
    assert "to stdout" in out
    assert "to stderr" in err


def test_a_program_without_configuration_runs(host: Host, folder: Path) -> None:
    write(folder, "import pulumi\npulumi.export('word', pulumi.Config().get('word') or 'none')\n")
    request = host.request(folder, virtualenv=VENV)
    request.ClearField("config")
    request.ClearField("configSecretKeys")
    assert host.stub.Run(request, timeout=60).error == ""
    assert host.engine.outputs == {"word": "none"}


FAILURES = {
    "exception": (
        "import pulumi\ndef inner():\n    raise ValueError('bad thing')\ninner()\n",
        "Program failed with an unhandled exception:\n"
        "Traceback (most recent call last):\n"
        '  File "{main}", line 4, in <module>\n'
        "    inner()\n"
        '  File "{main}", line 3, in inner\n'
        "    raise ValueError('bad thing')\n"
        "ValueError: bad thing\n",
    ),
    "raised from another": (
        "import pulumi\ntry:\n    {}['key']\nexcept KeyError as error:\n    raise ValueError('no key') from error\n",
        "Program failed with an unhandled exception:\n"
        "Traceback (most recent call last):\n"
        '  File "{main}", line 3, in <module>\n'
        "    {}['key']\n"
        "KeyError: 'key'\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n"
        '  File "{main}", line 5, in <module>\n'
        "    raise ValueError('no key') from error\n"
        "ValueError: no key\n",
    ),
    "run error": ("import pulumi\nraise pulumi.RunError('only this')\n", "only this"),
    "syntax": (
        "x = (\n",
        "Program failed with an unhandled exception:\n  File \"{main}\", line 1\n    x = (\n        ^\nSyntaxError: '(' was never closed\n",
    ),
    "missing module": (
        "import there_is_no_such_module\n",
        "Program failed with an unhandled exception:\n"
        "Traceback (most recent call last):\n"
        '  File "{main}", line 1, in <module>\n'
        "    import there_is_no_such_module\n"
        "ModuleNotFoundError: No module named 'there_is_no_such_module'\n",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_told_by_the_users_own_lines(host: Host, folder: Path, name: str) -> None:
    source, told = FAILURES[name]
    main = write(folder, source)
    answer = host.run(folder, virtualenv=VENV)
    assert (answer.error, answer.bail) == ("", True)
    # The lines of ^^^^ under an expression differ from Python to Python.
    lines = [
        line for error in host.engine.errors for line in error.split("\n") if not line.strip() or line.strip("^~ ") or name == "syntax"
    ]
    assert "\n".join(lines) == told.replace("{main}", str(main))


def test_sys_exit_is_told_by_its_code(host: Host, folder: Path) -> None:
    write(folder, "import sys\nsys.exit(3)\n")
    answer = host.run(folder, virtualenv=VENV)
    assert "non-zero exit code: 3" in answer.error
    assert not answer.bail


def test_a_folder_without_a_program_is_named(host: Host, folder: Path) -> None:
    (folder / "empty").mkdir(exist_ok=True)
    answer = host.run(folder / "empty", virtualenv=str(folder / VENV))
    assert answer.bail
    assert host.engine.errors == [f"unable to find main python program `__main__.py` in `{folder / 'empty'}`"]


def test_an_environment_that_is_not_there_is_named(host: Host, tmp_path: Path) -> None:
    write(tmp_path, "")
    with pytest.raises(grpc.RpcError) as caught:
        host.run(tmp_path, virtualenv="nowhere")
    assert str(tmp_path / "nowhere") in caught.value.details()
    assert "-m venv" in caught.value.details()


def test_a_python_without_pulumi_is_told_what_to_do(host: Host, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    write(tmp_path, "")
    assert "exit code: 1" in host.run(tmp_path, virtualenv="bare").error
    assert "The Pulumi SDK is not installed" in host.end()[1]


def reader_of_what_lives(folder: Path) -> tuple[Path, int]:
    """A pipe that a program opens and holds: reading it ends when the program has."""
    pipe = folder / f"alive-{os.getpid()}-{len(list(folder.glob('alive-*')))}"
    os.mkfifo(pipe)
    return pipe, os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)


def hang(pipe: Path) -> str:
    """Source of a program that says it lives, by a line in the pipe, and goes on for ever."""
    return f"import threading\nalive = open({str(pipe)!r}, 'w')\nalive.write('here\\n')\nalive.flush()\nthreading.Event().wait()\n"


def next_event(reader: int) -> bytes:
    assert select.select([reader], [], [], 30)[0], "nothing happened"
    return os.read(reader, 100)


def wait_for_line(reader: int) -> None:
    assert next_event(reader) == b"here\n"


def wait_for_end(reader: int) -> None:
    assert next_event(reader) == b""
    os.close(reader)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_with_its_program_when_told_to(host: Host, folder: Path, number: signal.Signals) -> None:
    pipe, reader = reader_of_what_lives(folder)
    write(folder, hang(pipe))
    running = host.stub.Run.future(host.request(folder, virtualenv=VENV))
    wait_for_line(reader)
    host.process.send_signal(number)
    assert host.process.wait(timeout=4) == 0  # the engine would wait 5 seconds, then kill it
    wait_for_end(reader)
    with pytest.raises(grpc.RpcError):
        running.result()
    assert b"Traceback" not in host.process.communicate()[1]


def test_a_program_ends_with_a_host_that_was_killed(host: Host, folder: Path) -> None:
    pipe, reader = reader_of_what_lives(folder)
    write(folder, hang(pipe))
    running = host.stub.Run.future(host.request(folder, virtualenv=VENV))
    wait_for_line(reader)
    host.process.kill()
    wait_for_end(reader)
    with pytest.raises(grpc.RpcError):
        running.result()


def test_it_ends_with_an_engine_that_was_killed(host: Host, folder: Path) -> None:
    """`kill -9` of the CLI: nothing may go on after it."""
    pipe, reader = reader_of_what_lives(folder)
    write(folder, hang(pipe))
    binary = host.process.args[0]
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.run([{binary!r}, {host.address!r}])"], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    channel = grpc.insecure_channel(f"127.0.0.1:{int(parent.stdout.readline())}")
    running = channel.unary_unary(
        "/pulumirpc.LanguageRuntime/Run",
        request_serializer=language_pb2.RunRequest.SerializeToString,
        response_deserializer=language_pb2.RunResponse.FromString,
    ).future(host.request(folder, virtualenv=VENV))
    wait_for_line(reader)
    parent.kill()
    assert next_event(parent.stdout.fileno()) == b""  # held by the host: read to the end means that it has ended
    wait_for_end(reader)
    with pytest.raises(grpc.RpcError):
        running.result()
    parent.wait()
    channel.close()


def plugin_request(folder: Path, kind: str, *arguments: str) -> language_pb2.RunPluginRequest:
    environment = [f"{name}={value}" for name, value in os.environ.items()] + ["TOLD=by the engine"]
    return language_pb2.RunPluginRequest(pwd=str(folder), kind=kind, args=arguments, env=environment, info=program(folder, virtualenv=VENV))


def test_a_provider_runs_from_its_source(host: Host, folder: Path) -> None:
    write(folder, "import os, sys\nprint(sys.argv[1:], os.environ['TOLD'], sys.prefix)\nprint('oh', file=sys.stderr)\nsys.exit(7)\n")
    out, err, code = gather(host.stub.RunPlugin(plugin_request(folder, "resource", "127.0.0.1:1"), timeout=60))
    assert out == f"['127.0.0.1:1'] by the engine {folder / VENV}\n"
    assert (err, code) == ("oh\n", 7)


def test_a_policy_pack_runs_by_pulumis_launcher(host: Host, folder: Path) -> None:
    write(folder, "import sys\nimport pulumi\nprint(sys.argv[1:], pulumi.get_stack())\n")
    request = plugin_request(folder, "analyzer", "127.0.0.1:1")
    request.env.extend(["PULUMI_PROJECT=tiny", "PULUMI_STACK=dev", "PULUMI_DRY_RUN=true"])
    out, err, code = gather(host.stub.RunPlugin(request, timeout=60))
    assert (code, err) == (0, "")
    assert out == f"['127.0.0.1:1', '{folder}'] dev\n"


def test_a_plugin_without_an_environment_of_its_own_runs_in_the_hosts(host: Host, folder: Path) -> None:
    write(folder, "import os, sys\nprint(os.environ['TOLD'], sys.version_info.major)\n")
    request = plugin_request(folder, "resource")
    request.info.options.Clear()
    assert gather(host.stub.RunPlugin(request, timeout=60)) == ("by the engine 3\n", "", 0)


def test_a_cancelled_plugin_is_asked_to_end(host: Host, folder: Path) -> None:
    pipe, reader = reader_of_what_lives(folder)
    # The signal waits until it is asked for: a Python handler could come in the middle of the write, or just before a pause.
    write(
        folder,
        "import signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
        f"alive = open({str(pipe)!r}, 'w')\n"
        "alive.write('here\\n')\n"
        "alive.flush()\n"
        "signal.sigwait({signal.SIGTERM})\n"
        "alive.write('asked\\n')\n"
        "alive.close()\n",
    )
    stream = host.stub.RunPlugin(plugin_request(folder, "resource"), timeout=60)
    wait_for_line(reader)
    stream.cancel()
    assert next_event(reader) == b"asked\n"
    wait_for_end(reader)


def test_a_cancelled_plugin_that_does_not_listen_is_killed(host: Host, folder: Path) -> None:
    pipe, reader = reader_of_what_lives(folder)
    # Neither does what it has started.
    write(
        folder,
        "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + hang(pipe).replace("threading.E", "os.fork()\nthreading.E"),
    )
    stream = host.stub.RunPlugin(plugin_request(folder, "resource"), timeout=60)
    wait_for_line(reader)
    stream.cancel()
    wait_for_end(reader)


def test_packages_are_those_of_the_programs_environment(host: Host, folder: Path) -> None:
    answer = host.stub.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest(info=program(folder, virtualenv=VENV)), timeout=60)
    packages = {package.name: (package.kind, package.version, package.server) for package in answer.packages}
    assert packages["alicloud"] == ("resource", "v3.105.0", "")
    assert packages["small"] == ("resource", "v2.5.0", "https://example.com")
    assert "rules" not in packages
    assert "policy" not in packages


def test_a_dynamic_provider_runs_in_the_programs_environment(found: dict[str, str | None], folder: Path) -> None:
    script = Path(str(found["bin"])) / "pulumi-resource-pulumi-python"
    command = [str(script), "127.0.0.1:1"]
    environment = {**os.environ, "PULUMI_RUNTIME_VIRTUALENV": VENV, "PULUMI_PYTHON_CMD": "/bin/false"}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE) as provider:
        assert provider.stdout is not None
        assert int(provider.stdout.readline()) > 0  # its port
        provider.kill()
    missing = subprocess.run(
        command, cwd=folder, env={**environment, "PULUMI_RUNTIME_VIRTUALENV": "nowhere"}, capture_output=True, check=False
    )
    assert missing.returncode == 1
    assert b"nowhere, which is no virtual environment" in missing.stderr


def test_what_it_says_of_itself(host: Host, folder: Path) -> None:
    assert host.stub.GetPluginInfo(empty_pb2.Empty()).version.removeprefix("v") == "3.259.0"
    about = host.stub.About(language_pb2.AboutRequest(info=program(folder, virtualenv=VENV)))
    assert about.executable == str(folder / VENV / "bin" / "python")
    assert about.version == ".".join(map(str, sys.version_info[:3]))
    assert list(host.stub.RuntimeOptionsPrompts(language_pb2.RuntimeOptionsRequest(info=program(folder))).prompts) == []


def test_it_writes_python(host: Host) -> None:
    """What `pulumi import` prints comes from here."""
    request = language_pb2.GenerateProgramRequest(source={"main.pp": 'output "x" {\n  value = "y"\n}\n'}, loader_target=host.address)
    answer = host.stub.GenerateProgram(request, timeout=60)
    assert answer.source["__main__.py"].decode() == 'import pulumi\n\npulumi.export("x", "y")\n'


def test_an_unknown_option_is_named(host: Host, folder: Path) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        host.run(folder, toolchain="conda")
    assert 'the runtime option "toolchain" is "conda"' in caught.value.details()
