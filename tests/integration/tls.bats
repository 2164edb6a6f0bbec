#!/usr/bin/env bats
# rediss://: TLS with a certificate that is checked, against a real redis-server and an authority made for the test.
load helpers
setup() { setup_world; make_authorities; git qsnap init >/dev/null; }
teardown() { teardown_world; }

# authority NAME, certificate NAME AUTHORITY SUBJECT-ALTERNATIVE-NAMES [DAYS]: in $WORLD/tls.
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.crt" -days 2 \
    -subj "/CN=$1" 2>/dev/null
}
certificate() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" \
    2>/dev/null
  openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -out "$1.crt" -days "${4:-2}" \
    -extfile <(echo "subjectAltName=$3") 2>/dev/null
}
make_authorities() {
  TLS=$WORLD/tls
  mkdir -p "$TLS"
  cd "$TLS" || return 1
  authority ours
  authority foreign
  certificate server ours DNS:localhost,IP:127.0.0.1
  certificate client ours DNS:client
  certificate stranger foreign DNS:client
  chmod 600 ./*.key
  cd "$WORLD/repo" || return 1
}

free_port() {
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# serve_tls NAME FIXTURE CERTIFICATE [SERVER OPTIONS…]: sets PORT_<NAME>. The unix socket stays plain. Somebody may take
# the free port before the server does: then another one is tried.
serve_tls() {
  local name=$1 fixture=$2 certificate=$3 port
  shift 3
  for _ in 1 2 3 4 5; do
    port=$(free_port)
    if start_redis "$name" "$fixture" --bind 127.0.0.1 --tls-port "$port" --tls-cert-file "$TLS/$certificate.crt" \
      --tls-key-file "$TLS/$certificate.key" --tls-ca-cert-file "$TLS/ours.crt" "$@"; then
      printf -v "PORT_$name" '%s' "$port"
      return 0
    fi
  done
  return 1
}

@test "save, verify and load speak TLS, by address and by name" {
  serve_tls live bullmq6-before.rdb server --tls-auth-clients no
  serve_tls target "" server --tls-auth-clients no
  export QSNAP_TLS_CA=$TLS/ours.crt
  expect_exit 0 git qsnap save flow --redis "rediss://127.0.0.1:$PORT_live/0"
  expect_exit 0 git qsnap verify flow --redis "rediss://localhost:$PORT_live"
  expect_exit 0 git qsnap load flow --exact --into "rediss://localhost:$PORT_target" --json
  [ "$(jq -r .target <<< "$output")" = "rediss://localhost:$PORT_target/0" ]
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/compare_keys.py" "$SOCKET_live" "$SOCKET_target"
}

@test "the authority comes from --tls-ca before QSNAP_TLS_CA, and the system's do not know ours" {
  serve_tls live bullmq6-before.rdb server --tls-auth-clients no
  url=rediss://127.0.0.1:$PORT_live
  expect_exit 3 git qsnap save flow --redis "$url"
  expect_output "cannot trust rediss://127.0.0.1:$PORT_live/0: its certificate is signed by an authority that is not known here"
  expect_output "--tls-ca FILE"
  QSNAP_TLS_CA=$TLS/foreign.crt expect_exit 3 git qsnap save flow --redis "$url"
  expect_output "not known here"
  QSNAP_TLS_CA=$TLS/foreign.crt expect_exit 0 git qsnap save flow --redis "$url" --tls-ca "$TLS/ours.crt"
}

@test "a certificate for another host, or one that has expired, or one that nobody signed, is not trusted" {
  (cd "$TLS" && certificate elsewhere ours DNS:example.org && certificate old ours IP:127.0.0.1 -1 && authority itself)
  serve_tls elsewhere "" elsewhere --tls-auth-clients no
  serve_tls old "" old --tls-auth-clients no
  serve_tls itself "" itself --tls-auth-clients no
  export QSNAP_TLS_CA=$TLS/ours.crt
  expect_exit 3 git qsnap save flow --redis "rediss://127.0.0.1:$PORT_elsewhere"
  expect_output "its certificate is not for 127.0.0.1"
  expect_output "openssl s_client -connect 127.0.0.1:$PORT_elsewhere"
  expect_exit 3 git qsnap save flow --redis "rediss://localhost:$PORT_elsewhere"
  expect_output "its certificate is not for localhost"
  expect_exit 3 git qsnap save flow --redis "rediss://127.0.0.1:$PORT_old"
  expect_output "its certificate has expired"
  expect_exit 3 git qsnap save flow --redis "rediss://127.0.0.1:$PORT_itself"
  expect_output "its certificate is signed by itself"
  [ ! -e $SNAPSHOTS/test-cases/flow.qsnap ]
}

@test "a server that wants a client certificate gets one, and says when there is none or a stranger's" {
  for protocol in TLSv1.2 TLSv1.3; do
    serve_tls "${protocol/./}" bullmq6-before.rdb server --tls-auth-clients yes --tls-protocols "$protocol"
    port=PORT_${protocol/./}
    ask=(git qsnap save "flow-${protocol/./}" --redis "rediss://127.0.0.1:${!port}" --tls-ca "$TLS/ours.crt")
    expect_exit 3 "${ask[@]}"
    expect_output "does not trust us"
    expect_output "--tls-cert FILE --tls-key FILE"
    expect_exit 3 "${ask[@]}" --tls-cert "$TLS/stranger.crt" --tls-key "$TLS/stranger.key"
    expect_output "does not trust us"
    QSNAP_TLS_CERT=$TLS/client.crt QSNAP_TLS_KEY=$TLS/client.key expect_exit 0 "${ask[@]}"
  done
}

@test "the files of a TLS connection are checked before anything is said" {
  url=rediss://127.0.0.1:1
  expect_exit 2 git qsnap save flow --redis "$url" --tls-cert "$TLS/client.crt"
  expect_output "belong together"
  expect_exit 2 git qsnap save flow --redis redis://127.0.0.1:1 --tls-ca "$TLS/ours.crt"
  expect_output "rediss://"
  serve_tls live "" server --tls-auth-clients no
  url=rediss://127.0.0.1:$PORT_live
  expect_exit 7 git qsnap save flow --redis "$url" --tls-ca "$TLS/nothing.crt"
  expect_exit 2 git qsnap save flow --redis "$url" --tls-ca "$TLS/ours.key"
  expect_output "not a list of certificates in PEM"
  export QSNAP_TLS_CA=$TLS/ours.crt
  expect_exit 2 git qsnap save flow --redis "$url" --tls-cert "$TLS/client.crt" --tls-key "$TLS/stranger.key"
  expect_output "is not the key of the certificate"
  openssl ec -in "$TLS/client.key" -aes256 -passout pass:secret -out "$TLS/locked.key" 2>/dev/null
  chmod 600 "$TLS/locked.key"
  expect_exit 2 git qsnap save flow --redis "$url" --tls-cert "$TLS/client.crt" --tls-key "$TLS/locked.key"
  expect_output "without a passphrase"
  chmod 644 "$TLS/client.key"
  expect_exit 6 git qsnap save flow --redis "$url" --tls-cert "$TLS/client.crt" --tls-key "$TLS/client.key"
  expect_output "chmod 600"
}

@test "TLS to a plain port and a plain URL to a port for TLS are told apart from a Redis that is not there" {
  port=$(free_port)
  start_redis plain "" --bind 127.0.0.1 --port "$port"
  export QSNAP_TLS_CA=$TLS/ours.crt
  expect_exit 3 git qsnap save flow --redis "rediss://127.0.0.1:$port" --timeout 0.5 --retries 0
  expect_output "is $port a port for TLS?"
  serve_tls live "" server --tls-auth-clients no
  expect_exit 3 git qsnap save flow --redis "redis://127.0.0.1:$PORT_live" --retries 0
  expect_output "if this port is for TLS, the URL begins with rediss://"
}
