// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/pager.hpp>
#include <qsnap/cli/report_options.hpp>
#include <qsnap/cli/step_summary.hpp>

namespace qsnap::cli {

namespace {

using report::DiffFormat;

constexpr std::array k_formats = {
    DiffFormat::text,  DiffFormat::side_by_side,   DiffFormat::stat, DiffFormat::name_only,
    DiffFormat::json,  DiffFormat::ndjson,         DiffFormat::html, DiffFormat::markdown,
    DiffFormat::junit, DiffFormat::github_comment, DiffFormat::tap,  DiffFormat::github,
};

constexpr std::string_view k_standard_output = "-";

std::vector<std::string> format_words() {
  std::vector<std::string> words;
  for (const DiffFormat format : k_formats) {
    words.emplace_back(report::to_text(format));
  }
  return words;
}

Result<DiffFormat> parse_format(std::string_view word) {
  const auto* const at = std::find_if(k_formats.begin(), k_formats.end(),
                                      [&](DiffFormat known) { return report::to_text(known) == word; });
  if (at == k_formats.end()) {
    return make_error(ErrorCode::usage, fmt::format("there is no format \"{}\"", word),
                      {fmt::format("{}", fmt::join(format_words(), ", "))});
  }
  return *at;
}

/// The one format for standard output that was asked for, in whatever way.
Result<DiffFormat> main_format(const Session& session, const ReportOptions& options) {
  std::vector<DiffFormat> wanted;
  if (!options.format.empty()) {
    QSNAP_ASSIGN(const DiffFormat format, parse_format(options.format));
    wanted.push_back(format);
  }
  for (const auto& [flag, format] :
       {std::pair{session.options.json, DiffFormat::json}, std::pair{options.stat, DiffFormat::stat},
        std::pair{options.name_only, DiffFormat::name_only},
        std::pair{options.side_by_side, DiffFormat::side_by_side}}) {
    if (flag) {
      wanted.push_back(format);
    }
  }
  const bool one = std::all_of(wanted.begin(), wanted.end(), [&](DiffFormat other) { return other == wanted.front(); });
  if (!one) {
    return make_error(
        ErrorCode::usage,
        fmt::format("both {} and {} are asked for", report::to_text(wanted[0]), report::to_text(wanted[1])),
        {"--report FORMAT=FILE writes a further report of the same comparison"});
  }
  return wanted.empty() ? DiffFormat::text : wanted.front();
}

/// A regular file is replaced as a whole, once all is written; to a pipe or a device it is written as it comes.
Result<void> write_to_file(const std::string& file, const std::function<Result<void>(const report::Output&)>& write) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    const UniqueFd fd{::open(file.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!fd) {
      return file_error("open", file, errno);
    }
    return write([&](std::string_view text) { return write_all(fd, text, file); });
  }
  QSNAP_ASSIGN(AtomicFile target, AtomicFile::open(file));
  QSNAP_TRY(write([&](std::string_view text) { return target.write(text); }));
  return target.commit();
}

/// The report that is written last would be the only one. A pipe or a device takes several.
Result<void> refuse_same_file(const std::vector<Face>& faces) {
  std::set<std::string> files;
  for (const Face& face : faces) {
    struct stat status {};
    const bool replaced = ::stat(face.file.c_str(), &status) != 0 || S_ISREG(status.st_mode);
    if (!face.file.empty() && replaced &&
        !files.insert(std::filesystem::path{face.file}.lexically_normal().native()).second) {
      return make_error(ErrorCode::usage, fmt::format("two reports go to {}", face.file),
                        {"each needs a file of its own"});
    }
  }
  return {};
}

/// To standard output; on a terminal by a pager.
Result<void> write_to_user(Session& session, const ReportOptions& options,
                           const std::function<Result<void>(const report::Output&)>& write) {
  QSNAP_TRY(session.flush());
  const std::string command = !options.no_pager && Session::prints_to_terminal() ? pager_command() : std::string{};
  std::optional<Pager> pager = command.empty() ? std::nullopt : Pager::start(command);
  if (!pager) {
    return write([&session](std::string_view text) { return session.print(text); });
  }
  const Result<void> written = write([&pager](std::string_view text) { return pager->write(text); });
  return pager->has_quit() ? Result<void>{} : written;
}

/// What --explain tells of the live side, where the report is text.
Result<void> explain(const Session& session, DiffFormat format, const report::DiffReport& report,
                     const report::Output& out) {
  const bool is_text = format == DiffFormat::text || format == DiffFormat::side_by_side || format == DiffFormat::stat;
  for (const report::SnapshotDiff& diff : report.snapshots) {
    if (is_text && session.options.explain && diff.sides.capture) {
      QSNAP_TRY(out(report::capture_text(*diff.sides.capture, session.style())));
    }
  }
  return {};
}

}  // namespace

void add_report_options(CLI::App* command, ReportOptions& options) {
  command
      ->add_option("--format", options.format,
                   "text, side-by-side, stat, name-only, json, ndjson, html, markdown, github-comment, junit, tap, "
                   "github (annotations)")
      ->type_name("FORMAT");
  command->add_flag("--side-by-side", options.side_by_side, "Before and after in two columns");
  command->add_flag("--stat", options.stat, "A line for each snapshot and queue");
  command->add_flag("--name-only", options.name_only, "The names of snapshots that differ");
  command->add_flag("--full", options.full, "Every job and every field, nothing folded");
  command->add_flag("-q,--quiet", options.quiet, "The exit code alone");
  command->add_option("-o,--output", options.output, "A file instead of standard output")->type_name("FILE");
  command->add_option("--report", options.reports, "One more report of the same comparison (can be repeated)")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  command->add_option("--comment-key", options.comment_key, "Which of several comments on one pull request it is")
      ->type_name("KEY");
  command->add_flag("--no-pager", options.no_pager, "Do not page on a terminal");
  add_rule_options(command, options.rules);
}

