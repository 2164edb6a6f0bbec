// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::app {

/// The jobs of a document that can be changed: lines in a spool, and 24 bytes for each job. One thread.
class JobRows {
 public:
  /// Jobs per queue and state: what was added and taken away.
  using Deltas = std::map<std::pair<std::string, std::string>, std::int64_t>;

  static Result<JobRows> read(const codec::SnapshotReader& document);

  /// REQUIRES: not erased, here and in what follows
  [[nodiscard]] Result<model::Record> record(std::size_t row) const;
  /// In its seat, or, where its place is another one now, behind all that are there: as a new row then. Rows keep their
  /// numbers.
  Result<void> replace(std::size_t row, const model::Record& job);
  void erase(std::size_t row);
  /// Behind all that are in its place.
  Result<void> append(const model::Record& job);
  /// The rows of a place, in order.
  [[nodiscard]] std::vector<std::size_t> rows_in(const diff::Place& place) const;
  /// Puts them into this order. REQUIRES: `order` is rows_in() of one place, permuted
  void reorder(const std::vector<std::size_t>& order);

  /// Every row in order.
  using Visitor = std::function<void(std::size_t row, const model::Record& job)>;
  Result<void> visit(const Visitor& visitor) const;

  [[nodiscard]] const Deltas& deltas() const { return m_deltas; }
  /// By place, in the order of the document.
  Result<void> write(model::RecordSink& sink) const;

 private:
  using PlaceKey = std::pair<std::string, std::string>;
  struct Row {
    const PlaceKey* place = nullptr;  ///< a key of m_places; null: erased
    SpoolRef line;
  };

  JobRows(const codec::SnapshotReader& document, Spool spool) : m_document(&document), m_spool(std::move(spool)) {}
  Result<Row> row_of(const model::Record& job, std::string_view line);

  const codec::SnapshotReader* m_document;  ///< not owned; parses lines
  Spool m_spool;
  std::vector<Row> m_rows;
  std::map<PlaceKey, int> m_places;  ///< every place that a row is or was in
  Deltas m_deltas;
};

}  // namespace qsnap::app
