// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/record.hpp>

/// sidekiq-cron keeps a hash for each schedule. Here it becomes a config record and back.
namespace qsnap::frameworks::sidekiq {

/// `hash` is laid out as model/keyspace.hpp says. Absent when a field's name is not UTF-8: then it cannot be a name
/// in a record, and the hash stays as it is.
[[nodiscard]] std::optional<model::Record> cron_record(std::string_view framework, std::string_view id,
                                                       const model::ItemBlock& hash);

/// The hash that such a record was made of. Errors with `corrupt` for members that cannot be read.
Result<model::ItemBlock> cron_hash(const model::Record& record);

}  // namespace qsnap::frameworks::sidekiq
