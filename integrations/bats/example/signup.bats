#!/usr/bin/env bats
# A suite as a user writes it: a program leaves jobs, and the queues are compared with what was accepted.
load "${QSNAP_INTEGRATIONS}/bats/qsnap"

setup() { redis-cli -u "$QSNAP_REDIS_URL" flushdb; }
send() { redis-cli -u "$QSNAP_REDIS_URL" lpush queue:mail "{\"class\":\"$1\",\"args\":[],\"jid\":\"00000000000000000000000$2\"}"; }

@test "a signup sends mails" {
  redis-cli -u "$QSNAP_REDIS_URL" sadd queues mail
  send Welcome 1
  qsnap_assert
  qsnap_contract queues.yaml
  if [ "${REMINDER:-yes}" = yes ]; then send Reminder 2; fi
  qsnap_assert signup --within 100ms
  qsnap_assert
}
