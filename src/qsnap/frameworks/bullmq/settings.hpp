// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/record.hpp>

/// A queue's hash "meta" as members of its record, and back.
namespace qsnap::frameworks::bullmq {

/// In front of the version in "meta", whatever the language of the port.
inline constexpr std::string_view k_version_prefix = "bullmq:";

/// Adds "version", "paused" and, for all other fields, "meta". Field names must be UTF-8.
void describe_meta(const model::ItemBlock& hash, model::Record& record);
/// The inverse; empty when the record has none of it. Errors with `corrupt`.
Result<model::ItemBlock> meta_hash(const model::Record& record);

/// "6.7.0" of "bullmq:6.7.0"; empty for anything else.
[[nodiscard]] std::string_view version_of(const model::ItemBlock& meta);

}  // namespace qsnap::frameworks::bullmq
