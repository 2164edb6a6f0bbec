// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/set_choice.hpp>

namespace qsnap::app {

Result<ChosenSet> choose_set(const store::Store& /*store*/, const SetWords& words) {
  ChosenSet chosen;
  if (!words.set.empty()) {
    QSNAP_ASSIGN(store::SetName set, store::SetName::parse(words.set));
    if (!set.is_default()) {
      chosen.chain.sets.push_back(std::move(set));
    }
  }
  return chosen;
}

std::string set_words(const ChosenSet& chosen) {
  std::string words = "set ";
  for (const store::SetName& set : chosen.chain.sets) {
    words += set.text() + ", then ";
  }
  words += "default";
  return chosen.branch.empty() ? words : fmt::format("{} (branch {})", words, chosen.branch);
}

}  // namespace qsnap::app
