// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/config/contract.hpp>

namespace qsnap::app {

/// Contracts that the user names by their files, in this order. Errors with not_found where there is no such file.
Result<std::vector<config::Contract>> read_contracts(const std::vector<std::string>& files);

}  // namespace qsnap::app
