// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/diff/decoded_member.hpp>

namespace qsnap::diff {

namespace {

constexpr std::string_view k_payload = "payload";

/// The word in a member; empty without it.
std::string word_of(const model::Fields& members, std::string_view name, const model::PayloadReader& payloads) {
  const auto json = members.find(name);
  auto word = json ? payloads.bytes(*json) : std::nullopt;
  return word ? *std::move(word) : std::string{};
}

}  // namespace

std::string style_name(std::string_view member) {
  return member == k_payload ? "enc" : fmt::format("{}_enc", member);
}

std::string codec_name(std::string_view member) {
  return member == k_payload ? "codec" : fmt::format("{}_codec", member);
}

Result<std::string> decoded_member(const model::Fields& members, std::string_view member, std::string_view json,
                                   const model::PayloadReader& payloads) {
  return payloads.decoded(json, word_of(members, style_name(member), payloads),
                          word_of(members, codec_name(member), payloads));
}

Result<std::vector<model::PayloadReader::Leaf>> readable_leaves(const model::Fields& members, const model::Field& field,
                                                                const model::PayloadReader& payloads) {
  if (field.name == k_payload || members.contains(codec_name(field.name))) {
    const auto decoded = decoded_member(members, field.name, field.json, payloads);
    auto leaves = decoded ? payloads.leaves(*decoded) : decoded.error();
    if (leaves) {
      return leaves;
    }
  }
  return payloads.leaves(field.json);
}

std::string member_summary(const model::Fields& members, std::string_view member, std::string_view json,
                           const model::PayloadReader& payloads) {
  return json_string(payloads.summary(json, word_of(members, style_name(member), payloads)));
}

}  // namespace qsnap::diff
