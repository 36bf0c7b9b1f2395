package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// languageHost answers the engine. What it does not answer (Link, Pack) is Unimplemented.
type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine   string // the engine's gRPC address
	runner   string // path of the Python program that runs a user's program
	children *children
}

// environment finds the Python environment that the options of Pulumi.yaml, PulumiPlugin.yaml or PulumiPolicy.yaml name; `virtualenv` is relative to
// that file's folder. An environment that is named and not there is an error that says how to make it.
func environment(ctx context.Context, info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	env, err := unchecked(info)
	if err != nil {
		return nil, err
	}
	return env, env.ValidateVenv(ctx)
}

func unchecked(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	options := toolchain.PythonOptions{Root: info.RootDirectory, ProgramDir: info.ProgramDirectory, Toolchain: toolchain.Pip}
	for key, value := range info.Options.AsMap() {
		text, ok := value.(string)
		if !ok && (key == "virtualenv" || key == "toolchain" || key == "typechecker") {
			return nil, fmt.Errorf("the runtime option %q must be a text, it is %v", key, value)
		}
		switch key {
		case "virtualenv":
			options.Virtualenv = text
		case "toolchain":
			switch text {
			case "pip":
			case "poetry":
				options.Toolchain = toolchain.Poetry
			case "uv":
				options.Toolchain = toolchain.Uv
			default:
				return nil, fmt.Errorf("the runtime option \"toolchain\" is %q, allowed are pip, poetry and uv", text)
			}
		}
	}
	return toolchain.ResolveToolchain(options)
}

func (h *languageHost) Handshake(_ context.Context, request *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = request.EngineAddress
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// whoIs prints the path and the version of the Python that runs it.
const whoIs = "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))"

// About is asked at the start of every operation. The toolchain's own answer looks up pip's version, too, which nobody is told and which takes more
// than half a second.
func (h *languageHost) About(ctx context.Context, request *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	env, err := environment(ctx, request.Info)
	if err != nil {
		return nil, err
	}
	command, err := env.Command(ctx, "-c", whoIs)
	if err != nil {
		return nil, err
	}
	said, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("ask %s for its version: %w", command.Path, err)
	}
	executable, python, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
	return &pulumirpc.AboutResponse{Executable: executable, Version: strings.TrimSpace(python)}, nil
}

func (h *languageHost) GetProgramDependencies(
	ctx context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	env, err := environment(ctx, request.Info)
	if err != nil {
		return nil, err
	}
	packages, err := env.ListPackages(ctx, request.TransitiveDependencies)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, found := range packages {
		response.Dependencies = append(response.Dependencies, &pulumirpc.DependencyInfo{Name: found.Name, Version: found.Version})
	}
	return response, nil
}

func (h *languageHost) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	env, err := unchecked(request.Info)
	if err != nil {
		return err
	}
	out, errors := streams(
		func(text []byte) error { return stream.Send(&pulumirpc.InstallDependenciesResponse{Stdout: text}) },
		func(text []byte) error { return stream.Send(&pulumirpc.InstallDependenciesResponse{Stderr: text}) },
	)
	return env.InstallDependencies(stream.Context(), request.Info.ProgramDirectory, request.UseLanguageVersionTools, true, out, errors)
}

func (h *languageHost) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil // nothing to ask: pip is the default, `virtualenv` is optional
}

func (h *languageHost) Template(ctx context.Context, request *pulumirpc.TemplateRequest) (*pulumirpc.TemplateResponse, error) {
	env, err := unchecked(request.Info)
	if err != nil {
		return nil, err
	}
	err = env.PrepareProject(ctx, request.ProjectName, request.Info.ProgramDirectory, true, os.Stdout, os.Stderr)
	return &pulumirpc.TemplateResponse{}, err
}

func (h *languageHost) GetRequiredPlugins(context.Context, *pulumirpc.GetRequiredPluginsRequest) (*pulumirpc.GetRequiredPluginsResponse, error) {
	return nil, status.Error(codes.Unimplemented, "superseded by GetRequiredPackages")
}
