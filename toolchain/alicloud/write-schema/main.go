// Prints the provider's Pulumi schema as JSON. Only the bootstrap runs it, before it builds the plugin.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"fourways/toolchain/alicloud/provider"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "write-schema:", err)
		os.Exit(1)
	}
}

func run() error {
	info, err := provider.Info()
	if err != nil {
		return err
	}
	// Descriptions come from the published package; an empty folder keeps tfgen from looking for upstream's documentation.
	if info.UpstreamRepoPath, err = os.MkdirTemp("", "write-schema-"); err != nil {
		return err
	}
	defer os.RemoveAll(info.UpstreamRepoPath)
	result, err := tfgen.GenerateSchemaWithOptions(tfgen.GenerateSchemaOptions{
		ProviderInfo:    info,
		DiagnosticsSink: diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: colors.Never}),
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result.PackageSpec)
}
