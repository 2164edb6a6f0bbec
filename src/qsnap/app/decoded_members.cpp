// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/decoded_members.hpp>
#include <qsnap/diff/decoded_member.hpp>

namespace qsnap::app {

std::optional<std::string> DecodedMembers::decoded(const model::Fields& members, const model::Field& member) const {
  // Most members are numbers and words: asking for the codec of each takes longer than the rest of a search.
  const bool may_be_encoded = member.name == "payload" || member.json.starts_with('"') || member.json.starts_with('{');
  if (!may_be_encoded || (member.name != "payload" && !members.contains(diff::codec_name(member.name)))) {
    return std::nullopt;
  }
  auto decoded = diff::decoded_member(members, member.name, member.json, m_payloads);
  return decoded && *decoded != member.json ? std::optional{*std::move(decoded)} : std::nullopt;
}

}  // namespace qsnap::app
