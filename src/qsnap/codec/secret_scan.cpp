// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_redactor.hpp>
#include <qsnap/codec/secret_scan.hpp>

namespace qsnap::codec {

namespace {

using model::Field;
using model::Record;

Redaction lenient(Redaction redaction) {
  redaction.rules.opaque = model::OpaquePayload::keep;
  return redaction;
}

/// Members that change because another one does, or because redaction cannot look into them.
bool only_follows(const Field& before, bool is_volatile) {
  const bool style = before.name == "enc" || before.name.ends_with("_enc");
  const bool packed_trace = is_volatile && before.name == "stacktrace" && before.json.starts_with("\"eJ");
  return style || packed_trace || (is_volatile && (before.name == "ref_ids" || before.name == "ref_scores"));
}

bool is_container(std::string_view json) {
  return json.starts_with('{') || json.starts_with('[');
}

/// As redaction names it: the items of a further part of a key stand below that part.
std::string path_of(const Record& record, const Field& member, bool is_volatile) {
  const std::string_view part = record.fields.find("part").value_or("0");
  if (record.section == model::Section::keys && member.name == "items" && part != "0") {
    return fmt::format(".parts[{}].items", part);
  }
  return (is_volatile ? ".volatile." : ".") + member.name;
}

/// The leaves of `before` that `after` has not, or has with another value.
std::vector<std::string> changed_leaves(const std::string& before, std::string_view after) {
  const JsonPayloadReader payloads;
  const auto old_leaves = payloads.leaves(before), new_leaves = payloads.leaves(after);
  if (!is_container(before) || !is_container(after) || !old_leaves || !new_leaves) {
    return {""};
  }
  std::map<std::string_view, std::string_view> values;
  for (const auto& leaf : *new_leaves) {
    values.emplace(leaf.path, leaf.json);
  }
  std::vector<std::string> paths;
  for (const auto& leaf : *old_leaves) {
    const auto value = values.find(leaf.path);
    if (value == values.end() || value->second != leaf.json) {
      paths.push_back(leaf.path);
    }
  }
  return paths;
}

}  // namespace

struct SecretScan::State {
  State(Redaction given, PathRules given_allowed)
      : redaction(lenient(std::move(given))),
        allowed(std::move(given_allowed)),
        redactor(redaction),
        texts(redaction.rules, redaction.key) {}

  const Redaction redaction;
  const PathRules allowed;
  const RecordRedactor redactor;
  const TextRedactor texts;
};

SecretScan::SecretScan(Redaction redaction, PathRules allowed)
    : m_state(std::make_unique<State>(std::move(redaction), std::move(allowed))) {}
SecretScan::SecretScan(SecretScan&&) noexcept = default;
SecretScan::~SecretScan() = default;

Result<std::vector<std::string>> SecretScan::find(const Record& record) const {
  std::vector<std::string> found;
  QSNAP_ASSIGN(const std::optional<Record> redacted, m_state->redactor.redact(record));
  if (!redacted) {
    return found;
  }
  const PathTest allowed = m_state->allowed ? m_state->allowed(record) : PathTest{};
  for (const auto member : {&Record::fields, &Record::volatiles}) {
    const bool is_volatile = member == &Record::volatiles;
    for (const Field& before : record.*member) {
      const auto after = (*redacted.*member).find(before.name);
      if ((after && *after == before.json) || only_follows(before, is_volatile)) {
        continue;
      }
      const std::string path = path_of(record, before, is_volatile);
      for (const std::string& leaf : changed_leaves(before.json, after.value_or("null"))) {
        if (!allowed || !allowed(path + leaf)) {
          found.push_back(shown(path + leaf));
        }
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> SecretScan::find(const model::Metadata& metadata) const {
  const auto is_secret = [&](const std::string& text) { return m_state->texts.shapes(text).has_value(); };
  const auto any = [&](const std::vector<std::string>& texts) {
    return std::any_of(texts.begin(), texts.end(), is_secret);
  };
  const auto of_framework = [&](const auto& framework) { return is_secret(framework.name_space); };
  const auto any_framework = [&](const auto& list) { return std::any_of(list.begin(), list.end(), of_framework); };
  std::vector<std::string> found;
  if (is_secret(metadata.description)) {
    found.emplace_back("description");
  }
  if (any_framework(metadata.frameworks)) {
    found.emplace_back("frameworks");
  }
  const model::Scope& scope = metadata.scope;
  if (any(scope.prefixes) || any(scope.queues) || any_framework(scope.frameworks)) {
    found.emplace_back("scope");
  }
  if (any(metadata.tags)) {
    found.emplace_back("tags");
  }
  return found;
}

std::string SecretScan::shown(std::string_view name) const {
  return m_state->texts.shapes(name).value_or(std::string{name});
}

}  // namespace qsnap::codec
