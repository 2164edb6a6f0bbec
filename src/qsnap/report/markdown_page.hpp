// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/diff_lines.hpp>
#include <qsnap/report/overview.hpp>

/// The parts of a report in Markdown, so that whoever has a budget can choose among them. Internal to report.
namespace qsnap::report {

/// Each part ends with a newline and opens nothing that it does not close; one blank line goes between two parts.
class MarkdownPage {
 public:
  /// `report` must outlive the page.
  MarkdownPage(const DiffReport& report, const FaceOptions& options);

  /// The verdict as a heading, and a line of totals.
  [[nodiscard]] std::string head() const;
  /// A row for each queue that changed, one for a snapshot without another side; empty when nothing differs.
  [[nodiscard]] std::string table_head() const;
  [[nodiscard]] std::size_t rows() const { return m_rows.size(); }
  [[nodiscard]] std::string row(std::size_t index) const;
  /// What to unfold, of one snapshot that differs.
  [[nodiscard]] std::size_t details() const { return m_differing.size(); }
  [[nodiscard]] std::string detail(std::size_t index, const LineLimits& limits) const;
  /// What was compared, and by what.
  [[nodiscard]] std::string foot() const;

  [[nodiscard]] std::uint64_t changes() const;

 private:
  struct Row {
    std::size_t snapshot = 0;
    const Block* block = nullptr;  ///< of that snapshot's overview; null for the snapshot itself
  };

  [[nodiscard]] bool is_single() const { return !m_report.is_set(); }
  [[nodiscard]] std::string verdict() const;
  [[nodiscard]] std::string totals() const;

  const DiffReport& m_report;
  bool m_lists_ignored;
  std::vector<Overview> m_overviews;  ///< one for each snapshot
  std::vector<std::size_t> m_differing;
  std::vector<Row> m_rows;
};

}  // namespace qsnap::report
