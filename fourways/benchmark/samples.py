"""Raw samples: what was seen of each request, and the file they are kept in.

One `.npz` a point: columns as typed arrays, all gaps between chunks in one array beside their offsets. It keeps nanoseconds exactly, holds
a million chunk stamps in 2 to 4 MB, and is read back in milliseconds with nothing but numpy (`allow_pickle=False`), where JSON lines would
be ten times as large and slow, and Parquet would bring 50 MB of library for a dozen columns.
"""

from __future__ import annotations

import zipfile
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

#: How a request ended; '' is well. `short_output`: the answer ended before the tokens that were asked for, without a word of why.
ERRORS = ("", "429", "5xx", "timeout", "short_output", "connection", "other")
#: Who counted the output tokens: the server's `usage`; a tokenizer run over the text; the number of chunks (wrong where a chunk has many).
COUNTS = ("usage", "tokenizer", "chunks")


@dataclass(slots=True)
class Sample:
    """One request. Stamps are nanoseconds of one monotonic clock, 0 where the thing did not happen.

    `scheduled`: when it was due (closed loop: when its worker was free); `first_sent`: when it went out first; `sent`: when its last
    attempt went out; `first`, `last`: reads of the socket that brought the first and last piece of the answer; `ended`: the last read.
    """

    index: int
    scheduled: int = 0
    first_sent: int = 0
    sent: int = 0
    first: int = 0
    last: int = 0
    ended: int = 0
    #: As our tokenizer counts, and as the server does (0: it does not say).
    wanted_input: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    wanted_output: int = 0
    output_tokens: int = 0
    count: str = "usage"
    status: int = 0
    error: str = ""
    #: How the first attempt ended: what `error` would be without retries.
    first_error: str = ""
    attempts: int = 0
    #: The answer says that the reservation was used up and the shared API served it.
    overflow: bool = False
    #: The model ended the answer by itself (`finish_reason` stop) before the tokens that were asked for.
    stopped: bool = False
    #: A connection had to be opened while the request waited.
    connected: bool = False
    #: Stamps of the chunks that carry a piece of the answer.
    chunks: array[int] = field(default_factory=lambda: array("q"))
    #: Kept while it is needed to count tokens, never stored.
    text: str = ""
    detail: str = ""


_STORED = [each.name for each in fields(Sample) if each.name not in ("chunks", "text", "detail")]
_NAMES = {"error": ERRORS, "first_error": ERRORS, "count": COUNTS}


@dataclass(frozen=True)
class Samples:
    """Requests as columns: `column("first")` and so on, in the order in which they ended. `chunks` are the stamps of all, request after
    request; those of request i are `chunks[offsets[i]:offsets[i + 1]]`."""

    columns: dict[str, npt.NDArray[np.int64]]
    chunks: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Sample]) -> Samples:
        """Columns of samples."""
        columns = {name: np.array([_number(name, getattr(row, name)) for row in rows], dtype=np.int64) for name in _STORED}
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row.chunks) for row in rows], out=offsets[1:])
        # `concatenate` takes no empty list.
        parts = [np.zeros(0, dtype=np.int64), *(np.asarray(row.chunks, dtype=np.int64) for row in rows)]
        return cls(columns, np.concatenate(parts), offsets)

    @classmethod
    def merged(cls, parts: Iterable[Samples]) -> Samples:
        """All requests of all parts, which must be on one clock: `shifted` puts them on one."""
        every = list(parts)
        columns = {name: np.concatenate([part.columns[name] for part in every]) for name in _STORED}
        sizes = np.concatenate([np.diff(part.offsets) for part in every])
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
        return cls(columns, np.concatenate([part.chunks for part in every]), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def column(self, name: str) -> npt.NDArray[np.int64]:
        return self.columns[name]

    def where(self, name: str, value: str) -> npt.NDArray[np.bool_]:
        """Which requests have this error, first error or count."""
        chosen: npt.NDArray[np.bool_] = self.columns[name] == _NAMES[name].index(value)
        return chosen

    def shifted(self, nanoseconds: int) -> Samples:
        """On another clock: `nanoseconds` added to each stamp that is not 0."""
        stamps = ("scheduled", "first_sent", "sent", "first", "last", "ended")
        columns = {name: np.where(data != 0, data + nanoseconds, 0) if name in stamps else data for name, data in self.columns.items()}
        return Samples(columns, self.chunks + nanoseconds, self.offsets)

    def save(self, path: Path) -> None:
        """Write them; stamps of chunks as gaps, which compress ten times as well."""
        gaps = np.diff(self.chunks, prepend=np.int64(0))
        np.savez_compressed(path, chunk_gaps=gaps, chunk_offsets=self.offsets, **self.columns)  # type: ignore[arg-type] # keywords are arrays

    @classmethod
    def load(cls, path: Path) -> Samples:
        """Read them. Raises ValueError for a file that has none."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls({name: stored[name] for name in _STORED}, np.cumsum(stored["chunk_gaps"]), stored["chunk_offsets"])
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path} is no file of raw samples: {error}") from error


def _number(name: str, value: Any) -> int:
    return _NAMES[name].index(value) if name in _NAMES else int(value)
