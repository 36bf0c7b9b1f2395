"""The checksum in `x-oss-hash-crc64ecma`: CRC-64 of ECMA-182, reflected, as Go's `crc64.MakeTable(crc64.ECMA)` has it."""

from __future__ import annotations

from functools import cache

_REFLECTED_POLYNOMIAL = 0xC96C5795D7870F42
_ONES = (1 << 64) - 1


def crc64(data: bytes) -> int:
    """The checksum of all of `data`: `b"123456789"` gives 11051210869376104954."""
    table = _table()
    value = _ONES
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ _ONES


@cache
def _table() -> tuple[int, ...]:
    rows = []
    for row in range(256):
        value = row
        for _ in range(8):
            value = (value >> 1) ^ (_REFLECTED_POLYNOMIAL if value & 1 else 0)
        rows.append(value)
    return tuple(rows)
