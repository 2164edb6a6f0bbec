// SPDX-License-Identifier: Apache-2.0

// Package qsnap is snapshot testing for Redis-backed job queues: it starts git-qsnap, which answers with one JSON document.
package qsnap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Options are those of git qsnap assert, by the same names: {"within": "5s", "ignore": []string{"jobs.payload.at"},
// "allow-empty": true}. "redis" is the URL; without it, it is that of QSNAP_REDIS_URL.
type Options map[string]any

type document struct {
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

type failure struct {
	Message string   `json:"message"`
	Hints   []string `json:"hints"`
}

// Match lets the test fail unless the queues are as this snapshot says, and answers whether they are. Without a name it
// is the test's own one. What keeps git-qsnap from knowing ends the test.
func Match(t testing.TB, name string, options Options) bool {
	t.Helper()
	if name == "" {
		name = ownName(t)
	}
	return assertAs(t, options, "--", name)
}

// Keep lets the test fail unless what this contract says holds, whatever else is there.
func Keep(t testing.TB, contract string, options Options) bool {
	t.Helper()
	return assertAs(t, options, "--contract="+contract)
}

func assertAs(t testing.TB, options Options, more ...string) bool {
	t.Helper()
	answer := runOrEnd(t, options, append([]string{"assert", "--test=" + t.Name()}, more...))
	if !answer.OK {
		t.Error(answer.Message)
	}
	return answer.OK
}

// Load puts this state into the Redis, instead of what it finds: git qsnap load --replace.
func Load(t testing.TB, name string, options Options) {
	t.Helper()
	runOrEnd(t, options, []string{"load", "--replace", "--yes", "--", name})
}

// ShiftedDatabase is the URL of the database so many behind the one of redisURL: for tests that run in parallel.
func ShiftedDatabase(redisURL string, by int) (string, error) {
	parsed, err := url.Parse(redisURL)
	if err != nil {
		return "", errors.New("that is no URL") // without the URL, which may hold a password
	}
	if parsed.Scheme == "unix" {
		query := parsed.Query()
		database, _ := strconv.Atoi(query.Get("db"))
		query.Set("db", strconv.Itoa(database+by))
		parsed.RawQuery = query.Encode()
		return parsed.String(), nil
	}
	database, _ := strconv.Atoi(strings.Trim(parsed.Path, "/"))
	parsed.Path = "/" + strconv.Itoa(database+by)
	return parsed.String(), nil
}

func runOrEnd(t testing.TB, options Options, command []string) document {
	t.Helper()
	answer, err := run(options, command)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// run the command, its name first; the options stand behind that.
func run(options Options, command []string) (document, error) {
	program := os.Getenv("QSNAP_PROGRAM")
	if program == "" {
		program = "git-qsnap"
	}
	line := append(append([]string{command[0], "--json"}, words(options)...), command[1:]...)
	process := exec.Command(program, line...)
	if redis, given := options["redis"]; given { // not on the command line, which everybody can read
		process.Env = append(os.Environ(), fmt.Sprintf("QSNAP_REDIS_URL=%v", redis))
	}
	var out, said bytes.Buffer
	process.Stdout, process.Stderr = &out, &said
	if err := process.Run(); err != nil && process.ProcessState == nil {
		return document{}, fmt.Errorf("%w\nhint: install git-qsnap, or name its path in QSNAP_PROGRAM", err)
	}
	var answer document
	if process.ProcessState.ExitCode() > 1 || json.Unmarshal(out.Bytes(), &answer) != nil {
		return document{}, problem(program, process.ProcessState, said.Bytes())
	}
	return answer, nil
}

func problem(program string, state *os.ProcessState, said []byte) error {
	var failed failure
	if json.Unmarshal(said, &failed) != nil || failed.Message == "" {
		return fmt.Errorf("%s: %v, and said %q", program, state, bytes.TrimSpace(said))
	}
	lines := []string{"git qsnap: " + failed.Message}
	for _, hint := range failed.Hints {
		lines = append(lines, "hint: "+hint)
	}
	return errors.New(strings.Join(lines, "\n"))
}

// words of the command line; in one order, because that of a map is another one each time.
func words(options Options) []string {
	var all []string
	for key, value := range options {
		option := "--" + strings.ReplaceAll(key, "_", "-")
		switch said := value.(type) {
		case bool:
			if said {
				all = append(all, option)
			}
		case []string:
			for _, one := range said {
				all = append(all, option+"="+one)
			}
		default:
			if key != "redis" {
				all = append(all, fmt.Sprintf("%s=%v", option, said))
			}
		}
	}
	sort.Strings(all)
	return all
}

var unnamed sync.Map // testing.TB → how many assertions without a name it had

// ownName of the package in mail/, TestSend/eu → mail, TestSend, eu. The working folder of a test is its package's.
func ownName(t testing.TB) string {
	first := 0
	counter, seen := unnamed.LoadOrStore(t, &first)
	if !seen {
		t.Cleanup(func() { unnamed.Delete(t) })
	}
	count := counter.(*int)
	*count++
	parts := append(packageFolders(), strings.Split(t.Name(), "/")...)
	if *count > 1 {
		parts = append(parts, strconv.Itoa(*count))
	}
	return SnapshotName(parts)
}

// packageFolders of the working folder below its repository.
func packageFolders() []string {
	folder, err := os.Getwd()
	var below []string
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, ".git")); missing == nil {
			return below
		}
		if folder == filepath.Dir(folder) {
			break
		}
		below = append([]string{filepath.Base(folder)}, below...)
		folder = filepath.Dir(folder)
	}
	return nil
}
