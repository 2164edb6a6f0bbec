// SPDX-License-Identifier: Apache-2.0

package qsnap

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
)

var (
	component = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	reserved  = regexp.MustCompile(`(?i)\.(lock|qsnap)?$`)
	others    = regexp.MustCompile(`[^A-Za-z0-9._]+`)
)

// SnapshotName is the name for what a test framework knows by these parts; integrations/README.md has the rule.
func SnapshotName(parts []string) string {
	if len(parts) > 4 {
		front := len(parts) - 3
		parts = append([]string{strings.Join(parts[:front], "\n")}, parts[front:]...)
	}
	name := "test-cases"
	for _, part := range parts {
		name += "/" + mapped(part)
	}
	return name
}

func mapped(text string) string {
	if component.MatchString(text) && !reserved.MatchString(text) {
		return text
	}
	readable := strings.Trim(others.ReplaceAllString(text, "-"), "._-")
	if len(readable) > 91 {
		readable = strings.TrimRight(readable[:91], "._-")
	}
	if readable == "" {
		readable = "x"
	}
	hash := fnv.New32a()
	hash.Write([]byte(text))
	return fmt.Sprintf("%s-%08x", readable, hash.Sum32())
}
