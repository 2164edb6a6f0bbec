// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <qsnap/model/conflict.hpp>

namespace qsnap::model {

namespace {

using enum ConflictKind;

constexpr std::array<std::pair<ConflictKind, std::string_view>, 9> k_words = {{
    {moved, "moved"},
    {changed, "changed"},
    {removed_changed, "removed-changed"},
    {added_differently, "added-differently"},
    {order, "order"},
    {collision, "collision"},
    {reference, "reference"},
    {key, "key"},
    {metadata, "metadata"},
}};

}  // namespace

std::string_view to_text(ConflictKind kind) {
  return std::find_if(k_words.begin(), k_words.end(), [kind](const auto& word) { return word.first == kind; })->second;
}

std::optional<ConflictKind> parse_conflict_kind(std::string_view text) {
  const auto found =
      std::find_if(k_words.begin(), k_words.end(), [text](const auto& word) { return word.second == text; });
  return found == k_words.end() ? std::nullopt : std::optional{found->first};
}

}  // namespace qsnap::model
