// SPDX-License-Identifier: Apache-2.0

package sfu_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the package leaves to C, and why.
var leftOut = map[string]string{
	"sfu_packet_sink_receive": "a host's own sockets: the hook runs for every batch of datagrams, where calls from C into Go cost most",
}

// Sizes, offsets and numbers are the C compiler's own here; what can be forgotten is a function.
func TestEveryFunctionIsBound(t *testing.T) {
	flags, err := exec.Command("pkg-config", "--cflags-only-I", "sfu-c").Output()
	ok(t, err)
	folder := strings.TrimPrefix(strings.Fields(string(flags))[0], "-I")
	declaration := regexp.MustCompile(`(?s)SFU_API\s+[\w\s*]*?\b(sfu_\w+)\(`)
	used := map[string]bool{}
	sources := append(must(filepath.Glob("*.go")), must(filepath.Glob("*.c"))...)
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, name := range regexp.MustCompile(`\bsfu_\w+`).FindAllString(string(must(os.ReadFile(path))), -1) {
			used[name] = true
		}
	}
	declared := map[string]bool{}
	for _, path := range must(filepath.Glob(filepath.Join(folder, "sfu-c", "*.h"))) {
		for _, match := range declaration.FindAllStringSubmatch(string(must(os.ReadFile(path))), -1) {
			declared[match[1]] = true
		}
	}
	if len(declared) < 100 {
		t.Fatalf("only %d declarations in %s", len(declared), folder)
	}
	for name := range declared {
		if _, left := leftOut[name]; left == used[name] {
			t.Errorf("%s: left out %t, used %t", name, left, used[name])
		}
	}
	for name := range leftOut {
		if !declared[name] {
			t.Errorf("%s is left out, but there is none", name)
		}
	}
}
