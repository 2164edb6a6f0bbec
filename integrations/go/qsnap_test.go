// SPDX-License-Identifier: Apache-2.0

package qsnap

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestNamesAreThoseOfAllIntegrations(t *testing.T) {
	text, err := os.ReadFile("../name-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Why, Name string
		Parts     []string
	}
	if err := json.Unmarshal(text, &vectors); err != nil || len(vectors) < 30 {
		t.Fatal(len(vectors), err)
	}
	for _, vector := range vectors {
		if name := SnapshotName(vector.Parts); name != vector.Name {
			t.Errorf("%s: expected %s, got %s", vector.Why, vector.Name, name)
		}
	}
}

func TestAWorkerGetsADatabaseBehindTheGivenOne(t *testing.T) {
	for url, expected := range map[string]string{
		"redis://127.0.0.1:6379":            "redis://127.0.0.1:6379/3",
		"rediss://user:p%40ss@host:1/4?x=y": "rediss://user:p%40ss@host:1/7?x=y",
		"unix:///run/redis.sock":            "unix:///run/redis.sock?db=3",
		"unix:///run/redis.sock?db=2":       "unix:///run/redis.sock?db=5",
	} {
		if shifted, err := ShiftedDatabase(url, 3); err != nil || shifted != expected {
			t.Errorf("expected %s, got %s, %v", expected, shifted, err)
		}
	}
	if _, err := ShiftedDatabase("redis://:secret@h:%zz", 3); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("expected an error without the URL, got %v", err)
	}
}

func TestOptionsBecomeWordsByTheirNames(t *testing.T) {
	got := words(Options{"within": "5s", "ignore": []string{"jobs.a", "--b"}, "allow_empty": true, "full": false, "redis": "x"})
	expected := []string{"--allow-empty", "--ignore=--b", "--ignore=jobs.a", "--within=5s"}
	if !reflect.DeepEqual(got, expected) {
		t.Errorf("expected %q, got %q", expected, got)
	}
}

// program that runs this script.
func program(t *testing.T, script string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("QSNAP_PROGRAM", path)
}

func TestAPasswordIsNotOnTheCommandLine(t *testing.T) {
	program(t, `printf '{"message": "%s %s"}' "$QSNAP_REDIS_URL" "$*"`)
	said, err := run(Options{"redis": "redis://:secret@h:1", "within": "1s"}, []string{"assert", "--", "flow"})
	if err != nil || said.Message != "redis://:secret@h:1 assert --json --within=1s -- flow" {
		t.Error(said, err)
	}
}

func TestWithoutADocumentThereIsAnErrorWithHints(t *testing.T) {
	for script, expected := range map[string]string{
		`echo '{"message": "no Redis", "hints": ["start one"]}' >&2; exit 3`: "git qsnap: no Redis\nhint: start one",
		"exit 1":     `program: exit status 1, and said ""`,
		"kill -9 $$": `program: signal: killed, and said ""`,
		"echo text":  `program: exit status 0, and said ""`,
	} {
		program(t, script)
		if _, err := run(nil, []string{"assert", "flow"}); err == nil || !strings.HasSuffix(err.Error(), expected) {
			t.Errorf("%s: expected %s, got %v", script, expected, err)
		}
	}
	t.Setenv("QSNAP_PROGRAM", filepath.Join(t.TempDir(), "gone"))
	if _, err := run(nil, []string{"assert", "flow"}); err == nil || !strings.Contains(err.Error(), "hint: install git-qsnap") {
		t.Error(err)
	}
}
