// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/stage.hpp>
#include <qsnap/frameworks/seen_values.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::frameworks {

/// Records on their way, with what was looked at to make them.
class RecordBatch {
 public:
  struct Item {
    std::size_t source = 0;  ///< number of the reading
    model::Record record;
    std::size_t seen_end = 0;  ///< in m_seen, where its values end and those of the next item begin
    bool lost = false;         ///< it shall not be written
  };

  void add(std::size_t source, model::Record record, std::span<const SeenValue> seen);
  void clear();
  [[nodiscard]] std::vector<Item>& items() { return m_items; }
  /// What was looked at to make item `i`.
  [[nodiscard]] std::span<const SeenValue> seen(std::size_t i) const;
  /// What it holds in memory, about.
  [[nodiscard]] std::size_t bytes() const { return m_bytes; }

 private:
  std::vector<Item> m_items;
  std::vector<SeenValue> m_seen;
  std::size_t m_bytes = 0;
};

/// The way of records from readings into a document: gathered in batches, proved, written. With several threads,
/// proving and writing have one each, and go on while the caller makes more; batches come back to the caller to be
/// emptied, because memory is freed best where it was allocated. Order and outcome do not depend on threads. An error
/// comes back with a later record, or at the end, and then the line must not be used any more.
class RecordLine {
 public:
  /// Marks what shall not be written. Called for batches in order.
  using Prove = std::function<Result<void>(RecordBatch&)>;

  /// `threads` counts the calling one. The sink must outlive the line and is the line's alone until finish().
  RecordLine(std::size_t threads, Prove prove, model::RecordSink& sink);
  RecordLine(const RecordLine&) = delete;
  RecordLine& operator=(const RecordLine&) = delete;

  /// REQUIRES: settle() was not called
  Result<void> prove(std::size_t source, model::Record record, std::span<const SeenValue> seen);
  /// Waits until every record so far is proved.
  Result<void> settle();
  /// A record that needs no proof. REQUIRES: settle() was called
  Result<void> write(model::Record record);
  /// Waits until every record is written. REQUIRES: settle() was called
  Result<void> finish();

 private:
  using Worker = std::optional<Stage<RecordBatch>>;

  Result<void> hand_over();
  void start();
  /// Waits until the worker has done everything, and ends it.
  static Result<void> drain(Worker& worker);
  Result<void> prove_batch(RecordBatch batch);
  Result<void> pass_on(RecordBatch batch);
  Result<void> write_batch(RecordBatch batch);
  RecordBatch empty_batch();

  std::size_t m_threads;
  Prove m_prove;
  model::RecordSink& m_sink;
  bool m_settled = false;
  RecordBatch m_batch;
  std::mutex m_spent_mutex;
  std::vector<RecordBatch> m_spent;  ///< written, not emptied yet
  // Last, because their threads work on the others; the one that pushes into the other goes first.
  Worker m_writing;
  Worker m_proving;
};

}  // namespace qsnap::frameworks
