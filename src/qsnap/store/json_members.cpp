// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/store/json_members.hpp>

namespace qsnap::store {

Result<JsonMembers> JsonMembers::parse(std::string_view what, std::string_view schema, std::string_view json) {
  QSNAP_ASSIGN(auto fields, codec::object_members(json));
  JsonMembers members{what, std::move(fields)};
  QSNAP_ASSIGN(const std::string found, members.text("schema"));
  if (found != schema) {
    return make_error(ErrorCode::corrupt, fmt::format("is no {}: its schema is not {}", what, schema));
  }
  return members;
}

Error JsonMembers::bad(std::string_view name) const {
  return make_error(ErrorCode::corrupt, fmt::format("is no {}: its \"{}\" is missing or wrong", m_what, name));
}

std::optional<std::string_view> JsonMembers::json(std::string_view name) const {
  const auto found = std::find_if(m_fields.begin(), m_fields.end(), [&](const auto& f) { return f.name == name; });
  return found != m_fields.end() ? std::optional<std::string_view>{found->json} : std::nullopt;
}

Result<std::string> JsonMembers::text(std::string_view name) const {
  const auto value = json(name);
  auto bytes = value ? codec::json_to_bytes(*value) : std::nullopt;
  return bytes ? Result<std::string>{*std::move(bytes)} : bad(name);
}

Result<std::optional<std::string>> JsonMembers::digest(std::string_view name) const {
  constexpr std::size_t k_digest_bytes = 32;
  if (json(name) == "null") {
    return std::optional<std::string>{};
  }
  QSNAP_ASSIGN(const std::string hex, text(name));
  auto bytes = from_hex(hex);
  return bytes && bytes->size() == k_digest_bytes ? Result<std::optional<std::string>>{std::move(bytes)} : bad(name);
}

Result<std::uint64_t> JsonMembers::count(std::string_view name) const {
  const auto value = json(name);
  const auto number = value ? parse_integer(*value) : std::nullopt;
  return number && *number >= 0 ? Result<std::uint64_t>{static_cast<std::uint64_t>(*number)} : bad(name);
}

Result<Instant> JsonMembers::instant(std::string_view name) const {
  QSNAP_ASSIGN(const std::string words, text(name));
  const auto at = parse_instant(words);
  return at ? Result<Instant>{*at} : bad(name);
}

Result<std::vector<std::string>> JsonMembers::texts(std::string_view name) const {
  const auto value = json(name);
  const auto elements = value ? codec::array_elements(*value) : bad(name);
  if (!elements) {
    return bad(name);
  }
  std::vector<std::string> texts;
  for (const std::string& element : *elements) {
    auto bytes = codec::json_to_bytes(element);
    if (!bytes) {
      return bad(name);
    }
    texts.push_back(*std::move(bytes));
  }
  return texts;
}

Result<SnapshotName> JsonMembers::name(std::string_view name) const {
  QSNAP_ASSIGN(const std::string words, text(name));
  auto parsed = SnapshotName::parse(words);
  return parsed && parsed->text() == words ? std::move(parsed) : bad(name);
}

}  // namespace qsnap::store
