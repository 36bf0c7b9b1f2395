package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// alreadyReported is the runner's exit code for a failure that it has shown to the user: nothing is left to add.
const alreadyReported = 32

// Run runs a user's program in a process of its own, with the Python of its environment. Its output goes to the host's, which the engine shows.
func (h *languageHost) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	env, err := environment(ctx, request.Info)
	if err != nil {
		return nil, err
	}
	program := filepath.Join(request.Info.ProgramDirectory, request.Info.EntryPoint)
	if checker := request.Info.Options.GetFields()["typechecker"].GetStringValue(); checker != "" {
		command, err := env.ModuleCommand(ctx, checker, program)
		if err != nil {
			return nil, err
		}
		command.Dir = request.Info.ProgramDirectory
		if failed := h.runProgram(ctx, command, checker); failed != nil {
			return failed, nil
		}
	}
	arguments := append([]string{
		"-u", h.runner,
		"--monitor", request.MonitorAddress,
		"--engine", h.engine,
		"--project", request.Project,
		"--stack", request.Stack,
		"--organization", request.Organization,
		"--root-directory", request.Info.RootDirectory,
		"--parallel", strconv.Itoa(int(request.Parallel)),
		"--dry-run", strconv.FormatBool(request.DryRun),
		"--", program,
	}, request.Args...)
	command, err := env.Command(ctx, arguments...)
	if err != nil {
		return nil, err
	}
	command.Dir = request.Pwd
	if command.Env == nil {
		command.Env = os.Environ()
	}
	// The names that Pulumi's SDK reads its configuration from.
	config := map[string]string{} // empty is {}, where a nil map would be null
	maps.Copy(config, request.Config)
	secretKeys := append([]string{}, request.ConfigSecretKeys...)
	for name, value := range map[string]any{"PULUMI_CONFIG": config, "PULUMI_CONFIG_SECRET_KEYS": secretKeys} {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("pass the configuration on: %w", err)
		}
		command.Env = append(command.Env, name+"="+string(text))
	}
	if failed := h.runProgram(ctx, command, "program"); failed != nil {
		return failed, nil
	}
	return &pulumirpc.RunResponse{}, nil
}

// runProgram returns nil where the command succeeded.
func (h *languageHost) runProgram(ctx context.Context, command *exec.Cmd, name string) *pulumirpc.RunResponse {
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	err := h.children.run(ctx, command)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.ExitCode() == alreadyReported:
		return &pulumirpc.RunResponse{Bail: true}
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("%s exited with non-zero exit code: %d", name, exit.ExitCode())}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("%s ended: %v", name, err)}
	}
}
