// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/merge/findings.hpp>

namespace qsnap::merge {

namespace {

constexpr std::size_t k_conflict_bytes = 32 * limits::k_mib;
constexpr std::size_t k_most_decisions = 1000;

diff::Subject subject_of(model::Section section) {
  switch (section) {
    case model::Section::jobs:
      return diff::Subject::job;
    case model::Section::queues:
      return diff::Subject::queue;
    case model::Section::workers:
      return diff::Subject::worker;
    case model::Section::keys:
      return diff::Subject::key;
    case model::Section::config:
      break;
  }
  return diff::Subject::config;
}

std::size_t bytes_of(const Conflict& conflict) {
  const auto size = [](const std::optional<std::string>& json) { return json ? json->size() : 0; };
  return sizeof(Conflict) + conflict.path.size() + size(conflict.base) + size(conflict.ours) + size(conflict.theirs);
}

void write_members(JsonWriter& json, const model::Fields& fields) {
  for (const model::Field& field : fields) {
    json.key(field.name).raw(field.json);
  }
}

}  // namespace

About about(const model::Record& record, const model::PayloadReader& payloads) {
  const auto text = [&](std::string_view member) { return diff::plain_member(record, member, payloads); };
  const bool has_queue = record.fields.contains("queue");
  return {subject_of(record.section), text(has_queue ? "queue" : "framework"), text("state"),
          text(record.section == model::Section::keys ? "key" : "id"),
          text(record.section == model::Section::config ? "kind" : "name")};
}

Result<void> Findings::add(Conflict conflict) {
  m_conflict_bytes += bytes_of(conflict);
  if (m_conflict_bytes > k_conflict_bytes) {
    return make_error(ErrorCode::limit_exceeded,
                      fmt::format("the sides differ too much to be merged: {} conflicts, and more", m_conflicts.size()),
                      {"take one side of the file (git checkout --ours or --theirs), or save it again"});
  }
  m_conflicts.push_back(std::move(conflict));
  return {};
}

void Findings::decide(std::string_view rule, About about, std::string path) {
  ++count_of(rule);
  if (m_decisions.size() < k_most_decisions) {
    m_decisions.push_back({std::string{rule}, std::move(about), std::move(path)});
  }
}

std::uint64_t& Findings::count_of(std::string_view rule) {
  const auto at = m_counts.find(rule);
  return at != m_counts.end() ? at->second : m_counts.emplace(rule, 0).first->second;
}

std::string_view rule_of(Side side) {
  return side == Side::ours ? "rule ours" : "rule theirs";
}

std::string record_text(const model::Record& record) {
  JsonWriter json;
  json.begin_object();
  // "volatile" sorts behind every other name of ours but a few, as RFC 8785 wants it.
  bool open = !record.volatiles.empty();
  const auto write_volatile = [&] {
    json.key("volatile").begin_object();
    write_members(json, record.volatiles);
    json.end_object();
    open = false;
  };
  for (const model::Field& field : record.fields) {
    if (open && field.name > "volatile") {
      write_volatile();
    }
    json.key(field.name).raw(field.json);
  }
  if (open) {
    write_volatile();
  }
  return json.end_object().take();
}

}  // namespace qsnap::merge
