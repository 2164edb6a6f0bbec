// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/conflict_json.hpp>
#include <qsnap/codec/json.hpp>

namespace qsnap::codec {

namespace {

using model::Conflict;
using model::Field;

void write_value(JsonWriter& out, std::string_view name, const std::optional<std::string>& json) {
  if (json) {
    out.key(name).raw(*json);
  }
}

void write_name(JsonWriter& out, std::string_view name, const std::string& bytes) {
  if (!bytes.empty()) {
    out.key(name).bytes(bytes);
  }
}

std::optional<std::string> value(const std::vector<Field>& members, std::string_view name) {
  const auto at =
      std::find_if(members.begin(), members.end(), [&](const Field& member) { return member.name == name; });
  return at == members.end() ? std::nullopt : std::optional{at->json};
}

Error bad_conflict(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("bad conflict: {}", what));
}

/// Empty where the member is not there.
Result<std::string> name(const std::vector<Field>& members, std::string_view member) {
  const std::optional<std::string> json = value(members, member);
  if (!json) {
    return std::string{};
  }
  std::optional<std::string> bytes = json_to_bytes(*json);
  if (!bytes || bytes->empty()) {
    return bad_conflict(fmt::format("{} is no text", member));
  }
  return *std::move(bytes);
}

}  // namespace

std::string format_conflict(const Conflict& conflict) {
  JsonWriter out;
  out.begin_object();
  write_value(out, "base", conflict.base);
  write_name(out, "id", conflict.id);
  out.key("kind").bytes(to_text(conflict.kind));
  write_name(out, "name", conflict.name);
  write_value(out, "ours", conflict.ours);
  write_name(out, "path", conflict.path);
  write_name(out, "queue", conflict.queue);
  write_name(out, "state", conflict.state);
  out.key("subject").bytes(conflict.subject);
  write_value(out, "theirs", conflict.theirs);
  return out.end_object().take();
}

Result<Conflict> parse_conflict(std::string_view line) {
  QSNAP_ASSIGN(const std::vector<Field> members, object_members(line));
  Conflict conflict;
  QSNAP_ASSIGN(const std::string kind, name(members, "kind"));
  if (kind.empty()) {
    return bad_conflict("kind is no text");
  }
  const auto known = model::parse_conflict_kind(kind);
  if (!known) {
    return make_error(ErrorCode::unsupported_version,
                      fmt::format("this version does not know conflicts of kind \"{}\"", kind));
  }
  conflict.kind = *known;
  QSNAP_ASSIGN(conflict.subject, name(members, "subject"));
  QSNAP_ASSIGN(conflict.queue, name(members, "queue"));
  QSNAP_ASSIGN(conflict.state, name(members, "state"));
  QSNAP_ASSIGN(conflict.id, name(members, "id"));
  QSNAP_ASSIGN(conflict.name, name(members, "name"));
  QSNAP_ASSIGN(conflict.path, name(members, "path"));
  conflict.base = value(members, "base");
  conflict.ours = value(members, "ours");
  conflict.theirs = value(members, "theirs");
  if (conflict.subject.empty() || format_conflict(conflict) != line) {
    return bad_conflict("it is not written as it should be");
  }
  return conflict;
}

}  // namespace qsnap::codec
