// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

/// What queue frameworks put into payloads, made readable: never executed, always bounded (limits::k_decoded_bytes,
/// k_decoded_values, k_decoded_depth). For display and comparison; a load uses the bytes as they are.
namespace qsnap::frameworks::decode {

/// Canonical JSON of bytes in a codec: words joined by "+", the outermost first and four at the most,
/// as in "zlib+pickle", "base64+json", "php".
///   base64         standard alphabet with padding; line feeds are skipped
///   zlib, gzip     inflate()
///   json           codec::canonical_json()
///   pickle, php, msgpack, protobuf   their headers here
/// Where the last word is a wrapping (base64, zlib, gzip), the bytes inside are given in form B. Errors with `corrupt`
/// for bytes that are not in the codec, and for a word that is none; `limit_exceeded` for what would be too large.
Result<std::string> decode(std::string_view bytes, std::string_view codec);

/// The codec of bytes, found by looking and trying: decode() reads them with it. Absent for everything that is not
/// sure: plain text, JSON, msgpack and protobuf (which match nearly anything), base64 of nothing that is known.
[[nodiscard]] std::optional<std::string> sniff(std::string_view bytes);

/// Canonical JSON with every string in it that sniff() recognises replaced by what it decodes to (Laravel keeps PHP
/// inside of JSON, Sidekiq packed back-traces). The text itself where there is none. REQUIRES: `json` is canonical
[[nodiscard]] std::string decode_inside(std::string_view json);

}  // namespace qsnap::frameworks::decode
