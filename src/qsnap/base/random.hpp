// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/base/result.hpp>

namespace qsnap {

/// Bytes for keys, from getrandom(2).
Result<std::string> random_bytes(std::size_t count);

}  // namespace qsnap
