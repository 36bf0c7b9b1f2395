package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

//go:embed packages.py
var packagesScript string

type pulumiPackage struct {
	Name, Version, Server string
	Parameterization      *struct {
		Name, Version string
		Value         []byte // base64 in JSON
	}
}

// GetRequiredPackages tells which providers the Python packages of the program's environment belong to.
func (h *languageHost) GetRequiredPackages(
	ctx context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	env, err := environment(ctx, request.Info)
	if err != nil {
		return nil, err
	}
	command, err := env.Command(ctx, "-c", packagesScript)
	if err != nil {
		return nil, err
	}
	command.Dir = request.Info.ProgramDirectory
	output, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("list the Pulumi packages of %s: %w\n%s", command.Path, err, exit.Stderr)
	} else if err != nil {
		return nil, fmt.Errorf("list the Pulumi packages of %s: %w", command.Path, err)
	}
	var packages []pulumiPackage
	if err := json.Unmarshal(output, &packages); err != nil {
		return nil, fmt.Errorf("list the Pulumi packages of %s: %w", command.Path, err)
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, found := range packages {
		dependency := &pulumirpc.PackageDependency{Kind: "resource", Name: found.Name, Version: found.Version, Server: found.Server}
		if extra := found.Parameterization; extra != nil {
			dependency.Parameterization = &pulumirpc.PackageParameterization{Name: extra.Name, Version: extra.Version, Value: extra.Value}
		}
		response.Packages = append(response.Packages, dependency)
	}
	return response, nil
}
