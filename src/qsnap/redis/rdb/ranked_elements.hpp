// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/redis/sorted_elements.hpp>

namespace qsnap::redis {

/// Whether Redis keeps (score, member) in front of (other_score, other_member). REQUIRES: no NaN
[[nodiscard]] bool ranks_before(double score, std::string_view member, double other_score,
                                std::string_view other_member);

/// The members of one large sorted set as an RDB has them, which leave in Redis's order. Redis writes them from the
/// greatest to the least; then they only need turning round, part by part. Versions before 4.0 wrote them in no order:
/// the first one that is out of line makes this sort them all. Memory: as SortedElements.
class RankedElements {
 public:
  /// Not owned.
  explicit RankedElements(Spool& spool) : m_spool(spool) {}

  /// REQUIRES: score is not NaN
  Result<void> add(std::string_view member, double score);
  /// The parts of the key's value, as model/keyspace.hpp says.
  Result<std::vector<SpoolRef>> finish();

 private:
  Result<void> flush();
  Result<void> give_up_order();
  Result<void> add_sorted(std::string_view member, double score);
  Result<std::vector<SpoolRef>> finish_sorted();

  Spool& m_spool;
  model::ItemBlock m_run;  ///< member and score text, descending
  double m_last_score = 0;
  std::string m_last_member;
  std::vector<SpoolRef> m_parts;  ///< the greatest first; inside each, ascending
  std::optional<SortedElements> m_sorted;
  std::string m_key;
};

}  // namespace qsnap::redis
