// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::redis {

/// Where the bytes of an RDB come from: a file, or a replication stream.
class RdbInput {
 public:
  virtual ~RdbInput() = default;
  /// The next bytes in order, at least one; empty at the end. The view lives until the next call.
  virtual Result<std::string_view> next() = 0;
};

}  // namespace qsnap::redis
