// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/store/history_json.hpp>
#include <qsnap/store/history_name.hpp>
#include <qsnap/store/json_members.hpp>

namespace qsnap::store {

namespace {

constexpr std::string_view k_entry_schema = "qsnap.history-entry/1";

Result<std::string> digest_member(const JsonMembers& members, std::string_view name) {
  QSNAP_ASSIGN(std::optional<std::string> digest, members.digest(name));
  return digest ? Result<std::string>{*std::move(digest)} : members.bad(name);
}

bool is_object_id(std::string_view text) {
  constexpr std::size_t k_digits = 40;
  return text.size() == k_digits && from_hex(text).has_value();
}

}  // namespace

std::string format_history_entry(const HistoryEntry& entry, std::string_view ref) {
  JsonWriter json;
  json.begin_object().key("schema").bytes(k_entry_schema).key("name").bytes(entry.name.text());
  json.key("captured_at").bytes(format_instant(entry.captured_at));
  json.key("root").bytes(to_hex(entry.root)).key("fingerprint").bytes(to_hex(entry.fingerprint));
  json.key("jobs").integer(static_cast<std::int64_t>(entry.jobs));
  json.key("queues").integer(static_cast<std::int64_t>(entry.queues));
  json.key("raw_bytes").integer(static_cast<std::int64_t>(entry.raw_bytes));
  json.key("description").bytes(entry.description).key("tags").begin_array();
  for (const std::string& tag : entry.tags) {
    json.bytes(tag);
  }
  json.end_array().key("payload").bytes(entry.payload_id);
  if (!ref.empty()) {
    json.key("ref").bytes(ref);
  }
  return json.end_object().take() + '\n';
}

Result<HistoryEntry> parse_history_entry(std::string_view json) {
  QSNAP_ASSIGN(const JsonMembers members, JsonMembers::parse("entry of history", k_entry_schema, json));
  QSNAP_ASSIGN(SnapshotName name, members.name("name"));
  const auto parts = history_parts(name);
  if (!parts || name.set()) {
    return members.bad("name");
  }
  HistoryEntry entry{std::move(name), {}, {}, {}, 0, 0, 0, {}, {}, {}};
  QSNAP_ASSIGN(entry.captured_at, members.instant("captured_at"));
  if (entry.captured_at != parts->captured_at) {
    return members.bad("captured_at");
  }
  QSNAP_ASSIGN(entry.root, digest_member(members, "root"));
  QSNAP_ASSIGN(entry.fingerprint, digest_member(members, "fingerprint"));
  QSNAP_ASSIGN(entry.jobs, members.count("jobs"));
  QSNAP_ASSIGN(entry.queues, members.count("queues"));
  QSNAP_ASSIGN(entry.raw_bytes, members.count("raw_bytes"));
  QSNAP_ASSIGN(entry.description, members.text("description"));
  QSNAP_ASSIGN(entry.tags, members.texts("tags"));
  std::sort(entry.tags.begin(), entry.tags.end());
  entry.tags.erase(std::unique(entry.tags.begin(), entry.tags.end()), entry.tags.end());
  QSNAP_ASSIGN(entry.payload_id, members.text("payload"));
  return is_object_id(entry.payload_id) ? Result<HistoryEntry>{std::move(entry)} : members.bad("payload");
}

}  // namespace qsnap::store
