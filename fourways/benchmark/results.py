"""The folder of a run: `run.json` (all that is needed to repeat it, and which points there are), and for each point `c16.json` (flat, with
the keys of `vllm bench serve`, so that charting for those reads it) and `c16.samples.npz` (raw samples). A point is written when it ends:
whatever happens later, it stays."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourways.benchmark.samples import Samples

FORMAT = 1
_RUN = "run.json"


class ResultsError(ValueError):
    """A folder without results that can be read."""


@dataclass(frozen=True)
class Run:
    """Results as they were read: `header` is run.json, `points` in the order in which they were measured."""

    folder: Path
    header: dict[str, Any]
    points: list[dict[str, Any]]

    def samples(self, point: dict[str, Any]) -> Samples:
        """A point's raw samples. Raises ValueError."""
        return Samples.load(self.folder / point["samples"])


class Writer:
    """Writes a run as it grows."""

    def __init__(self, folder: Path, header: dict[str, Any]) -> None:
        """Raises ResultsError where the folder has a run already."""
        if (folder / _RUN).exists():
            raise ResultsError(f"{folder} has results already: give another folder with --out")
        self.folder = folder
        self._header = {"format": FORMAT, **header, "points": [], "complete": False}
        folder.mkdir(parents=True, exist_ok=True)
        self._write()

    def add(self, point: dict[str, Any], samples: Samples) -> None:
        """Keep a point; the header's identity goes with it, since a point's file is also read alone."""
        name, header = point["name"], self._header
        named = {"samples": f"{name}.samples.npz", **point}
        samples.save(self.folder / named["samples"])
        alone = {
            "target": header["target"],
            "date": header["started"],
            "run": header["run"],
            "stack": header["stack"],
            "kind": header["endpoint"]["kind"],
            "region": header["endpoint"]["region"],
            "endpoint_type": "openai-chat",
            "model_id": header["endpoint"]["model"],
            "tokenizer_id": header["tokenizer"]["counted_by"],
        }
        _write(self.folder / f"{name}.json", {**alone, **named})
        header["points"].append(f"{name}.json")
        self._write()

    def end(self, **more: Any) -> None:
        """The run is over; `complete` says whether all of it was measured."""
        self._header |= more
        self._write()

    def _write(self) -> None:
        _write(self.folder / _RUN, self._header)


def load(folder: Path) -> Run:
    """Read a run. Raises ResultsError."""
    try:
        header = json.loads((folder / _RUN).read_text())
        if header["format"] != FORMAT:
            raise ResultsError(f"{folder} has results in format {header['format']}, this version reads {FORMAT}")
        return Run(folder, header, [json.loads((folder / name).read_text()) for name in header["points"]])
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ResultsError(f"{folder} has no results that can be read ({type(error).__name__}: {error})") from error


def _write(path: Path, data: dict[str, Any]) -> None:
    """Whole or not at all: a killed run leaves the last whole file."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data, indent=2, allow_nan=False) + "\n")
    os.replace(part, path)
