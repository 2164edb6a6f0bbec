// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <utility>

#include <qsnap/app/history_sets.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::app {

Result<std::vector<store::SetName>> history_sets(const std::filesystem::path& folder) {
  constexpr std::string_view k_refs = store::k_history_refs;
  QSNAP_ASSIGN(const std::string output,
               git::git_output({folder, {"for-each-ref", "--format=%(refname)", std::string{k_refs}}, {}}));
  std::vector<store::SetName> sets;
  for (const std::string_view ref : split(output, '\n')) {
    if (!ref.starts_with(k_refs)) {
      continue;
    }
    if (auto set = store::SetName::from_encoded(ref.substr(k_refs.size()))) {  // anything else is none of ours
      sets.push_back(*std::move(set));
    }
  }
  return sets;
}

}  // namespace qsnap::app
