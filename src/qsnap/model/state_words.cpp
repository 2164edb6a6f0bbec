// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <qsnap/model/state_words.hpp>

namespace qsnap::model {

namespace {

struct OwnWord {
  std::string_view framework;
  std::string_view shared;
  std::string_view own;
};

/// Where a framework's own word differs from the shared one. No framework has both, so a shared word is never
/// ambiguous: docs/contracts.md has this as a table.
constexpr std::array k_own_words = {
    OwnWord{"arq", "waiting", "queued"},
    OwnWord{"arq", "completed", "complete"},
    OwnWord{"asynq", "waiting", "pending"},
    OwnWord{"asynq", "failed", "archived"},
    OwnWord{"bee-queue", "scheduled", "delayed"},
    OwnWord{"bee-queue", "completed", "succeeded"},
    OwnWord{"bull", "scheduled", "delayed"},
    OwnWord{"bullmq", "scheduled", "delayed"},
    OwnWord{"celery", "active", "reserved"},
    OwnWord{"celery", "failed", "failure"},
    OwnWord{"celery", "completed", "success"},
    OwnWord{"dramatiq", "scheduled", "delayed"},
    OwnWord{"dramatiq", "failed", "dead"},
    OwnWord{"go-redis-work-queue", "active", "processing"},
    OwnWord{"go-redis-work-queue", "failed", "dead_letter"},
    OwnWord{"laravel", "waiting", "pending"},
    OwnWord{"laravel", "active", "reserved"},
    OwnWord{"laravel", "scheduled", "delayed"},
    OwnWord{"resque", "scheduled", "delayed"},
    OwnWord{"rq", "active", "started"},
    OwnWord{"rq", "completed", "finished"},
    OwnWord{"sidekiq", "failed", "dead"},
};

constexpr std::array<std::string_view, 41> k_known = {
    "active",          "aggregating", "archived",    "canceled",   "chord",       "chord-added",     "chord-returned",
    "chord-unordered", "complete",    "completed",   "dead",       "dead_letter", "deferred",        "delayed",
    "delayed-active",  "failed",      "failure",     "finished",   "group",       "ignored",         "orphan",
    "paused",          "pending",     "prioritized", "processing", "queued",      "rate_limited",    "ready",
    "rejected",        "reserved",    "result",      "retry",      "revoked",     "rq-scheduler",    "scheduled",
    "started",         "succeeded",   "success",     "taken",      "waiting",     "waiting-children"};

std::string_view shared_word(std::string_view word) {
  return word == "dead" ? "failed" : word == "delayed" ? "scheduled" : word;
}

}  // namespace

bool state_matches(std::string_view framework, std::string_view state, std::string_view wanted) {
  if (state == wanted) {
    return true;
  }
  const std::string_view shared = shared_word(wanted);
  if (state == shared) {
    return true;
  }
  return std::any_of(k_own_words.begin(), k_own_words.end(), [&](const OwnWord& word) {
    return word.own == state && word.framework == framework && word.shared == shared;
  });
}

std::span<const std::string_view> known_states() {
  return k_known;
}

}  // namespace qsnap::model
