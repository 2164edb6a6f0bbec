// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <qsnap/app/show.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/report/job_report.hpp>
#include <qsnap/report/snapshot_report.hpp>

namespace qsnap::app {

namespace {

/// Rows of one state at a time: printed when the state ends, the first `most` of them.
class StateRows {
 public:
  StateRows(std::size_t most, const report::Style& style, const Print& print)
      : m_most(most), m_style(style), m_print(print) {}

  Result<void> add(report::JobRow row) {
    const bool other_state =
        !m_rows.empty() && (m_rows.front().queue != row.queue || m_rows.front().state != row.state);
    if (other_state || m_rows.size() == k_batch) {
      QSNAP_TRY(flush());
    }
    ++m_total;
    if (m_rows.size() < m_most) {
      m_rows.push_back(std::move(row));
    }
    return {};
  }

  /// The last rows, or a word that there were none.
  Result<void> finish() {
    return m_rows.empty() && m_above.queue.empty() ? m_print(report::jobs_text({}, 0, {}, m_style)) : flush();
  }

 private:
  Result<void> flush() {
    if (!m_rows.empty()) {
      QSNAP_TRY(m_print(report::jobs_text(m_rows, m_total, m_above, m_style)));
      m_above = {m_rows.back().queue, m_rows.back().state};
    }
    m_rows.clear();
    m_total = 0;
    return {};
  }

  static constexpr std::size_t k_batch = 10000;  ///< so many rows are aligned with each other at the most

  std::size_t m_most;
  const report::Style& m_style;
  const Print& m_print;
  std::vector<report::JobRow> m_rows;
  std::uint64_t m_total = 0;
  report::JobHeading m_above;
};

Result<void> print_rows(const codec::SnapshotReader& snapshot, const JobFilter& filter, const report::Style& style,
                        const Print& print) {
  constexpr std::size_t k_first_few = 5;
  StateRows rows{filter.any() ? std::numeric_limits<std::size_t>::max() : k_first_few, style, print};
  QSNAP_TRY(for_each_job(snapshot, filter, [&](const model::Record& job) { return rows.add(job_row(job)); }));
  return rows.finish();
}

Result<void> print_whole_jobs(const codec::SnapshotReader& snapshot, const JobFilter& filter,
                              const report::Style& style, const Print& print) {
  const frameworks::decode::DecodingPayloadReader payloads;
  bool found = false;
  QSNAP_TRY(for_each_job(snapshot, filter, [&](const model::Record& job) -> Result<void> {
    QSNAP_ASSIGN(const std::string text, report::whole_job_text(job_row(job), job, payloads, style));
    found = true;
    return print(text);
  }));
  return found ? Result<void>{} : print(report::jobs_text({}, 0, {}, style));
}

}  // namespace

Result<void> show_text(const OpenedSide& snapshot, const JobFilter& filter, ShowDetail detail,
                       const report::Style& style, const Print& print) {
  if (!filter.any()) {
    QSNAP_ASSIGN(report::SnapshotView view, summarize(snapshot.label, snapshot.reader));
    view.owner = snapshot.owner;
    QSNAP_TRY(print(report::snapshot_text(view, style) + '\n'));
  }
  return detail == ShowDetail::full ? print_whole_jobs(snapshot.reader, filter, style, print)
                                    : print_rows(snapshot.reader, filter, style, print);
}

Result<void> show_json(const OpenedSide& snapshot, const JobFilter& filter, ShowDetail detail, const Print& print) {
  QSNAP_ASSIGN(report::SnapshotView view, summarize(snapshot.label, snapshot.reader));
  view.owner = snapshot.owner;
  if (snapshot.capture) {
    view.capture = view_of(*snapshot.capture);
  }
  std::string head = report::snapshot_json(view, std::nullopt);
  head.pop_back();  // the object stays open for the jobs, one by one
  QSNAP_TRY(print(head + ",\"jobs\":["));
  std::string_view separator;
  QSNAP_TRY(for_each_job(snapshot.reader, filter, [&](const model::Record& job) -> Result<void> {
    report::JobRow row = job_row(job);
    if (detail == ShowDetail::full) {
      row.payload = job.fields.find("payload").value_or(std::string_view{});
    }
    QSNAP_TRY(print(separator));
    separator = ",";
    return print(report::job_json(row));
  }));
  return print("]}\n");
}

}  // namespace qsnap::app
