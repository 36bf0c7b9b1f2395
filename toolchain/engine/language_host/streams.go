package main

import (
	"io"
	"sync"
)

// streams makes two writers out of two ways to send. A gRPC stream takes one sender at a time, a command writes both of its outputs at once.
func streams(out, err func([]byte) error) (io.Writer, io.Writer) {
	mutex := &sync.Mutex{}
	return sender{mutex, out}, sender{mutex, err}
}

type sender struct {
	mutex *sync.Mutex
	send  func([]byte) error
}

func (s sender) Write(text []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err := s.send(text); err != nil {
		return 0, err
	}
	return len(text), nil
}