void add_two_servers_options(CLI::App* command, std::optional<std::string>& redis_a,
                             std::optional<std::string>& redis_b, model::Scope& scope) {
  auto* group = command->add_option_group("Two servers", "Each with its own credentials, in one scope");
  const auto server = [&](const char* option, const char* variable, std::optional<std::string>& url) {
    group
        ->add_option_function<std::string>(
            option, [&url](const std::string& text) { url = text; },
            fmt::format("A live Redis as one side (without URL: ${})", variable))
        ->expected(0, 1)
        ->type_name("URL");
  };
  server("--redis-a", "QSNAP_REDIS_URL_A", redis_a);
  server("--redis-b", "QSNAP_REDIS_URL_B", redis_b);
  group->add_option("--prefix", scope.prefixes, "Only keys that start so (can be repeated)")
      ->type_name("PREFIX")
      ->allow_extra_args(false);
  group->add_option("--queue", scope.queues, "Only keys of this queue (can be repeated)")
      ->type_name("QUEUE")
      ->allow_extra_args(false);
}

Result<std::vector<Face>> chosen_faces(Session& session, const ReportOptions& options) {
  std::vector<Face> faces;
  for (const std::string& text : options.reports) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign + 1 == text.size()) {
      return make_error(ErrorCode::usage, fmt::format("--report {} names no file", text),
                        {"--report html=report.html"});
    }
    QSNAP_ASSIGN(const DiffFormat format, parse_format(std::string_view{text}.substr(0, sign)));
    if (text.substr(sign + 1) == k_standard_output) {
      return make_error(ErrorCode::usage, fmt::format("--report {}: standard output is not for further reports", text),
                        {fmt::format("--format={}", report::to_text(format))});
    }
    faces.push_back({format, text.substr(sign + 1)});
  }
  QSNAP_ASSIGN(const DiffFormat format, main_format(session, options));
  session.options.json = session.options.json || format == DiffFormat::json;
  if (!options.quiet) {
    faces.push_back({format, options.output == k_standard_output ? std::string{} : options.output});
  }
  QSNAP_TRY(refuse_same_file(faces));
  return faces;
}

std::vector<Face> test_faces(std::vector<Face> faces) {
  std::erase_if(faces, [](const Face& face) {
    return face.format != DiffFormat::junit && face.format != DiffFormat::tap && face.format != DiffFormat::github;
  });
  return faces;
}

app::CompareChoice compare_choice(const ReportOptions& options, const std::vector<Face>& faces) {
  const bool complete = std::any_of(faces.begin(), faces.end(), [](const Face& face) {
    return face.format == DiffFormat::json || face.format == DiffFormat::ndjson;
  });
  return {rule_choice(options.rules), complete ? diff::Listing::complete : diff::Listing::summary};
}

Result<void> write_faces(Session& session, const ReportOptions& options, const std::vector<Face>& faces,
                         report::DiffReport report, const FaceWriter& write) {
  report.program_version = QSNAP_VERSION;
  report::FaceOptions face_options;
  face_options.detail = options.full ? report::Detail::full : report::Detail::folded;
  face_options.show_ignored = options.rules.show_ignored;
  face_options.comment_key = options.comment_key;
  for (const Face& face : faces) {
    const bool to_user = face.file.empty();
    face_options.style = to_user ? session.style() : report::Style{.colour = session.options.colour == "always"};
    const auto write_face = [&](const report::Output& out) -> Result<void> {
      QSNAP_TRY(write(report, face.format, face_options, out));
      return explain(session, face.format, report, out);
    };
    QSNAP_TRY(to_user ? write_to_user(session, options, write_face) : write_to_file(face.file, write_face));
    if (to_user && face.format == DiffFormat::github) {
      QSNAP_TRY(append_step_summary(report, face_options));
    }
  }
  return {};
}

Result<int> verdict(const ReportOptions& options, const report::DiffReport& report) {
  const auto unreadable =
      std::count_if(report.snapshots.begin(), report.snapshots.end(),
                    [](const report::SnapshotDiff& diff) { return diff.status == report::SnapshotStatus::unreadable; });
  if (unreadable > 0) {
    return make_error(
        ErrorCode::corrupt,
        fmt::format("{} of {} snapshots that differ could not be compared", unreadable, report.snapshots.size()),
        {"git qsnap fsck"});
  }
  std::vector<std::string> unmatched = report.unmatched_rules;
  if (report.range.empty() && !report.snapshots.empty()) {
    unmatched = report.snapshots.front().changes.unmatched_rules;
  }
  if (options.rules.strict && !unmatched.empty()) {
    return make_error(
        ErrorCode::usage,
        fmt::format("{} matched nothing: {}", unmatched.size() == 1 ? "a rule" : "rules", fmt::join(unmatched, ", ")),
        {"--strict makes that an error"});
  }
  return report.is_equal() ? k_exit_ok : k_exit_differs;
}

}  // namespace qsnap::cli
