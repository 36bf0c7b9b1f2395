// The Python language host of Pulumi (`pulumi-language-python`), which the Go module proxy does not carry.
//
// The engine starts it, reads the port it prints, and asks it to run programs, policy packs and providers written in Python. Environments (virtualenv,
// poetry, uv) are handled by Pulumi's own toolchain package, code generation by Pulumi's own codegen: here is only the server between them.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// How often the host looks whether the engine that started it still lives.
const watchInterval = 500 * time.Millisecond

func main() {
	// The engine's other flags for plugins (-v, --logtostderr) are the log package's own.
	flag.String("tracing", "", "accepted, not used")
	flag.Parse()
	if err := serve(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-python:", err)
		os.Exit(1)
	}
}

func serve(engine string) error {
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the folder of the language host: %w", err)
	}
	if executable, err = filepath.EvalSymlinks(executable); err != nil {
		return fmt.Errorf("find the folder of the language host: %w", err)
	}
	host := &languageHost{
		engine:   engine,
		runner:   filepath.Join(filepath.Dir(executable), "pulumi-language-python-exec"),
		children: newChildren(),
	}
	go endWithEngine(host.children)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}

// endWithEngine ends the host, and whatever it runs, at once when it is told to (the engine interrupts its plugins at the end of each operation and
// waits up to five seconds for them) and when the engine is gone without a word (killed): nothing may go on changing a cloud then.
func endWithEngine(running *children) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	parent := os.Getppid()
	watch := time.NewTicker(watchInterval)
	for {
		select {
		case <-signals:
			running.kill()
			os.Exit(0)
		case <-watch.C:
			if os.Getppid() != parent {
				running.kill()
				os.Exit(1)
			}
		}
	}
}
