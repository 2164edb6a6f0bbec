// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/search/record_lines.hpp>

namespace qsnap::app {

/// Search's port over what `show` and `diff` read payloads with.
class DecodedMembers final : public search::MemberReader {
 public:
  [[nodiscard]] std::optional<std::string> decoded(const model::Fields& members,
                                                   const model::Field& member) const override;

 private:
  frameworks::decode::DecodingPayloadReader m_payloads;
};

}  // namespace qsnap::app
