// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

/// A job that is a Redis hash of its own: fields become members by a table (frameworks/hash_fields.hpp), the others
/// are in the member "fields".
namespace qsnap::frameworks::layout {

struct HashJobSpec {
  std::vector<HashField> fields;
  std::vector<std::string_view> required = {};  ///< names of hash fields; without one of them it is no job (raw)
};

[[nodiscard]] std::shared_ptr<const JobFormat> make_hash_job(HashJobSpec spec);

}  // namespace qsnap::frameworks::layout
