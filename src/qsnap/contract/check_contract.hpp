// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/contract.hpp>
#include <qsnap/model/snapshot.hpp>

/// Pure: a state and what must hold of it → what does not.
namespace qsnap::contract {

/// What became of one invariant. Not an error: a broken contract is a result.
struct Finding {
  std::string invariant;
  std::string file;
  int line = 0;
  bool holds = true;
  bool vacuous = false;  ///< it holds because nothing was selected: worth a word, it may be a typing error
  /// What was found: "expected at most 3, found 5"; a sentence. Hostile bytes.
  std::string found;
  std::vector<std::string> examples;  ///< jobs that break it: the first ones, in the words of reports
  std::uint64_t breaking_jobs = 0;    ///< all of them
};

struct ContractReport {
  std::vector<Finding> findings;  ///< one for each invariant, in the order of the file
  [[nodiscard]] bool holds() const;
};

/// Reads the state once, in bounded memory but for unique values, which take some 50 bytes each; more than 16 million
/// of them are `limit_exceeded`. `payloads` reads what is encoded, as for a comparison.
Result<ContractReport> check_contract(const model::RecordSource& state, const std::vector<config::Contract>& contracts,
                                      const model::PayloadReader& payloads, const Progress& progress);

}  // namespace qsnap::contract
