package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// RunPlugin runs a policy pack or a provider from its source until it ends or the engine cancels the call.
func (h *languageHost) RunPlugin(request *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer) error {
	ctx := stream.Context()
	env, err := environment(ctx, request.Info)
	if err != nil {
		return err
	}
	program := filepath.Join(request.Info.ProgramDirectory, request.Info.EntryPoint)
	arguments := append([]string{"-u", program}, request.Args...)
	if request.Kind == "analyzer" {
		// The SDK's launcher of policy packs: it takes the engine's address, then the pack.
		arguments = append(append([]string{"-u", "-m", "pulumi.policy"}, request.Args...), program)
	}
	command, err := env.Command(ctx, arguments...)
	if err != nil {
		return err
	}
	command.Cancel = func() error { return nil } // ended by our own rule: asked first, and as a group
	command.Dir = request.Pwd
	command.Env = request.Env
	if path, err := env.VirtualEnvPath(ctx); err == nil && path != "" {
		command.Env = toolchain.ActivateVirtualEnv(request.Env, path)
	}
	command.Stdout, command.Stderr = streams(
		func(text []byte) error {
			return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: text}})
		},
		func(text []byte) error {
			return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: text}})
		},
	)
	code := 0
	err = h.children.run(ctx, command)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		return fmt.Errorf("run the plugin in %s: %w", request.Info.ProgramDirectory, err)
	}
	return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)}})
}
