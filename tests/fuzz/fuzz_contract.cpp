// SPDX-License-Identifier: Apache-2.0
#include <fuzz/fuzz_target.hpp>

#include <qsnap/base/glob.hpp>
#include <qsnap/config/contract.hpp>

namespace qsnap::config {

namespace {

using fuzz::require;

void check_contract_text(std::string_view text) {
  const auto contract = parse_contract(text, "contract.yaml");
  if (!contract) {
    require(contract.error().message.starts_with("contract.yaml"), "an error names the file");
    return;
  }
  require(!contract->invariants.empty(), "a contract says something");
  for (const Invariant& invariant : contract->invariants) {
    require(!invariant.name.empty() && invariant.line > 0, "an invariant has a name and a line");
    if (const auto* each = std::get_if<EachInvariant>(&invariant.rule)) {
      require(!each->member.steps().empty() && each->member.conditions().empty(), "a member has a path");
    }
  }
}

/// The first line is a pattern, the rest a text.
void check_glob(std::string_view text) {
  const std::size_t end = text.find('\n');
  const std::string_view pattern = text.substr(0, end);
  const std::string_view rest = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  require(is_glob(pattern) || glob_matches(pattern, rest) == (pattern == rest), "without signs a glob is a text");
  require(!glob_matches(pattern, rest) || glob_matches(std::string{pattern} + "*", rest), "a star may take nothing");
}

}  // namespace

}  // namespace qsnap::config

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = qsnap::fuzz::text_of(data, size);
  qsnap::config::check_contract_text(text);
  qsnap::config::check_glob(text);
  return 0;
}
