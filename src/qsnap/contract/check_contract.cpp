// SPDX-License-Identifier: Apache-2.0
#include <qsnap/contract/check_contract.hpp>

#include <algorithm>

namespace qsnap::contract {

bool ContractReport::holds() const {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.holds; });
}

}  // namespace qsnap::contract
