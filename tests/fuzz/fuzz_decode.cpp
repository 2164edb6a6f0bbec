// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <fuzz/fuzz_target.hpp>
#include <string>

#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/decode/decode.hpp>
#include <qsnap/frameworks/decode/wire.hpp>

namespace qsnap::frameworks::decode {

namespace {

using fuzz::require;

constexpr std::array k_codecs = {"base64", "json", "msgpack", "php", "pickle", "protobuf", "zlib"};

void check_codec(std::string_view bytes, std::string_view codec) {
  const auto json = decode(bytes, codec);
  if (!json) {
    const bool told = json.error().code == ErrorCode::corrupt || json.error().code == ErrorCode::limit_exceeded;
    require(told, "what cannot be decoded is corrupt or too large");
    return;
  }
  const auto canonical = codec::canonical_json(*json);
  require(canonical && *canonical == *json, "what was decoded is canonical JSON");
  const auto again = decode(bytes, codec);
  require(again && *again == *json, "decoding gives the same text each time");
}

void check_sniff(std::string_view bytes) {
  if (const auto codec = sniff(bytes)) {
    require(decode(bytes, *codec).has_value(), "what was recognised can be decoded");
  }
}

void check_inside(std::string_view text) {
  if (const auto json = codec::canonical_json(text)) {
    const auto canonical = codec::canonical_json(decode_inside(*json));
    require(canonical.has_value(), "JSON with decoded strings is JSON");
  }
}

void check_message(std::string_view message) {
  WireWriter writer;
  for (WireReader reader{message}; !reader.at_end();) {
    const auto field = reader.next();
    if (!field) {
      return;
    }
    writer.field(*field);
  }
  require(writer.message() == message, "fields that were read are written to the same bytes");
}

}  // namespace

}  // namespace qsnap::frameworks::decode

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = qsnap::fuzz::text_of(data, size);
  for (const char* const codec : qsnap::frameworks::decode::k_codecs) {
    qsnap::frameworks::decode::check_codec(bytes, codec);
  }
  qsnap::frameworks::decode::check_sniff(bytes);
  qsnap::frameworks::decode::check_inside(bytes);
  qsnap::frameworks::decode::check_message(bytes);
  return 0;
}
