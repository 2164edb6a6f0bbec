// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/frameworks/decode/decode.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>

namespace qsnap::frameworks::decode {

Result<std::string> DecodingPayloadReader::decoded(std::string_view payload, std::string_view enc,
                                                   std::string_view codec) const {
  if (codec.empty()) {
    return decode_inside(payload);
  }
  QSNAP_ASSIGN(const std::string bytes, codec::unembed(payload, enc.empty() ? "json" : enc));
  return decode(bytes, codec);
}

std::string DecodingPayloadReader::summary(std::string_view payload, std::string_view enc) const {
  constexpr std::size_t k_digits = 12;
  const auto unembedded = codec::unembed(payload, enc);
  const std::string_view bytes = unembedded ? std::string_view{*unembedded} : payload;
  return fmt::format("{} bytes, sha256 {}", bytes.size(), to_hex(codec::sha256(bytes)).substr(0, k_digits));
}

}  // namespace qsnap::frameworks::decode
