"""As many EAS services on public resources as the stack asks for, and nothing else: they wait at the same time."""

import pulumi

from fourways.provider import resources

config = pulumi.Config()
region = pulumi.Config("alicloud").require("region")

for number in range(config.require_int("count")):
    resources.EasService(
        f"service-{number}",
        name=f"scale_{number}",
        region=region,
        config={
            "metadata": {"instance": 1},
            "cloud": {"computing": {"instances": [{"type": config.require("machine")}]}},
            "containers": [{"image": "registry.example/vllm:1", "port": 8000, "script": "vllm serve"}],
        },
    )
