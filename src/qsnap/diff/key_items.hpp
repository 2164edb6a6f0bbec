// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// One element of a verbatim key, as JSON text: a hash's field and value, a sorted set's member and score; for the
/// other types `value` alone is set.
struct KeyItem {
  std::string name;
  std::string value;
};

/// The elements of a record's "items". `type` is Redis's word.
Result<std::vector<KeyItem>> key_items(std::string_view items_json, std::string_view type,
                                       const model::PayloadReader& payloads);

/// Compares by name where the type has names (hash, zset, set), so that an insertion is one difference; else by
/// position, behind the common beginning and before the common end. `prefix` is the path of the elements (".items").
void compare_key_items(const std::vector<KeyItem>& before, const std::vector<KeyItem>& after, std::string_view type,
                       std::string_view prefix, FieldCollector& fields);

}  // namespace qsnap::diff
