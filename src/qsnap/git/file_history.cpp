// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/git/file_history.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::git {

namespace {

/// What begins the fields of a commit in our format. No path and no raw line can be taken for it, because those are
/// read by their number.
constexpr std::string_view k_mark = "commit";
constexpr std::string_view k_format = "--format=%x00commit%x00%H%x00%at%x00%an%x00%s%x00";

Error unexpected() {
  return make_error(ErrorCode::git, "git log answered in an unexpected form");
}

/// Texts that end each with NUL.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : m_rest(text) {}

  [[nodiscard]] bool at_end() const { return m_rest.empty(); }
  Result<std::string_view> next() {
    const std::size_t end = m_rest.find('\0');
    if (end == std::string_view::npos) {
      return unexpected();
    }
    const std::string_view token = m_rest.substr(0, end);
    m_rest.remove_prefix(end + 1);
    return token;
  }

 private:
  std::string_view m_rest;
};

Result<Commit> read_commit(Tokens& tokens, std::size_t short_digits) {
  Commit commit;
  QSNAP_ASSIGN(commit.id, tokens.next());
  commit.short_id = commit.id.substr(0, short_digits);
  QSNAP_ASSIGN(const std::string_view seconds, tokens.next());
  QSNAP_ASSIGN(commit.author, tokens.next());
  QSNAP_ASSIGN(commit.subject, tokens.next());
  constexpr std::int64_t k_ms = 1000, k_most_seconds = 1LL << 40;
  commit.at = instant_from_ms(std::clamp<std::int64_t>(parse_integer(seconds).value_or(0), 0, k_most_seconds) * k_ms);
  return commit;
}

bool is_regular(std::string_view mode) {
  return mode.starts_with("100");
}

/// ":MODE MODE ID ID STATUS", or with a colon, a mode and an id for each parent of a merge; the last ones are ours.
Result<FileVersion> read_change(Commit commit, std::string_view line, Tokens& tokens) {
  const std::size_t parents = std::min(line.find_first_not_of(':'), line.size());
  const std::vector<std::string_view> words = split(line.substr(parents), ' ');
  const std::size_t ids = parents + 1;
  if (words.size() != 2 * ids + 1 || words.back().empty()) {
    return unexpected();
  }
  FileVersion version{std::move(commit), {}, {}, {}, {}};
  for (std::size_t parent = 0; parent < parents; ++parent) {
    if (is_regular(words[parent])) {
      version.before_ids.emplace_back(words[ids + parent]);
    }
  }
  if (is_regular(words[parents])) {
    version.blob_id = words[ids + parents];
  }
  QSNAP_ASSIGN(version.path, tokens.next());
  if (parents == 1 && (words.back().front() == 'R' || words.back().front() == 'C')) {
    version.renamed_from = std::move(version.path);
    QSNAP_ASSIGN(version.path, tokens.next());
  }
  return version;
}

/// A commit may have changed several files.
Result<std::vector<FileVersion>> parse_log(std::string_view output, std::size_t short_digits) {
  std::vector<FileVersion> versions;
  std::optional<Commit> commit;
  Tokens tokens{output};
  while (!tokens.at_end()) {
    QSNAP_ASSIGN(std::string_view token, tokens.next());
    if (token.starts_with('\n')) {
      token.remove_prefix(1);
    }
    if (token == k_mark) {
      QSNAP_ASSIGN(commit, read_commit(tokens, short_digits));
    } else if (token.starts_with(':') && commit) {
      QSNAP_ASSIGN(FileVersion version, read_change(*commit, token, tokens));
      versions.push_back(std::move(version));
    } else if (!token.empty()) {
      return unexpected();
    }
  }
  return versions;
}

/// How many digits git takes in this repository; the log itself prints full ids, because its blobs have to be.
Result<std::size_t> digits_of_short_ids(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(const GitAnswer head,
               run_git({.folder = folder,
                        .arguments = {"rev-parse", "--verify", "--quiet", "--short", "HEAD^{commit}"},
                        .input = {}}));
  const std::size_t digits = std::min(head.output.find('\n'), head.output.size());
  if (head.exit_code != 0 || digits == 0) {
    return make_error(ErrorCode::not_found, "this repository has no commit yet, or is none", {"git commit"});
  }
  return digits;
}

/// `what` are options and revisions.
Result<std::string> log_output(const std::filesystem::path& folder, std::vector<std::string> what,
                               const std::string& path) {
  // -c: of merges only those that changed a file against every parent.
  std::vector<std::string> arguments = plain_log({"-c", "--raw", "--no-abbrev", std::string{k_format}});
  arguments.insert(arguments.end(), std::make_move_iterator(what.begin()), std::make_move_iterator(what.end()));
  arguments.insert(arguments.end(), {"--", fmt::format(":(top,literal){}", path)});
  return git_output({.folder = folder, .arguments = std::move(arguments), .input = {}});
}

}  // namespace

Result<std::vector<FileVersion>> file_history(const std::filesystem::path& folder, const std::string& path) {
  QSNAP_ASSIGN(const std::size_t short_digits, digits_of_short_ids(folder));
  // Renames by likeness, whatever diff.renames says.
  QSNAP_ASSIGN(const std::string output, log_output(folder, {"--follow", "--find-renames", "HEAD"}, path));
  return parse_log(output, short_digits);
}

Result<std::vector<FileVersion>> folder_history(const std::filesystem::path& folder, const std::string& path,
                                                std::span<const std::string> commits) {
  QSNAP_ASSIGN(const std::size_t short_digits, digits_of_short_ids(folder));
  std::vector<std::string> what = {"--topo-order", "--no-renames"};
  what.insert(what.end(), commits.begin(), commits.end());
  QSNAP_ASSIGN(const std::string output, log_output(folder, std::move(what), path));
  return parse_log(output, short_digits);
}

}  // namespace qsnap::git
