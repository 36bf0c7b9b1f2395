"""The fake's state is on disk before an answer leaves, in one write for the calls that are under way together."""

import asyncio
from pathlib import Path

import pytest

from fourways.fakes.cloud import Cloud
from fourways.fakes.server import Saver
from fourways.fakes.services import SERVICES
from fourways.fakes.storage import Storage


class CountingStorage(Storage):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.writes = 0

    def save(self, cloud: Cloud) -> None:
        self.writes += 1
        super().save(cloud)


def on_disk(storage: Storage) -> list[str]:
    """What a fake that is started on the file would know."""
    cloud = storage.load()
    return sorted(cloud.seed) if cloud else []


async def answer(cloud: Cloud, saver: Saver, storage: Storage, name: str) -> list[str]:
    """One call: it changes something, waits for the write, and would then answer. What is on disk at that moment."""
    cloud.seed[name] = True
    await saver.saved()
    return on_disk(storage)


def test_each_answer_finds_its_own_change_on_disk(tmp_path: Path) -> None:
    storage = CountingStorage(tmp_path / "cloud.pickle")
    cloud = Cloud(SERVICES)

    async def test() -> None:
        saver = Saver(cloud, storage)
        names = [f"call-{number:02}" for number in range(50)]
        seen = await asyncio.gather(*[answer(cloud, saver, storage, name) for name in names])
        assert all(name in there for name, there in zip(names, seen, strict=True))
        assert storage.writes == 1
        assert "late" in await answer(cloud, saver, storage, "late")
        assert storage.writes == 2

    asyncio.run(test())


def test_a_change_during_a_write_gets_another(tmp_path: Path) -> None:
    storage = CountingStorage(tmp_path / "cloud.pickle")
    cloud = Cloud(SERVICES)

    async def test() -> None:
        saver = Saver(cloud, storage)

        async def second() -> list[str]:
            await saver.saved()
            return await answer(cloud, saver, storage, "second")

        first, later = await asyncio.gather(answer(cloud, saver, storage, "first"), second())
        assert first == ["first"]
        assert later == ["first", "second"]

    asyncio.run(test())


def test_calls_whose_write_fails_fail(tmp_path: Path) -> None:
    storage = CountingStorage(tmp_path / "nowhere" / "cloud.pickle")

    async def test() -> None:
        saver = Saver(Cloud(SERVICES), storage)
        results = await asyncio.gather(saver.saved(), saver.saved(), return_exceptions=True)
        assert [type(result) for result in results] == [FileNotFoundError] * 2
        with pytest.raises(FileNotFoundError):
            await saver.saved()

    asyncio.run(test())
