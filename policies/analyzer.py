"""The pack's server. Not `pulumi_policy.PolicyPack`, whose analyzer drops what rules need (`asked.py`) and knows one level a rule, while an
exempted finding is shown at another. That analyzer is derived from, and served in the same way (policy.py, 1.21.0)."""

import sys
from collections.abc import Iterable
from concurrent import futures
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.policy import _GRPC_CHANNEL_OPTIONS, _PolicyAnalyzerServicer

from policies import asked
from policies.exemptions import Exemptions

VERSION = "0.0.1"
"""The engine shows that of PulumiPolicy.yaml."""
THREADS = 4


class Analyzer(_PolicyAnalyzerServicer):  # type: ignore[misc]  # its base, made from the protocol, has no types
    """Answers the engine: each rule's findings, with what is exempted at the level advisory."""

    def __init__(self, name: str, policies: Iterable[Policy], exemptions: Exemptions) -> None:
        super().__init__(name, VERSION, list(policies), EnforcementLevel.MANDATORY)
        self._name, self._exemptions = name, exemptions

    def ConfigureStack(self, request: wire.AnalyzerStackConfigureRequest, context: Any) -> Any:
        """Keeps the stack's configuration."""
        asked.configure(request.config)
        return super().ConfigureStack(request, context)

    def Analyze(self, request: wire.AnalyzeRequest, context: Any) -> wire.AnalyzeResponse:
        """One resource before it is made or changed."""
        with asked.looking_at(request.properties):
            response: wire.AnalyzeResponse = super().Analyze(request, context)
        for finding in response.diagnostics:
            self._judge(finding, request.urn)
        return response

    def AnalyzeStack(self, request: wire.AnalyzeStackRequest, context: Any) -> wire.AnalyzeResponse:
        """The whole stack, at the end; also which exemptions nothing needed."""
        response: wire.AnalyzeResponse = super().AnalyzeStack(request, context)
        for finding in response.diagnostics:
            self._judge(finding, finding.urn)
        for said in self._exemptions.unused([resource.urn for resource in request.resources]):
            response.diagnostics.add(
                policyName="exemptions",
                policyPackName=self._name,
                policyPackVersion=VERSION,
                message=f"Each exemption is needed.\n{said}",
                description="Each exemption is needed.",
                enforcementLevel=wire.ADVISORY,
            )
        return response

    def _judge(self, finding: wire.AnalyzeDiagnostic, urn: str) -> None:
        exempted, words = self._exemptions.judge(finding.policyName, urn)
        if words:
            description, _, message = finding.message.partition("\n")
            finding.message = f"{description}\n{words}: {message}" if exempted else f"{description}\n{message.rstrip()} ({words})"
        if exempted:
            finding.enforcementLevel = wire.ADVISORY


def serve(name: str, policies: Iterable[Policy], exemptions: Exemptions) -> None:
    """Serves on a free port of this machine, which it prints, until the engine ends the process."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=THREADS), options=_GRPC_CHANNEL_OPTIONS)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(name, policies, exemptions), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:  # Ctrl-C reaches the whole process group: the engine says what happened
        server.stop(0)
