// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/byte_source.hpp>

namespace qsnap::app {

/// `blob` is null where the repository does not have it: then this is what is wrong with what it is of.
inline constexpr std::string_view k_blob_is_missing = "this repository does not have its content (a partial clone?)";
using BlobReader = std::function<Result<void>(std::size_t index, std::unique_ptr<codec::ByteSource> blob)>;

/// Each blob with one of these ids (hexadecimal), in this order, as a source that can be read anywhere. One process of
/// git for all; one blob at a time, a large one in an encrypted temporary file.
Result<void> for_each_blob(const std::filesystem::path& folder, std::span<const std::string> ids,
                           const BlobReader& reader);

}  // namespace qsnap::app
