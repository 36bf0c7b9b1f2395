"""What a horizontal autoscaler decides, as pure functions of its settings, the metrics now and what it has recommended so far.

Help centre, 'Horizontal auto scaling': the wanted count is ceil(count x metric per instance / threshold), of several metrics the largest;
within 10% of the threshold nothing changes; 0 instances may be the minimum, and a service that has come to 0 is unavailable until
an instance has started. SDK 7.0.0, CreateServiceAutoScaler: the defaults of `behavior` and what they mean. How often it looks, and that a
window is kept as Kubernetes keeps it, are assumed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SYNC_SECONDS = 15.0  # assumed: Kubernetes' own period
REST_SECONDS = 300.0  # between looks while there is nothing to see: an idle fake on a fast clock must not be busy with them
TOLERANCE = 0.1
UP_WINDOW, DOWN_WINDOW, ZERO_GRACE, ACTIVATION = 0, 300, 600, 1


@dataclass
class AutoScaler:
    """One service's autoscaler. `behavior` is as it was given; `epoch` tells the looks of these settings from those of earlier ones.
    `recommended` are (moment, count), the count at the beginning among them: a window is kept from there on."""

    least: int
    most: int
    strategies: list[dict[str, Any]]
    behavior: dict[str, Any]
    quiet_since: float  # no request since then: the last one, or the beginning
    epoch: int = 0
    resting: bool = False
    recommended: list[tuple[float, int]] = field(default_factory=list)

    def setting(self, part: str, name: str, default: int) -> int:
        return int((self.behavior.get(part) or {}).get(name, default))

    @property
    def up_window(self) -> int:
        """Seconds that a metric must have been above its threshold."""
        return self.setting("scaleUp", "stabilizationWindowSeconds", UP_WINDOW)

    @property
    def down_window(self) -> int:
        """Seconds that a metric must have been below its threshold."""
        return self.setting("scaleDown", "stabilizationWindowSeconds", DOWN_WINDOW)

    @property
    def grace(self) -> int:
        """Seconds without a request before the last instance goes."""
        return self.setting("onZero", "scaleDownGracePeriodSeconds", ZERO_GRACE)

    @property
    def activation(self) -> int:
        """Instances that the first request after 0 brings up."""
        return min(self.most, max(1, self.setting("onZero", "scaleUpActivationReplicas", ACTIVATION)))


def wanted(count: int, measured: Iterable[tuple[float | None, float]]) -> int:
    """Instances by (metric per instance, threshold) of each strategy; a metric without a value (None) has no say."""
    found = []
    for value, threshold in measured:
        if value is None:
            continue
        ratio = value / threshold
        # Floats: 30 / 10 x 1 must not become 4.
        found.append(count if abs(ratio - 1) <= TOLERANCE + 1e-9 else math.ceil(round(count * ratio, 6)))
    return max(found, default=count)


def decide(scaler: AutoScaler, now: float, count: int, measured: Iterable[tuple[float | None, float]]) -> int:
    """The count to have now; remembers the recommendation. Down to 0 only once nothing was asked for the whole grace period."""
    if count == 0:
        return 0  # only a request wakes it up
    floor = max(1, scaler.least)
    scaler.recommended.append((now, max(floor, min(scaler.most, wanted(count, measured)))))
    oldest = now - max(scaler.up_window, scaler.down_window)
    scaler.recommended = [entry for entry in scaler.recommended if entry[0] >= oldest]
    rise = min(value for at, value in scaler.recommended if at >= now - scaler.up_window)
    fall = max(value for at, value in scaler.recommended if at >= now - scaler.down_window)
    target = max(floor, min(scaler.most, max(rise, min(count, fall))))
    if scaler.least == 0 and target == 1 and now - scaler.quiet_since >= scaler.grace:
        return 0
    return target


def at_rest(scaler: AutoScaler, count: int, measured: Iterable[tuple[float | None, float]]) -> bool:
    """Whether only a request, or somebody's change, can bring about another count: no load, and neither window nor grace is running."""
    settled = count == 0 or (scaler.least > 0 and all(value == count for _, value in scaler.recommended))
    return settled and not any(value for value, _ in measured)


def with_schedule(least: int, most: int, count: int, target: int) -> tuple[int, int, int]:
    """Minimum, maximum and count of an autoscaled service once a scheduled job with this target has run.

    Both limits follow the target (help centre, 'Scheduled auto scaling'), and a service that has more instances already keeps them. The
    cases are those of Alibaba Cloud's open kubernetes-cronhpa-controller, whose words the API answers with (assumed to be what runs there).
    """
    most = max(most, target)
    if count < target:
        return target, most, target
    return min(least, target), most, count


def measure(name: str, seeded: Mapping[str, Any], requests_per_second: float, load: float) -> float | None:
    """A metric per instance: what the test has seeded, else requests per second (`qps1k`: in thousandths) or a share of the load in %.

    `load` is the share of request slots in use. That a GPU is as busy as its slots, and the CPU a third of that, is made up. Metrics of
    other names have no value until they are seeded.
    """
    if name in seeded:
        return float(seeded[name])
    made_up = {
        "qps": requests_per_second,
        "qps1k": requests_per_second * 1000,
        "gpu": 100 * load,
        "gpu[util]": 100 * load,
        "cpu": 100 * load / 3,
    }
    return made_up.get(name.lower())
