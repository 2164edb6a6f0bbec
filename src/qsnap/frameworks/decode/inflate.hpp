// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap::frameworks::decode {

/// What zlib or gzip packed. Errors with `corrupt` for anything else, a wrong checksum and bytes behind the end; with
/// `limit_exceeded` as soon as there would be more than `most_bytes`.
Result<std::string> inflate(std::string_view packed, std::size_t most_bytes = limits::k_decoded_bytes);

}  // namespace qsnap::frameworks::decode
