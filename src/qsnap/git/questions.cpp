// SPDX-License-Identifier: Apache-2.0
#include <iterator>
#include <utility>

#include <qsnap/git/questions.hpp>

namespace qsnap::git {

namespace {

std::string without_line_end(std::string line) {
  if (line.ends_with('\n')) {
    line.pop_back();
  }
  return line;
}

/// Absent where git says by its exit code that there is none.
Result<std::optional<std::string>> output_if_any(const GitCommand& command) {
  QSNAP_ASSIGN(GitAnswer answer, run_git(command));
  return answer.exit_code == 0 ? std::optional{std::move(answer.output)} : std::nullopt;
}

}  // namespace

std::vector<std::string> plain_log(std::vector<std::string> what) {
  std::vector<std::string> arguments = {"-c",
                                        "log.showRoot=true",
                                        "log",
                                        "-z",
                                        "--no-color",
                                        "--no-decorate",
                                        "--no-ext-diff",
                                        "--no-mailmap",
                                        "--no-notes",
                                        "--no-relative",
                                        "--no-textconv",
                                        "--no-show-signature",
                                        "--encoding=UTF-8"};
  arguments.insert(arguments.end(), std::make_move_iterator(what.begin()), std::make_move_iterator(what.end()));
  return arguments;
}

Result<std::string> git_line(const GitCommand& command) {
  QSNAP_ASSIGN(std::string output, git_output(command));
  return without_line_end(std::move(output));
}

Result<std::optional<std::string>> find_object(const std::filesystem::path& folder, const std::string& revision) {
  QSNAP_ASSIGN(std::optional<std::string> id,
               output_if_any({folder, {"rev-parse", "--verify", "--quiet", "--end-of-options", revision}, {}}));
  return id ? std::optional{without_line_end(*std::move(id))} : std::nullopt;
}

Result<std::optional<std::string>> find_blob(const std::filesystem::path& folder, const std::string& revision,
                                             std::size_t most_bytes) {
  return output_if_any({folder, {"cat-file", "blob", revision}, {}, most_bytes});
}

Result<std::optional<std::string>> find_setting(const std::filesystem::path& folder, const std::string& name) {
  constexpr int k_not_set = 1;
  QSNAP_ASSIGN(GitAnswer answer, run_git({folder, {"config", "--get", name}, {}}));
  if (answer.exit_code > k_not_set) {
    return make_error(ErrorCode::git, "git config failed: " + answer.errors);
  }
  return answer.exit_code == 0 ? std::optional{without_line_end(std::move(answer.output))} : std::nullopt;
}

/// git answers PATH, the attribute and its value, each with a NUL behind it.
Result<std::optional<std::string>> find_attribute(const std::filesystem::path& folder, std::string_view attribute,
                                                  const std::string& path) {
  QSNAP_ASSIGN(const std::string answer,
               git_output({folder, {"check-attr", "-z", std::string{attribute}, "--", path}, {}}));
  std::string head = path;
  head.append(1, '\0').append(attribute).append(1, '\0');
  if (!answer.starts_with(head) || answer.size() == head.size()) {
    return std::optional<std::string>{};
  }
  std::string value = answer.substr(head.size(), answer.size() - head.size() - 1);
  const bool is_set = !value.empty() && value != "unspecified" && value != "unset";
  return is_set ? std::optional{std::move(value)} : std::nullopt;
}

}  // namespace qsnap::git
