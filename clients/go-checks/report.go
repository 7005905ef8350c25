// Package checks is what the Go programs of this folder share: how a check is reported, what is
// written, and how that is compared with what is read. It knows no client.
package checks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// Patience is how long a program waits for the cluster before it calls that a failure. It is longer
// than a session, whose end may be what is waited for.
const Patience = 60 * time.Second

// Bootstrap is where the cluster is.
func Bootstrap() []string { return strings.Split(os.Getenv("BOOTSTRAP_SERVERS"), ",") }

// Named gives a topic or a client id its place among those of other programs.
func Named(name string) string { return os.Getenv("TOPIC_PREFIX") + "-" + name }

// Report prints one JSON line per check. Checks may run side by side.
type Report struct {
	lock   sync.Mutex
	failed bool
}

type result struct {
	Check  string `json:"check"`
	Ok     bool   `json:"ok"`
	Ms     int64  `json:"ms"`
	Detail string `json:"detail,omitempty"`
	Error  string `json:"error,omitempty"`
}

type lack struct {
	Lacks string `json:"lacks"`
	Why   string `json:"why"`
}

// Check runs a check, which says in a few words what it has seen. The next one runs in any case.
func (r *Report) Check(name string, check func() (detail string, err error)) {
	began := time.Now()
	detail, err := survive(check)
	result := result{Check: name, Ok: err == nil, Ms: time.Since(began).Milliseconds(), Detail: detail}
	if err != nil {
		result.Error = err.Error()
	}
	r.print(result, err != nil)
}

func survive(check func() (string, error)) (detail string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return check()
}

// Lacks says what the client does not have.
func (r *Report) Lacks(name, why string) {
	r.print(lack{Lacks: name, Why: why}, false)
}

// End ends the program, with status 0 if no check has failed.
func (r *Report) End() {
	if r.failed {
		os.Exit(1)
	}
}

func (r *Report) print(line any, failed bool) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.failed = r.failed || failed
	fmt.Println(string(text))
}

// Await asks until the answer is the one wanted: what one broker is told, the others learn later.
func Await(want string, ask func() (string, error)) (string, error) {
	for deadline := time.Now().Add(Patience); ; time.Sleep(20 * time.Millisecond) {
		got, err := ask()
		if got == want && err == nil {
			return got, nil
		}
		if time.Now().After(deadline) {
			return "", errors.Join(fmt.Errorf("%s, not %s", got, want), err)
		}
	}
}
