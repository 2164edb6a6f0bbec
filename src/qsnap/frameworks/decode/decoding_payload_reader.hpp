// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/codec/json.hpp>

namespace qsnap::frameworks::decode {

/// codec's reader of JSON values that also reads payloads in the codecs of decode.hpp.
class DecodingPayloadReader final : public codec::JsonPayloadReader {
 public:
  [[nodiscard]] Result<std::string> decoded(std::string_view payload, std::string_view enc,
                                            std::string_view codec) const override;
  /// "1234 bytes, sha256 0123456789ab": the digest in short.
  [[nodiscard]] std::string summary(std::string_view payload, std::string_view enc) const override;
};

}  // namespace qsnap::frameworks::decode
