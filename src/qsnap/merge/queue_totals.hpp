// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/merge/context.hpp>
#include <qsnap/merge/job_ids.hpp>
#include <qsnap/merge/job_writer.hpp>
#include <qsnap/merge/place_map.hpp>

namespace qsnap::merge {

/// What queue records say of their jobs: how many there are in each state, and how far ids go. Never merged, but
/// computed from what becomes of the jobs.
class QueueTotals {
 public:
  QueueTotals(const Context& context, const JobDeltas& deltas, const HighestIds& highest)
      : m_context(context),
        m_deltas(deltas),
        m_highest(highest),
        m_ours(context.ours, context.payloads),
        m_theirs(context.theirs, context.payloads) {}

  /// Sets counts and counters of a merged queue record.
  Result<void> correct(const Versions& versions, model::Record& merged);
  /// Whether the result has jobs of a queue that one side removed.
  Result<bool> has_jobs(const Versions& versions) const;

 private:
  using Counts = std::map<std::string, std::int64_t, std::less<>>;
  Result<Counts> counts(const model::Record* record) const;
  Result<void> correct_counts(const Versions& versions, model::Record& merged);
  void correct_counters(const Versions& versions, model::Record& merged) const;
  /// Whether the place has jobs that a document shows, on either side.
  Result<bool> is_shown(const diff::Place& place);

  const Context& m_context;
  const JobDeltas& m_deltas;
  const HighestIds& m_highest;
  PlaceMap m_ours;
  PlaceMap m_theirs;
};

/// The id counters of all queues of all sides, the highest of each.
Result<HighestIds> id_counters(const Context& context);

}  // namespace qsnap::merge
