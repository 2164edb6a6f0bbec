// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/contract_files.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>

namespace qsnap::app {

Result<std::vector<config::Contract>> read_contracts(const std::vector<std::string>& files) {
  std::vector<config::Contract> contracts;
  for (const std::string& file : files) {
    std::error_code unknown;
    if (std::filesystem::symlink_status(file, unknown).type() == std::filesystem::file_type::not_found) {
      return make_error(ErrorCode::not_found, fmt::format("there is no contract {}", file));
    }
    QSNAP_ASSIGN(const std::string text, read_file(file, limits::k_config_bytes));
    QSNAP_ASSIGN(config::Contract contract, config::parse_contract(text, file));
    contracts.push_back(std::move(contract));
  }
  return contracts;
}

}  // namespace qsnap::app
