// A suite as a user writes it: a program leaves jobs, and the queues are compared with what was accepted.
package example

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"git-qsnap.invalid/qsnap"
)

func redis(t *testing.T, words ...string) {
	t.Helper()
	if out, err := exec.Command("redis-cli", append([]string{"-u", os.Getenv("QSNAP_REDIS_URL")}, words...)...).CombinedOutput(); err != nil {
		t.Fatalf("redis-cli: %v: %s", err, out)
	}
}

func send(t *testing.T, name string, number int) {
	redis(t, "lpush", "queue:mail", fmt.Sprintf(`{"class":"%s","args":[],"jid":"%024d"}`, name, number))
}

func TestSignup(t *testing.T) {
	redis(t, "flushdb")
	redis(t, "sadd", "queues", "mail")
	t.Run("sends mails", func(t *testing.T) {
		send(t, "Welcome", 1)
		qsnap.Match(t, "", nil)
		qsnap.Keep(t, "queues.yaml", nil)
		if os.Getenv("REMINDER") != "no" {
			send(t, "Reminder", 2)
		}
		qsnap.Match(t, "signup", qsnap.Options{"within": "100ms"})
		qsnap.Match(t, "", nil)
	})
}
