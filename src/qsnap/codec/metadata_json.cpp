// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/redaction_token.hpp>

/// The document's member "metadata": format_metadata and parse_metadata of record_json.hpp.
namespace qsnap::codec {

namespace {

using model::Consistency;
using model::Field;
using model::FrameworkInfo;
using model::Metadata;

constexpr std::string_view k_point_in_time = "point-in-time";
constexpr std::string_view k_none = "none";

void write_list(JsonWriter& out, const std::vector<std::string>& list) {
  out.begin_array();
  for (const std::string& element : list) {
    out.bytes(element);
  }
  out.end_array();
}

/// Left out where nothing was forced.
void write_forced(JsonWriter& out, const std::vector<model::ForcedFramework>& frameworks) {
  if (frameworks.empty()) {
    return;
  }
  out.key("frameworks").begin_array();
  for (const model::ForcedFramework& forced : frameworks) {
    out.begin_object().key("name").bytes(forced.name).key("namespace").bytes(forced.name_space).end_object();
  }
  out.end_array();
}

Error bad_metadata(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("bad metadata: {}", what));
}

/// The members of one object of the metadata. Members that this version does not know are left alone: later
/// versions of the format may add some.
class Members {
 public:
  static Result<Members> parse(std::string_view json) {
    QSNAP_ASSIGN(std::vector<Field> fields, object_members(json));
    return Members{std::move(fields)};
  }

  [[nodiscard]] Result<std::string_view> json(std::string_view name) const {
    const auto at = std::find_if(m_fields.begin(), m_fields.end(), [&](const Field& f) { return f.name == name; });
    if (at == m_fields.end()) {
      return bad_metadata(fmt::format("no member \"{}\"", name));
    }
    return std::string_view{at->json};
  }
  [[nodiscard]] bool contains(std::string_view name) const {
    return std::any_of(m_fields.begin(), m_fields.end(), [&](const Field& f) { return f.name == name; });
  }
  [[nodiscard]] Result<std::string> bytes(std::string_view name) const {
    QSNAP_ASSIGN(const std::string_view value, json(name));
    auto decoded = json_to_bytes(value);
    if (!decoded) {
      return bad_metadata(fmt::format("member \"{}\" is no text", name));
    }
    return *std::move(decoded);
  }
  [[nodiscard]] Result<std::vector<std::string>> sorted_list(std::string_view name) const {
    QSNAP_ASSIGN(const std::string_view value, json(name));
    QSNAP_ASSIGN(const std::vector<std::string> elements, array_elements(value));
    std::vector<std::string> list;
    for (const std::string& element : elements) {
      auto decoded = json_to_bytes(element);
      if (!decoded || (!list.empty() && *decoded <= list.back())) {
        return bad_metadata(fmt::format("\"{}\" is no sorted list of texts", name));
      }
      list.push_back(*std::move(decoded));
    }
    return list;
  }

 private:
  explicit Members(std::vector<Field> fields) : m_fields(std::move(fields)) {}

