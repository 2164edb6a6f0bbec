// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::redis {

/// The bytes of a file that only its owner can read (mode 0600 or stricter, else refused), at most `most_bytes` of
/// them: `usage` if there are more. `what` names it in messages: "credentials file".
Result<std::string> read_private_file(const std::filesystem::path& file, std::string_view what, std::size_t most_bytes);

}  // namespace qsnap::redis
