// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/app/resolve_rows.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/merge/findings.hpp>

namespace qsnap::app {

using model::Record;

Result<JobRows> JobRows::read(const codec::SnapshotReader& document) {
  QSNAP_ASSIGN(Spool spool, Spool::create());
  JobRows rows{document, std::move(spool)};
  for (std::size_t i = 0; i < document.chunks().size(); ++i) {
    if (document.chunks()[i].section != model::Section::jobs) {
      continue;
    }
    QSNAP_TRY(document.read_chunk(i, [&](const model::Chunk& chunk) -> Result<void> {
      for (const std::string_view line : chunk.lines) {
        QSNAP_ASSIGN(const Record job, document.parse(model::Section::jobs, line));
        QSNAP_ASSIGN(const Row row, rows.row_of(job, line));
        rows.m_rows.push_back(row);
      }
      return {};
    }));
  }
  return rows;
}

Result<JobRows::Row> JobRows::row_of(const Record& job, std::string_view line) {
  const codec::JsonPayloadReader payloads;
  const PlaceKey place{diff::plain_member(job, "queue", payloads), diff::plain_member(job, "state", payloads)};
  QSNAP_ASSIGN(const SpoolRef ref, m_spool.append(line));
  return Row{&m_places.try_emplace(place, 0).first->first, ref};
}

Result<Record> JobRows::record(std::size_t row) const {
  QSNAP_ASSIGN(const std::string line, m_spool.read(m_rows[row].line));
  return m_document->parse(model::Section::jobs, line);
}

Result<void> JobRows::replace(std::size_t row, const Record& job) {
  QSNAP_ASSIGN(const Row changed, row_of(job, merge::record_text(job)));
  if (changed.place == m_rows[row].place) {
    m_rows[row] = changed;
    return {};
  }
  erase(row);
  m_rows.push_back(changed);
  ++m_deltas[*changed.place];
  return {};
}

void JobRows::erase(std::size_t row) {
  --m_deltas[*m_rows[row].place];
  m_rows[row].place = nullptr;
}

Result<void> JobRows::append(const Record& job) {
  QSNAP_ASSIGN(const Row row, row_of(job, merge::record_text(job)));
  m_rows.push_back(row);
  ++m_deltas[*row.place];
  return {};
}

std::vector<std::size_t> JobRows::rows_in(const diff::Place& place) const {
  std::vector<std::size_t> rows;
  const auto at = m_places.find({place.queue, place.state});
  for (std::size_t i = 0; at != m_places.end() && i < m_rows.size(); ++i) {
    if (m_rows[i].place == &at->first) {
      rows.push_back(i);
    }
  }
  return rows;
}

void JobRows::reorder(const std::vector<std::size_t>& order) {
  std::vector<std::size_t> seats = order;
  std::sort(seats.begin(), seats.end());
  std::vector<Row> moved;
  for (const std::size_t row : order) {
    moved.push_back(m_rows[row]);
  }
  for (std::size_t i = 0; i < seats.size(); ++i) {
    m_rows[seats[i]] = moved[i];
  }
}

Result<void> JobRows::visit(const Visitor& visitor) const {
  for (std::size_t i = 0; i < m_rows.size(); ++i) {
    if (m_rows[i].place != nullptr) {
      QSNAP_ASSIGN(const Record job, record(i));
      visitor(i, job);
    }
  }
  return {};
}

Result<void> JobRows::write(model::RecordSink& sink) const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < m_rows.size(); ++i) {
    if (m_rows[i].place != nullptr) {
      order.push_back(i);
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return *m_rows[a].place < *m_rows[b].place; });
  for (const std::size_t row : order) {
    QSNAP_ASSIGN(Record job, record(row));
    QSNAP_TRY(sink.take(std::move(job)));
  }
  return {};
}

}  // namespace qsnap::app