  std::vector<Field> m_fields;
};

Result<Instant> parse_captured_at(const Members& members) {
  QSNAP_ASSIGN(const std::string text, members.bytes("captured_at"));
  const auto at = parse_instant(text);
  if (!at) {
    return bad_metadata("\"captured_at\" is no instant");
  }
  return *at;
}

Result<Consistency> parse_consistency(const Members& members) {
  QSNAP_ASSIGN(const std::string text, members.bytes("consistency"));
  if (text != k_point_in_time && text != k_none) {
    return bad_metadata("unknown \"consistency\"");
  }
  return text == k_none ? Consistency::none : Consistency::point_in_time;
}

/// Absent where nothing was forced.
Result<std::vector<model::ForcedFramework>> parse_forced(const Members& scope) {
  std::vector<model::ForcedFramework> forced;
  if (!scope.contains("frameworks")) {
    return forced;
  }
  QSNAP_ASSIGN(const std::string_view json, scope.json("frameworks"));
  QSNAP_ASSIGN(const std::vector<std::string> elements, array_elements(json));
  for (const std::string& element : elements) {
    QSNAP_ASSIGN(const Members members, Members::parse(element));
    QSNAP_ASSIGN(std::string name, members.bytes("name"));
    QSNAP_ASSIGN(std::string name_space, members.bytes("namespace"));
    forced.push_back({std::move(name), std::move(name_space)});
    if (forced.size() > 1 && !(forced[forced.size() - 2] < forced.back())) {
      return bad_metadata("\"frameworks\" of the scope are not sorted");
    }
  }
  return forced;
}

Result<model::Scope> parse_scope(const Members& members) {
  QSNAP_ASSIGN(const std::string_view json, members.json("scope"));
  QSNAP_ASSIGN(const Members scope, Members::parse(json));
  QSNAP_ASSIGN(std::vector<std::string> prefixes, scope.sorted_list("prefixes"));
  QSNAP_ASSIGN(std::vector<std::string> queues, scope.sorted_list("queues"));
  QSNAP_ASSIGN(std::vector<model::ForcedFramework> frameworks, parse_forced(scope));
  return model::Scope{std::move(prefixes), std::move(queues), std::move(frameworks)};
}

Result<FrameworkInfo> parse_framework(std::string_view json) {
  QSNAP_ASSIGN(const Members members, Members::parse(json));
  QSNAP_ASSIGN(std::string name, members.bytes("name"));
  QSNAP_ASSIGN(std::string name_space, members.bytes("namespace"));
  QSNAP_ASSIGN(std::string version, members.bytes("version"));
  return FrameworkInfo{std::move(name), std::move(name_space), std::move(version)};
}

Result<std::vector<FrameworkInfo>> parse_frameworks(const Members& members) {
  QSNAP_ASSIGN(const std::string_view json, members.json("frameworks"));
  QSNAP_ASSIGN(const std::vector<std::string> elements, array_elements(json));
  std::vector<FrameworkInfo> frameworks;
  for (const std::string& element : elements) {
    QSNAP_ASSIGN(FrameworkInfo framework, parse_framework(element));
    frameworks.push_back(std::move(framework));
  }
  return frameworks;
}

/// Absent where nothing was redacted.
Result<std::string> parse_redaction_key(const Members& members) {
  if (!members.contains("redaction_key")) {
    return std::string{};
  }
  QSNAP_ASSIGN(std::string id, members.bytes("redaction_key"));
  if (!is_redaction_key_id(id)) {
    return bad_metadata("\"redaction_key\" is no key id");
  }
  return id;
}

}  // namespace

std::string format_metadata(const Metadata& metadata) {
  JsonWriter out;
  out.begin_object();
  out.key("captured_at").bytes(format_instant(metadata.captured_at));
  out.key("consistency").bytes(metadata.consistency == Consistency::none ? k_none : k_point_in_time);
  out.key("description").bytes(metadata.description);
  out.key("frameworks").begin_array();
  for (const FrameworkInfo& framework : metadata.frameworks) {
    out.begin_object();
    out.key("name").bytes(framework.name);
    out.key("namespace").bytes(framework.name_space);
    out.key("version").bytes(framework.version);
    out.end_object();
  }
  out.end_array();
  if (!metadata.redaction_key_id.empty()) {
    out.key("redaction_key").bytes(metadata.redaction_key_id);
  }
  out.key("scope").begin_object();
  write_forced(out, metadata.scope.frameworks);
  write_list(out.key("prefixes"), metadata.scope.prefixes);
  write_list(out.key("queues"), metadata.scope.queues);
  out.end_object();
  write_list(out.key("tags"), metadata.tags);
  out.end_object();
  return out.take();
}

Result<Metadata> parse_metadata(std::string_view json) {
  QSNAP_ASSIGN(const Members members, Members::parse(json));
  Metadata metadata;
  QSNAP_ASSIGN(metadata.captured_at, parse_captured_at(members));
  QSNAP_ASSIGN(metadata.consistency, parse_consistency(members));
  QSNAP_ASSIGN(metadata.description, members.bytes("description"));
  QSNAP_ASSIGN(metadata.tags, members.sorted_list("tags"));
  QSNAP_ASSIGN(metadata.scope, parse_scope(members));
  QSNAP_ASSIGN(metadata.frameworks, parse_frameworks(members));
  QSNAP_ASSIGN(metadata.redaction_key_id, parse_redaction_key(members));
  return metadata;
}

}  // namespace qsnap::codec
