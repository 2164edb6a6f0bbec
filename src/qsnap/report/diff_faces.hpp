// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/output.hpp>
#include <qsnap/report/style.hpp>

/// The faces of a comparison. All of them render DiffReport, by report/overview.hpp; each escapes for where it goes.
/// Deterministic: no clock, no host.
namespace qsnap::report {

enum class DiffFormat : std::uint8_t {
  text,            ///< queue by queue; side by side where asked for and wide enough
  side_by_side,    ///< unified below 100 columns, and says so
  stat,            ///< a line for each snapshot and queue, with bars
  name_only,       ///< names of snapshots that differ
  json,            ///< one document, everything, unfolded
  ndjson,          ///< a change on a line
  markdown,        ///< whole
  github_comment,  ///< Markdown within the budget of a comment, with a marker to find it again
  html,            ///< one self-contained file
  junit,
  tap,     ///< version 14
  github,  ///< annotations: workflow commands
};
/// "side-by-side", "github-comment": as --format takes them, in this order.
[[nodiscard]] std::string_view to_text(DiffFormat format);

/// What a face needs to know beside the report.
struct FaceOptions {
  Style style{};
  Detail detail = Detail::folded;
  bool show_ignored = false;
  std::size_t comment_characters = 60'000;  ///< budget of github_comment, in code points
  std::size_t comment_bytes = 240'000;
  std::string comment_key;  ///< which of several comments on one pull request it is: of a job of a matrix
};

Result<void> write_text(const DiffReport& report, const FaceOptions& options, const Output& out);
Result<void> write_side_by_side(const DiffReport& report, const FaceOptions& options, const Output& out);
Result<void> write_stat(const DiffReport& report, const FaceOptions& options, const Output& out);
Result<void> write_name_only(const DiffReport& report, const Output& out);
/// {"schema":"qsnap.diff/1",…} of two sides, schemas/v1/diff.schema.json; {"schema":"qsnap.diff-set/1",…} of a range,
/// schemas/v1/diff-set.schema.json.
Result<void> write_json(const DiffReport& report, const Output& out);
/// A line {"schema":"qsnap.diff-line/1","type":"snapshot|change|ignored|end",…} each, schemas/v1/diff-line.schema.json.
Result<void> write_ndjson(const DiffReport& report, const Output& out);
Result<void> write_markdown(const DiffReport& report, const FaceOptions& options, const Output& out);
Result<void> write_github_comment(const DiffReport& report, const FaceOptions& options, const Output& out);
Result<void> write_html(const DiffReport& report, const FaceOptions& options, const Output& out);
Result<void> write_junit(const DiffReport& report, const FaceOptions& options, const Output& out);
Result<void> write_tap(const DiffReport& report, const FaceOptions& options, const Output& out);
/// At most nine annotations of each kind and a last line that tells how many more (GitHub drops what is beyond ten).
Result<void> write_github_annotations(const DiffReport& report, const Output& out);

/// Any of them.
Result<void> write_diff(const DiffReport& report, DiffFormat format, const FaceOptions& options, const Output& out);

}  // namespace qsnap::report
