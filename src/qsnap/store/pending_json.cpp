// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/store/pending_json.hpp>

namespace qsnap::store {

namespace {

constexpr std::string_view k_entry_schema = "qsnap.pending-entry/1";
constexpr std::size_t k_digest_bytes = 32;
/// Six bytes for each one (a control character is \u0000) are still within k_most_entry_bytes, twice.
constexpr std::size_t k_most_text_bytes = 4 * limits::k_kib;

Error bad_member(std::string_view name) {
  return make_error(ErrorCode::corrupt, fmt::format("is no pending entry: its \"{}\" is missing or wrong", name));
}

void write_digest(JsonWriter& json, std::string_view name, const std::string& digest) {
  json.key(name);
  digest.empty() ? json.null() : json.bytes(to_hex(digest));
}

std::string_view cut_text(std::string_view text) {
  return text.substr(0, character_start(text, k_most_text_bytes));
}

/// The members of an entry's object, by name.
class Members {
 public:
  explicit Members(std::vector<model::Field> fields) : m_fields(std::move(fields)) {}

  [[nodiscard]] std::optional<std::string_view> json(std::string_view name) const {
    const auto found = std::find_if(m_fields.begin(), m_fields.end(), [&](const auto& f) { return f.name == name; });
    return found != m_fields.end() ? std::optional<std::string_view>{found->json} : std::nullopt;
  }
  [[nodiscard]] Result<std::string> text(std::string_view name) const {
    const auto value = json(name);
    auto bytes = value ? codec::json_to_bytes(*value) : std::nullopt;
    return bytes ? Result<std::string>{*std::move(bytes)} : bad_member(name);
  }
  /// 32 bytes; absent for null.
  [[nodiscard]] Result<std::optional<std::string>> digest(std::string_view name) const {
    if (json(name) == "null") {
      return std::optional<std::string>{};
    }
    QSNAP_ASSIGN(const std::string hex, text(name));
    auto bytes = from_hex(hex);
    return bytes && bytes->size() == k_digest_bytes ? Result<std::optional<std::string>>{std::move(bytes)}
                                                    : bad_member(name);
  }

 private:
  std::vector<model::Field> m_fields;
};

Result<SnapshotName> parse_name(const Members& members) {
  QSNAP_ASSIGN(const std::string text, members.text("name"));
  auto name = SnapshotName::parse(text);
  // A bare "x" is a name to the command line alone.
  return name && name->text() == text ? std::move(name) : bad_member("name");
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
  QSNAP_ASSIGN(auto fields, codec::object_members(json));
  const Members members{std::move(fields)};
  QSNAP_ASSIGN(const std::string schema, members.text("schema"));
  if (schema != k_entry_schema) {
    return make_error(ErrorCode::corrupt, fmt::format("is no pending entry: its schema is not {}", k_entry_schema));
  }
  QSNAP_ASSIGN(SnapshotName name, parse_name(members));
  PendingEntry entry{std::move(name), PendingKind::added, {}, {}, {}, {}};
  QSNAP_ASSIGN(const std::string word, members.text("kind"));
  const auto kind = parse_pending_kind(word);
  QSNAP_ASSIGN(entry.expected_root, members.digest("expected_root"));
  QSNAP_ASSIGN(auto content, members.digest("content_sha256"));
  if (!kind || content.has_value() == (kind == PendingKind::removed)) {
    return bad_member(kind ? "content_sha256" : "kind");
  }
  entry.kind = *kind;
  entry.content_digest = std::move(content).value_or(std::string{});
  QSNAP_ASSIGN(entry.test, members.text("test"));
  QSNAP_ASSIGN(entry.summary, members.text("summary"));
  QSNAP_ASSIGN(const std::string at, members.text("asserted_at"));
  const auto instant = parse_instant(at);
  if (!instant) {
    return bad_member("asserted_at");
  }
  entry.asserted_at = *instant;
  return entry;
}

}  // namespace qsnap::store
