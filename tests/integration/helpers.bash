# Shared by all bats files: a hermetic world for each test. Load with: load helpers
# QSNAP_BIN is the folder with git-qsnap (set by ctest); QSNAP_SOURCE the checkout.

setup_world() {
  WORLD=$(mktemp -d "${BATS_TEST_TMPDIR:-/tmp}/qsnap.XXXXXX")
  export HOME=$WORLD/home XDG_CONFIG_HOME=$WORLD/home/.config
  export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1
  export GIT_AUTHOR_NAME=Test GIT_AUTHOR_EMAIL=test@example.com GIT_COMMITTER_NAME=Test GIT_COMMITTER_EMAIL=test@example.com
  export GIT_AUTHOR_DATE='2026-01-02T03:04:05Z' GIT_COMMITTER_DATE='2026-01-02T03:04:05Z'
  export TZ=UTC LC_ALL=C.UTF-8 COLUMNS=80 TERM=dumb
  export PATH=$QSNAP_BIN:$PATH
  export QSNAP_NO_NAG=1  # doctor.bats has the tests of it
  unset QSNAP_CREDENTIALS_FILE NO_COLOR
  # What an assertion takes from where it runs: these tests may run in CI, or inside a run themselves.
  unset CI CONTINUOUS_INTEGRATION GITHUB_ACTIONS GITLAB_CI JENKINS_URL TEAMCITY_VERSION TF_BUILD BUILDKITE GO_SERVER_URL RUNNER_TEMP
  unset QSNAP_UPDATE QSNAP_PENDING_DIR QSNAP_RUN_ID QSNAP_RUNS_DIR QSNAP_METRICS_FILE QSNAP_PROGRAM QSNAP_SET QSNAP_BRANCH
  mkdir -p "$HOME" "$WORLD/repo" "$WORLD/servers"
  cd "$WORLD/repo" || return 1
  git init -q -b main .
}

teardown_world() {
  local pidfile
  for pidfile in "$WORLD"/servers/*/pid; do  # by signal: a server may want a password to shut down
    if [ -f "$pidfile" ]; then kill -KILL "$(cat "$pidfile")" 2>/dev/null || true; fi
  done
  # Kept when a test failed, so that somebody can look at it.
  if [ -n "${BATS_TEST_COMPLETED:-}" ]; then rm -rf "$WORLD"; else echo "# kept: $WORLD" >&3; fi
}

# start_redis NAME [FIXTURE.rdb] [SERVER OPTIONS…]: a private server on a unix socket. Sets REDIS_<NAME> to its URL and
# SOCKET_<NAME> to its path.
start_redis() {
  local name=$1 fixture=${2:-} folder=$WORLD/servers/$1
  shift; [ $# -gt 0 ] && shift
  mkdir -p "$folder"
  if [ -n "$fixture" ]; then cp "$QSNAP_SOURCE/tests/fixtures/$fixture" "$folder/state.rdb"; fi
  redis-server --port 0 --unixsocket "$folder/redis.sock" --dir "$folder" --dbfilename state.rdb --save "" \
    --appendonly no --daemonize yes --pidfile "$folder/pid" --logfile "$folder/log" "$@" >/dev/null 3>&-
  local deadline=$((SECONDS + 10))
  until redis-cli -s "$folder/redis.sock" ping 2>/dev/null | grep -q 'PONG\|NOAUTH'; do
    [ "$SECONDS" -lt "$deadline" ] || { cat "$folder/log" >&2; return 1; }
  done
  printf -v "SOCKET_$name" '%s' "$folder/redis.sock"
  printf -v "REDIS_$name" '%s' "unix://$folder/redis.sock"
}

# serve FIXTURE: the server "live" with this state, as QSNAP_REDIS_URL. A second call replaces the state.
serve() {
  if [ -n "${SOCKET_live:-}" ]; then redis-cli -s "$SOCKET_live" shutdown nosave >/dev/null 2>&1 || true; fi
  start_redis live "$1"
  export QSNAP_REDIS_URL=$REDIS_live
}

# use_clean_filter: as `git qsnap install` configures it, but for the long-running process; attributes are the test's.
use_clean_filter() { git config filter.qsnap.clean 'git-qsnap-driver clean -- %f'; }

# folder_state FOLDER: every name, mode and byte in there; equal for equal folders.
folder_state() { "$QSNAP_SOURCE/tests/tools/folder-state" "$1"; }

# expect_exit CODE COMMAND…: runs it, keeps $output (stdout and stderr), and shows it when the code is another one.
expect_exit() {
  local expected=$1
  shift
  run "$@"
  if [ "$status" != "$expected" ]; then
    echo "expected exit $expected, got $status from: $*" >&2
    echo "$output" >&2
    return 1
  fi
}

expect_output() {  # expect_output TEXT: $output contains it
  [[ $output == *"$1"* ]] || { echo "expected in the output: $1" >&2; echo "$output" >&2; return 1; }
}

refute_output() {
  [[ $output != *"$1"* ]] || { echo "not expected in the output: $1" >&2; echo "$output" >&2; return 1; }
}

SNAPSHOTS=.queue-snapshots
