// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/store/json_members.hpp>
#include <qsnap/store/pending_json.hpp>

namespace qsnap::store {

namespace {

constexpr std::string_view k_entry_schema = "qsnap.pending-entry/1";
/// Six bytes for each one (a control character is \u0000) are still within k_most_entry_bytes, twice.
constexpr std::size_t k_most_text_bytes = 4 * limits::k_kib;

void write_digest(JsonWriter& json, std::string_view name, const std::string& digest) {
  json.key(name);
  digest.empty() ? json.null() : json.bytes(to_hex(digest));
}

std::string_view cut_text(std::string_view text) {
  return text.substr(0, character_start(text, k_most_text_bytes));
}

}  // namespace

std::string format_pending_entry(const PendingEntry& entry) {
  JsonWriter json;
  json.begin_object().key("schema").bytes(k_entry_schema).key("name").bytes(entry.name.text());
  json.key("kind").bytes(to_text(entry.kind));
  write_digest(json, "expected_root", entry.expected_root.value_or(std::string{}));
  write_digest(json, "content_sha256", entry.content_digest);
  json.key("test").bytes(cut_text(entry.test)).key("summary").bytes(cut_text(entry.summary));
  return json.key("asserted_at").bytes(format_instant(entry.asserted_at)).end_object().take() + '\n';
}

Result<PendingEntry> parse_pending_entry(std::string_view json) {
  QSNAP_ASSIGN(const JsonMembers members, JsonMembers::parse("pending entry", k_entry_schema, json));
  QSNAP_ASSIGN(SnapshotName name, members.name("name"));
  PendingEntry entry{std::move(name), PendingKind::added, {}, {}, {}, {}};
  QSNAP_ASSIGN(const std::string word, members.text("kind"));
  const auto kind = parse_pending_kind(word);
  QSNAP_ASSIGN(entry.expected_root, members.digest("expected_root"));
  QSNAP_ASSIGN(auto content, members.digest("content_sha256"));
  if (!kind || content.has_value() == (kind == PendingKind::removed)) {
    return members.bad(kind ? "content_sha256" : "kind");
  }
  entry.kind = *kind;
  entry.content_digest = std::move(content).value_or(std::string{});
  QSNAP_ASSIGN(entry.test, members.text("test"));
  QSNAP_ASSIGN(entry.summary, members.text("summary"));
  QSNAP_ASSIGN(entry.asserted_at, members.instant("asserted_at"));
  return entry;
}

}  // namespace qsnap::store
