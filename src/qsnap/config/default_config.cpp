// SPDX-License-Identifier: Apache-2.0
#include <qsnap/config/config.hpp>

namespace qsnap::config {

std::string_view default_config_text() {
  return R"(# What git-qsnap captures and how it compares. Everything but the version is optional.
version: 1

# What to capture. Empty lists mean the whole database.
capture:
  prefixes: []        # key prefixes: ["bull:", "cache:"]
  queues: []          # queues by name or full id: [mail, "bullmq:bull:mail"]

# Differences that do not matter. They are counted, never hidden.
#   jobs.payload.requestId                        one member of every payload
#   jobs[queue=mail].payload.items[*].updated     [*] or .* is one level
#   jobs[state=failed].**.timestamp               .** is any number of levels
#   jobs.payload["a.b"]                           quotes for unusual names
#   keys[key="cache:warm"]                        a whole record
ignore: []

# How far values may be off and still be the same (docs/diff.md).
tolerance:
  durations:          # a delay, where a framework keeps only the due time: the larger of the two
    seconds: 2
    percent: 5
#  due: {seconds: 60} # the time from a capture to the due instant, where neither delay nor creation is kept
  counts:             # jobs of a state that were added or removed, and lengths: the larger of the two
    absolute: 0
    percent: 0
  fields: {}          # the first path that fits decides
#    jobs.payload.price: 1%                 a percentage of the number before
#    jobs.payload.attempts: 2               numbers
#    jobs.payload.tookMs: 500ms             milliseconds; "2m in s": seconds
#    jobs[queue=mail].payload.body: length 10%     texts and arrays by their length alone
#    jobs.payload.sentAt: instant 5s        a time since the capture: epoch or ISO 8601
#    jobs.payload.requestId: renumbered     other values, equal where they were equal
#    jobs.payload.nonce: ignore

# Payloads above are told by their sizes and their first difference, not leaf by leaf.
sample:
  payloads_over: 1MiB

# Queues whose waiting jobs may stand in any order: {mail: free}. The default is strict.
order: {}

# What decides where both sides of a merge changed a value: ours, theirs, base, max, min, newest, sum, union, concat.
# Without a rule it is a conflict (docs/merge.md).
#   jobs.progress: newest
#   jobs[queue=mail].retry_count: max
merge: {}

# What must not get into a snapshot: replaced by tokens while it is captured (docs/redaction.md). Not there: nothing is.
# redact:
#   names: [default, iban]              # members whose values are secrets
#   values: default                     # what looks like one: jwt, aws-key, pem, card, email, url-password
#   paths: ["jobs[queue=mail].payload.customer"]
#   strict: false                       # true: fail where a payload is not JSON

# What the hooks do about secrets in snapshots that are committed (docs/git.md): refuse, warn or ignore.
# scan:
#   secrets: refuse
#   allow: ["jobs[queue=mail].payload.token"]   # values that are no secrets, by path

# Tests that assert what is in a queue (docs/assert.md).
# assert:
#   update: pending      # what a difference writes: pending, new, all or none; not there: none in CI, else pending
#   max_size: 1MiB       # of a snapshot: above it an assertion warns

# Sets of snapshots that branches have beside the default one (docs/sets.md). The first rule that fits decides.
# sets:
#   - branches: ["feature/*", "fix/*"]   # each has a set of its own, by its name
#     parent: "release/*"                # what it does not have: the release line that it left last, else default
#   - branches: "release/*"
#   - branches: "hotfix/*"
#     set: hotfix                        # one for all of them

# Dated captures (docs/history.md): how many stay, and where they are kept.
# keep: {last: 20, hourly: 24, daily: 14, weekly: 8, monthly: 12, yearly: 0, tagged: forever}
# history:
#   store: refs          # refs, or tree

# Snapshots above this size, packed, go to Git LFS (docs/lfs.md); off: none.
# lfs:
#   threshold: 20 MiB
)";
}

}  // namespace qsnap::config
