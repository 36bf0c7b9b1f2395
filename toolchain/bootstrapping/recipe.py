"""What is built and how: the one place that names packages, flags and results. Its values are part of the toolchain's hash."""

from dataclasses import dataclass

PULUMI_VERSION = "3.259.0"
GO_VERSION = (1, 26)

FLAGS = ("-trimpath", "-buildvcs=false")
# Static binaries that do not depend on the machine's C library, and no C compiler needed to make them.
ENVIRONMENT = {"CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local"}

_ENGINE_VERSION = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{PULUMI_VERSION}"


@dataclass(frozen=True)
class Binary:
    """One `go build`."""

    title: str
    module: str  # folder under toolchain/
    package: str
    result: str  # path in the toolchain's folder
    link: str = "-s -w"
    compile: str = ""  # -gcflags
    # A file of the package that is generated: its path in the module, and the package of the command that prints it.
    generated: tuple[str, str] | None = None


BINARIES = (
    Binary("Pulumi engine", "engine", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "bin/pulumi", f"-s -w {_ENGINE_VERSION}"),
    Binary("Python language host", "engine", "./language_host", "bin/pulumi-language-python", f"-s -w {_ENGINE_VERSION}"),
    Binary(
        "alicloud plugin",
        "alicloud",
        "./pulumi-resource-alicloud",
        "plugins/resource-alicloud-v3.105.0/pulumi-resource-alicloud",
        # The one huge package: not inlined it compiles in two thirds of the time and in 3.8 instead of 6.4 GB; when run it waits anyway.
        compile="github.com/aliyun/terraform-provider-alicloud/alicloud=-l -dwarf=false",
        generated=("pulumi-resource-alicloud/schema.json", "./write-schema"),
    ),
)

# Source under toolchain/ -> path in the toolchain's folder, made executable.
COPIES = {
    "engine/language_host/run_program.py": "bin/pulumi-language-python-exec",
    "engine/language_host/dynamic_provider.sh": "bin/pulumi-resource-pulumi-python",
}

RESULTS = [*(binary.result for binary in BINARIES), *COPIES.values()]

# Measured on 2 cores from empty caches; said before a build starts.
MEMORY_GB = 7.0
DISK_GB = 9.0
MINUTES = 13
