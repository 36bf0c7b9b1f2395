package main

import (
	"context"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// How long a cancelled plugin may take to end before it is killed, and how long its output is read after its end.
const endDelay = 2 * time.Second

// children are the programs and plugins that run now. Each is the leader of a process group of its own: the engine's interrupt at the end of an
// operation is for the host (Python would print a KeyboardInterrupt traceback into the user's output), and what a program started ends with it.
type children struct {
	mutex   sync.Mutex
	running map[int]struct{}
}

func newChildren() *children { return &children{running: map[int]struct{}{}} }

// run starts the command and waits for its end. Where the context is cancelled, the command's group is asked to end; after endDelay os/exec kills the
// command, and what is left of the group is killed here.
func (c *children) run(ctx context.Context, command *exec.Cmd) error {
	// Linux can kill the child with its parent (see processAttributes), where "parent" is the thread that started it: so keep this thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	command.SysProcAttr = processAttributes()
	command.WaitDelay = endDelay
	if err := c.start(command); err != nil {
		return err
	}
	pid := command.Process.Pid
	ended := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			_ = syscall.Kill(-pid, syscall.SIGTERM) // an error means that it has ended
		case <-ended:
		}
	}()
	err := command.Wait()
	close(ended)
	if ctx.Err() != nil {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.running, pid)
	return err
}

// start is one step with noting the child down: a host that is ending starts no more of them.
func (c *children) start(command *exec.Cmd) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := command.Start(); err != nil {
		return err
	}
	c.running[command.Process.Pid] = struct{}{}
	return nil
}

// kill ends all of them, for good: the lock is kept, the host exits next.
func (c *children) kill() {
	c.mutex.Lock()
	for pid := range c.running {
		_ = syscall.Kill(-pid, syscall.SIGKILL) // an error means that it has ended
	}
}
