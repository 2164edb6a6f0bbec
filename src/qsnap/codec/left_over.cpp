// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_set>
#include <utility>

#include <qsnap/codec/conflict_json.hpp>
#include <qsnap/codec/left_over.hpp>

namespace qsnap::codec {

namespace {

using Conflicts = std::vector<model::Conflict>;

/// Documents may have thousands of conflicts: they are compared as texts, not each with each.
class Known {
 public:
  explicit Known(const Conflicts& conflicts) {
    std::transform(conflicts.begin(), conflicts.end(), std::inserter(m_texts, m_texts.end()), format_conflict);
  }
  [[nodiscard]] bool contains(const model::Conflict& conflict) const {
    return m_texts.contains(format_conflict(conflict));
  }

 private:
  std::unordered_set<std::string> m_texts;
};

}  // namespace

bool same_document(const SnapshotReader& one, const SnapshotReader& other) {
  return one.root() == other.root() && one.metadata() == other.metadata();
}

Result<Conflicts> left_over_conflicts(const SnapshotReader* base, const SnapshotReader& ours,
                                      const SnapshotReader& theirs) {
  QSNAP_ASSIGN(const Conflicts before, base != nullptr ? base->conflicts() : Conflicts{});
  QSNAP_ASSIGN(Conflicts left, ours.conflicts());
  QSNAP_ASSIGN(Conflicts added, theirs.conflicts());
  const Known in_base{before}, in_theirs{added};
  std::erase_if(left, [&](const auto& one) { return in_base.contains(one) && !in_theirs.contains(one); });
  std::erase_if(added, [&](const auto& one) { return in_base.contains(one); });
  return joined_conflicts(std::move(left), std::move(added));
}

Conflicts joined_conflicts(Conflicts first, Conflicts second) {
  const Known known{first};
  std::copy_if(std::make_move_iterator(second.begin()), std::make_move_iterator(second.end()),
               std::back_inserter(first), [&](const model::Conflict& one) { return !known.contains(one); });
  return first;
}

}  // namespace qsnap::codec
