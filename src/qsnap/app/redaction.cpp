// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include <qsnap/app/redaction.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::app {

namespace {

bool is_about(const config::PathPattern& pattern, const model::Record& record) {
  const codec::JsonPayloadReader payloads;
  const auto holds = [&](const config::PathPattern::Condition& condition) {
    const std::string value = diff::plain_member(record, condition.member, payloads);
    return condition.member == "queue" ? model::queue_matches(value, condition.value) : value == condition.value;
  };
  return pattern.section() == model::to_text(record.section) &&
         std::all_of(pattern.conditions().begin(), pattern.conditions().end(), holds);
}

}  // namespace

codec::PathRules path_rules(std::vector<config::PathPattern> patterns) {
  if (patterns.empty()) {
    return {};
  }
  return [patterns = std::move(patterns)](const model::Record& record) -> codec::PathTest {
    std::vector<const config::PathPattern*> about;
    for (const config::PathPattern& pattern : patterns) {
      if (is_about(pattern, record)) {
        about.push_back(&pattern);
      }
    }
    if (about.empty()) {
      return {};
    }
    return [about = std::move(about)](std::string_view path) {
      const auto steps = config::parse_path(path);
      return steps && std::any_of(about.begin(), about.end(), [&](const auto* each) { return each->matches(*steps); });
    };
  };
}

Result<std::optional<codec::Redaction>> redaction_of(const config::Config& config, const RedactionChoice& choice) {
  if (choice.rule == RedactRule::by_config && !config.redaction) {
    return std::optional<codec::Redaction>{};
  }
  config::Redaction rules = config.redaction.value_or(config::Redaction{});
  QSNAP_ASSIGN(codec::RedactionKey key, choice.key());
  return std::optional{codec::Redaction{std::move(rules.rules), path_rules(std::move(rules.paths)), std::move(key)}};
}

RedactionChoice choice_like(RedactionChoice choice, const model::Metadata& snapshot) {
  if (!snapshot.redaction_key_id.empty()) {
    choice.rule = RedactRule::always;
  }
  return choice;
}

std::string discreet(const std::optional<codec::Redaction>& redaction, std::string text) {
  return redaction ? codec::redacted_words(*redaction, text) : std::move(text);
}

frameworks::Refuted discreet(const std::optional<codec::Redaction>& redaction, frameworks::Refuted refuted) {
  for (std::string& reading : refuted.readings) {
    reading = discreet(redaction, std::move(reading));
  }
  return refuted;
}

Error discreet(const std::optional<codec::Redaction>& redaction, Error error) {
  error.message = discreet(redaction, std::move(error.message));
  for (std::string& hint : error.hints) {
    hint = discreet(redaction, std::move(hint));
  }
  return error;
}

}  // namespace qsnap::app
