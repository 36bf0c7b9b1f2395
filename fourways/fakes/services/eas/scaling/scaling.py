"""Scalers at work: they look on the clock, count what the data plane is asked, and change how many replicas a service wants.

A scaler writes `metadata.instance` of the service JSON, where DescribeService shows it. It leaves alone a service that is stopped, has
failed or is being deleted (assumed). Seed `{"eas": {"metrics": {"<service>": {"gpu": 80, "<custom metric>": 12}}}}`: metrics per instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourways.fakes.services.eas.deployment import service_config
from fourways.fakes.services.eas.records import RUNNING, Service
from fourways.fakes.services.eas.scaling import autoscaler
from fourways.fakes.services.eas.scaling.autoscaler import AutoScaler
from fourways.fakes.services.eas.scaling.cronscaler import CronScaler
from fourways.fakes.services.shared import curves

if TYPE_CHECKING:
    from fourways.fakes.services.eas.backend import EasBackend

QPS_WINDOW = 60.0  # seconds that requests per second are an average of; assumed


class Scaling:
    """The scalers of one backend, by the uid of their service: one that is gone takes them along."""

    def __init__(self, backend: EasBackend) -> None:
        self._backend = backend
        self.autoscalers: dict[str, AutoScaler] = {}
        self.cronscalers: dict[str, CronScaler] = {}
        self._asked: dict[str, list[float]] = {}  # moments of requests by service name, while anybody scales by them
        self._epoch = 0

    def asked(self, service: Service) -> None:
        """A request for the service has passed the gateway. Brings a service with 0 instances up again."""
        if not self.autoscalers:
            return
        now = self._backend.scope.clock.now()
        self._asked[service.name] = [*(at for at in self._asked.get(service.name, ()) if at > now - QPS_WINDOW), now]
        self.wake_up()
        scaler = self.autoscalers.get(service.uid)
        if scaler is not None:
            scaler.quiet_since = now
            if service.wanted == 0:
                scaler.recommended = [(now, scaler.activation)]
                self._set(service, scaler.activation)

    def begin_autoscaler(self, service: Service, scaler: AutoScaler) -> None:
        """Put it in force, in place of the one before; it looks for the first time after its period."""
        clock = self._backend.scope.clock
        scaler.epoch = self._next_epoch()
        scaler.recommended = [(clock.now(), service.wanted)]
        self.autoscalers[service.uid] = scaler
        clock.after(autoscaler.SYNC_SECONDS, self._look, service.uid, scaler.epoch)

    def begin_cronscaler(self, service: Service, scaler: CronScaler) -> None:
        """Put it in force, in place of the one before."""
        scaler.epoch = self._next_epoch()
        self.cronscalers[service.uid] = scaler
        for job in scaler.jobs:
            job.plan(self._backend.scope.clock.now())
        self._wait(service.uid, scaler)

    def wake_up(self) -> None:
        """Something has happened to a service: those that rest look again after their period."""
        for uid, scaler in self.autoscalers.items():
            if scaler.resting:
                scaler.resting, scaler.epoch = False, self._next_epoch()
                self._backend.scope.clock.after(autoscaler.SYNC_SECONDS, self._look, uid, scaler.epoch)

    def metrics(self, service: Service, scaler: AutoScaler) -> list[tuple[dict[str, Any], float | None]]:
        """Each strategy with its metric per instance now; None where there is none."""
        return [(strategy, self._measure(service, strategy)) for strategy in scaler.strategies]

    def _measure(self, service: Service, strategy: dict[str, Any]) -> float | None:
        other = strategy.get("service") or service.name
        source = self._backend.services.get(other)
        if source is None:
            return None
        now = self._backend.scope.clock.now()
        asked = sum(at > now - QPS_WINDOW for at in self._asked.get(source.name, ()))
        serving = source.in_state(RUNNING)
        slots = sum(curves.slots("eas", replica.need.gpus) for replica in serving)
        load = min(1.0, sum(end > now for end in source.busy_until) / slots) if slots else 0.0
        seeded = self._backend.scope.cloud.seed.get("eas", {}).get("metrics", {}).get(source.name, {})
        # The average is over the instances that are scaled, which is what the formula multiplies it with again.
        return autoscaler.measure(strategy["metricName"], seeded, asked / QPS_WINDOW / max(1, service.wanted), load)

    def _look(self, uid: str, epoch: int) -> None:
        """One look of an autoscaler, and the next one planned."""
        service, scaler = self._backend.service_of(uid), self.autoscalers.get(uid)
        if service is None:
            self._forget(uid)
        elif scaler is not None and scaler.epoch == epoch:
            clock, count = self._backend.scope.clock, service.wanted
            measured = [(value, float(strategy["threshold"])) for strategy, value in self.metrics(service, scaler)]
            target = autoscaler.decide(scaler, clock.now(), count, measured)
            scaler.resting = target == count and autoscaler.at_rest(scaler, count, measured)
            pause = autoscaler.REST_SECONDS if scaler.resting else autoscaler.SYNC_SECONDS
            clock.after(pause, self._look, uid, epoch)
            self._set(service, target)

    def _wait(self, uid: str, scaler: CronScaler) -> None:
        due, clock = scaler.next_due(), self._backend.scope.clock
        if due is not None:
            clock.after(due - clock.now(), self._run_jobs, uid, scaler.epoch)

    def _run_jobs(self, uid: str, epoch: int) -> None:
        """Run the jobs that are due, in their order: of two at one moment the later one stands."""
        service, scaler, now = self._backend.service_of(uid), self.cronscalers.get(uid), self._backend.scope.clock.now()
        if service is None:
            self._forget(uid)
            return
        if scaler is None or scaler.epoch != epoch:
            return
        for job in scaler.jobs:
            if job.due is None or job.due > now:
                continue
            job.ran, job.state, count = now, "Succeed", service.wanted
            if excluded := scaler.excluded(job, now):
                job.message = f"cron hpa job {job.name} skipped, because of excludeDate ({excluded})."
            else:
                job.message = f"cron hpa job {job.name} executed successfully. current replicas:{count}, desired replicas:{job.target}."
                self._set(service, self._with_autoscaler(uid, count, job.target))
            job.plan(now)
        self._wait(uid, scaler)

    def _with_autoscaler(self, uid: str, count: int, target: int) -> int:
        scaler = self.autoscalers.get(uid)
        if scaler is None:
            return target
        scaler.least, scaler.most, count = autoscaler.with_schedule(scaler.least, scaler.most, count, target)
        return count

    def _set(self, service: Service, count: int) -> None:
        """Want so many replicas from now on: a scaling of its own, or a change of what is under way."""
        if count == service.wanted or service.status in ("Stopped", "Failed") or service.operation in ("stop", "delete"):
            return
        given = service_config.merge(service.given, {"metadata": {"instance": count}})
        service.config = service_config.merge(service.config, {"metadata": {"instance": count}})
        service.given = service.version(service.wanted_version).config = given
        if service.operation in (None, "scale", "recover"):
            self._backend.lifecycle.begin(service, "scale")
        else:
            self._backend.lifecycle.roll(service)

    def _next_epoch(self) -> int:
        self._epoch += 1
        return self._epoch

    def _forget(self, uid: str) -> None:
        self.autoscalers.pop(uid, None)
        self.cronscalers.pop(uid, None)
        self._asked = {name: moments for name, moments in self._asked.items() if name in self._backend.services}
