// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <qsnap/codec/redactor.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/frameworks/compose.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::app {

/// by_config: as config.yaml says, or as the snapshot that a capture is compared with or replaces was made.
enum class RedactRule : std::uint8_t { by_config, always };

/// Asked once something is to be redacted: the first time, it may make a key and say so.
using KeySource = std::function<Result<codec::RedactionKey>()>;

struct RedactionChoice {
  RedactRule rule = RedactRule::by_config;
  KeySource key;  ///< REQUIRES: not empty where something is redacted
};

/// Absent: captures keep everything. Without rules in config.yaml, the default ones.
Result<std::optional<codec::Redaction>> redaction_of(const config::Config& config, const RedactionChoice& choice);

/// Rules by path as codec wants them, which knows no config. Empty without patterns.
[[nodiscard]] codec::PathRules path_rules(std::vector<config::PathPattern> patterns);

/// The choice for a capture that belongs to this snapshot: what was redacted once stays redacted.
[[nodiscard]] RedactionChoice choice_like(RedactionChoice choice, const model::Metadata& snapshot);

/// What would be shown of an error, a message, a key's name.
[[nodiscard]] Error discreet(const std::optional<codec::Redaction>& redaction, Error error);
[[nodiscard]] frameworks::Refuted discreet(const std::optional<codec::Redaction>& redaction,
                                           frameworks::Refuted refuted);
[[nodiscard]] std::string discreet(const std::optional<codec::Redaction>& redaction, std::string text);

}  // namespace qsnap::app
