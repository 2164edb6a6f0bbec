// SPDX-License-Identifier: Apache-2.0
// Apart from redaction_token.cpp, which needs HMAC and with it all of libcrypto: who only reads metadata
// (git-qsnap-driver, which is static) gets along without.
#include <qsnap/base/text.hpp>
#include <qsnap/codec/redaction_token.hpp>

namespace qsnap::codec {

bool is_redaction_key_id(std::string_view text) {
  constexpr std::size_t k_id_digits = 8;
  return text.size() == k_id_digits && from_hex(text).has_value();
}

}  // namespace qsnap::codec
