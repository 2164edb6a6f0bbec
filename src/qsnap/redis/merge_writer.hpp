// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// Writes keys beside those of a target that is in use. First what is new as a whole, which nobody sees while nothing
/// refers to it; then, at once, what is added to keys that others may write to: one transaction, or several where it
/// is more than 8 MiB; then counters. Nothing that is there is ever changed. Never scripts, never RESTORE. One thread.
class MergeWriter {
 public:
  /// `progress` is asked whether to go on; it is not told anything.
  MergeWriter(Connection& connection, std::size_t pipeline_depth, Progress progress);
  ~MergeWriter();

  /// REQUIRES: there is no such key, and who uses the target has no reason to make one
  Result<void> create(const model::KeyWrite& write);
  /// Elements of a list, set, sorted set or hash. Kept until finish(). What is there already stays as it is.
  Result<void> append(const model::KeyWrite& write);
  /// A counter, which then is at least `value`.
  Result<void> raise(std::string_view key, std::int64_t value);
  Result<void> finish();

  /// How many keys were written or added to, or may have been.
  [[nodiscard]] std::uint64_t keys_written() const;
  [[nodiscard]] Result<std::vector<std::string>> first_keys(std::size_t count) const;
  /// How many transactions may have been carried out, of how many. From the first one on there is no undo: workers may
  /// be at work on the jobs.
  struct Appended {
    std::size_t done = 0;
    std::size_t all = 0;
  };
  [[nodiscard]] Appended appended() const;
  /// After a failure, and REQUIRES: appended().done == 0. As KeyWriter::undo.
  Result<void> undo(Connection& over);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// Adds to a counter, which need not be there; the answer is its value afterwards.
Result<std::int64_t> add_to_counter(Connection& connection, std::string_view key, std::int64_t amount);
/// 0 for a counter that is not there. Errors with `refused` if the key is none.
Result<std::int64_t> read_counter(Connection& connection, std::string_view key);

}  // namespace qsnap::redis
