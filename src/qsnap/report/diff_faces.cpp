// SPDX-License-Identifier: Apache-2.0
#include <qsnap/report/diff_faces.hpp>

namespace qsnap::report {

std::string_view to_text(DiffFormat format) {
  switch (format) {
    case DiffFormat::text:
      return "text";
    case DiffFormat::side_by_side:
      return "side-by-side";
    case DiffFormat::stat:
      return "stat";
    case DiffFormat::name_only:
      return "name-only";
    case DiffFormat::json:
      return "json";
    case DiffFormat::ndjson:
      return "ndjson";
    case DiffFormat::markdown:
      return "markdown";
    case DiffFormat::github_comment:
      return "github-comment";
    case DiffFormat::html:
      return "html";
    case DiffFormat::junit:
      return "junit";
    case DiffFormat::tap:
      return "tap";
    case DiffFormat::github:
      return "github";
  }
  return "text";
}

Result<void> write_diff(const DiffReport& report, DiffFormat format, const FaceOptions& options, const Output& out) {
  switch (format) {
    case DiffFormat::text:
      return write_text(report, options, out);
    case DiffFormat::side_by_side:
      return write_side_by_side(report, options, out);
    case DiffFormat::stat:
      return write_stat(report, options, out);
    case DiffFormat::name_only:
      return write_name_only(report, out);
    case DiffFormat::json:
      return write_json(report, out);
    case DiffFormat::ndjson:
      return write_ndjson(report, out);
    case DiffFormat::markdown:
      return write_markdown(report, options, out);
    case DiffFormat::github_comment:
      return write_github_comment(report, options, out);
    case DiffFormat::html:
      return write_html(report, options, out);
    case DiffFormat::junit:
      return write_junit(report, options, out);
    case DiffFormat::tap:
      return write_tap(report, options, out);
    case DiffFormat::github:
      return write_github_annotations(report, out);
  }
  return {};
}

}  // namespace qsnap::report
