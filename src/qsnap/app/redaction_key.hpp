// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <qsnap/codec/redaction_token.hpp>

namespace qsnap::app {

struct UserKey {
  enum class Origin : std::uint8_t { given, file, made };

  codec::RedactionKey key;
  Origin origin = Origin::given;
};

/// Where a user's key for redaction may be.
struct KeyPlaces {
  std::string given;                  ///< by the environment; empty: not
  std::filesystem::path config_home;  ///< the user's config folder; empty: there is none
};

[[nodiscard]] std::filesystem::path redaction_key_file(const KeyPlaces& places);

/// The given key, else the one in the file (mode 0600), which is made with a random key where it is not there: then
/// the same user's next snapshots have the same tokens. Of two processes that make one at once, both get the same.
Result<UserKey> user_key(const KeyPlaces& places);

}  // namespace qsnap::app
