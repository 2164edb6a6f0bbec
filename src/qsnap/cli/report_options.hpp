// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/compare.hpp>
#include <qsnap/cli/rule_options.hpp>
#include <qsnap/cli/session.hpp>
#include <qsnap/report/diff_faces.hpp>

namespace qsnap::cli {

/// How diff and verify report.
struct ReportOptions {
  std::string format;
  bool stat = false, name_only = false, side_by_side = false;  ///< short for a format
  bool quiet = false, full = false, no_pager = false;
  std::string output;                ///< a file instead of standard output
  std::vector<std::string> reports;  ///< FORMAT=FILE
  std::string comment_key;
  RuleOptions rules;
};

/// --format and its short forms, --full, --quiet, --output, --report, --comment-key, --no-pager, and the rules.
/// `options` is not owned.
void add_report_options(CLI::App* command, ReportOptions& options);

/// One report, and where it goes.
struct Face {
  report::DiffFormat format = report::DiffFormat::text;
  std::string file;  ///< empty: standard output
};

/// --redis-a, --redis-b, --prefix, --queue: two live servers in place of two sides. A URL is empty where the option has
/// none. Nothing is owned.
void add_two_servers_options(CLI::App* command, std::optional<std::string>& redis_a,
                             std::optional<std::string>& redis_b, model::Scope& scope);

/// Which reports are wanted. Errors with `usage`: an unknown format, or two for standard output. Errors from here on
/// are JSON where the report is.
Result<std::vector<Face>> chosen_faces(Session& session, const ReportOptions& options);

/// Those that are for test runners, and tell of a missing snapshot: people and JSON get the error.
[[nodiscard]] std::vector<Face> test_faces(std::vector<Face> faces);

/// What app needs to know for these reports.
[[nodiscard]] app::CompareChoice compare_choice(const ReportOptions& options, const std::vector<Face>& faces);

/// Renders one of them.
using FaceWriter = std::function<Result<void>(const report::DiffReport&, report::DiffFormat, const report::FaceOptions&,
                                              const report::Output&)>;

/// Writes all of them, with what --explain tells at the end of text: files first, then standard output, by a pager on a
/// terminal.
Result<void> write_faces(Session& session, const ReportOptions& options, const std::vector<Face>& faces,
                         report::DiffReport report, const FaceWriter& write = report::write_diff);

/// The exit code. What could not be compared (exit 5), or with --strict a rule that matched nothing (exit 2), is an
/// error.
Result<int> verdict(const ReportOptions& options, const report::DiffReport& report);

}  // namespace qsnap::cli
