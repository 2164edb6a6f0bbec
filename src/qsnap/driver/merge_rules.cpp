// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/driver/merge_rules.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::driver {

namespace {

namespace fs = std::filesystem;
using config::MergePolicy;

constexpr std::string_view k_config = ".queue-snapshots/config.yaml";
constexpr std::string_view k_attribute = "qsnap-policy";
constexpr std::array k_policies = {MergePolicy::ours, MergePolicy::theirs, MergePolicy::base,
                                   MergePolicy::max,  MergePolicy::min,    MergePolicy::newest,
                                   MergePolicy::sum,  MergePolicy::union_, MergePolicy::concat};

enum class FileType : std::uint8_t { none, folder, file, other };

FileType type_of(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return FileType::none;
  }
  return S_ISREG(status.st_mode) ? FileType::file : S_ISDIR(status.st_mode) ? FileType::folder : FileType::other;
}

/// Absent where the work tree has none: sparse, deleted, never made. A link could lead anywhere.
Result<std::optional<std::string>> work_tree_text(const fs::path& top) {
  const fs::path file = top / k_config;
  const FileType folder_type = type_of(file.parent_path()), file_type = type_of(file);
  if (folder_type == FileType::none || file_type == FileType::none) {
    return std::optional<std::string>{};
  }
  if (folder_type != FileType::folder || file_type != FileType::file) {
    return make_error(ErrorCode::config, fmt::format("{} is a link, or no file", k_config));
  }
  QSNAP_ASSIGN(std::string text, read_file(file, limits::k_config_bytes));
  return std::optional{std::move(text)};
}

Result<std::optional<std::string>> committed_text(const MergeRepository& repository) {
  git::GitCommand question;
  question.folder = repository.folder;
  question.arguments = {"cat-file", "blob", fmt::format("HEAD:{}", k_config)};
  question.most_output = limits::k_config_bytes;
  QSNAP_ASSIGN(git::GitAnswer answer, git::run_git(question));
  return answer.exit_code == 0 ? std::optional{std::move(answer.output)} : std::nullopt;
}

Result<config::Config> our_config(const MergeRepository& repository) {
  std::optional<std::string> text;
  if (!repository.top.empty()) {
    QSNAP_ASSIGN(text, work_tree_text(repository.top));
  }
  if (!text) {
    QSNAP_ASSIGN(text, committed_text(repository));
  }
  return text ? config::parse_config(*text, k_config) : config::Config{};
}

bool mentions_policy(const fs::path& attributes) {
  const auto text = type_of(attributes) == FileType::file ? read_file(attributes, limits::k_mib) : std::string{};
  return !text || text->find(k_attribute) != std::string::npos;  // one that is too long, git shall read
}

fs::path user_attributes() {
  const char* const xdg = std::getenv("XDG_CONFIG_HOME");
  const char* const home = std::getenv("HOME");
  const bool has_xdg = xdg != nullptr && *xdg != '\0';
  return fs::path{has_xdg ? xdg : home != nullptr ? home : ""} / (has_xdg ? "git" : ".config/git") / "attributes";
}

/// To ask git takes longer than to look whether any file of attributes has the word. What core.attributesFile names is
/// not looked at.
bool may_have_policy(const std::string& path, const MergeRepository& repository) {
  std::vector<fs::path> files = {repository.common_dir / "info/attributes", user_attributes(), "/etc/gitattributes"};
  if (!repository.top.empty()) {
    fs::path folder = repository.top;
    files.push_back(folder / ".gitattributes");
    for (const fs::path& step : fs::path{path}.parent_path()) {
      folder /= step;
      files.push_back(folder / ".gitattributes");
    }
  }
  return std::any_of(files.begin(), files.end(), mentions_policy);
}

/// git answers PATH, the attribute and its value, each with a NUL behind it.
Result<std::optional<MergePolicy>> path_policy(const std::string& path, const MergeRepository& repository) {
  if (path.empty() || !may_have_policy(path, repository)) {
    return std::optional<MergePolicy>{};
  }
  git::GitCommand question;
  question.folder = repository.folder;
  question.arguments = {"check-attr", "-z", std::string{k_attribute}, "--", path};
  QSNAP_ASSIGN(const std::string answer, git::git_output(question));
  const std::string head = fmt::format("{}{}{}{}", path, '\0', k_attribute, '\0');
  const std::string value = answer.starts_with(head) ? answer.substr(head.size(), answer.size() - head.size() - 1) : "";
  if (value.empty() || value == "unspecified" || value == "unset") {
    return std::optional<MergePolicy>{};
  }
  const auto* const policy =
      std::find_if(k_policies.begin(), k_policies.end(), [&](MergePolicy known) { return to_text(known) == value; });
  if (policy == k_policies.end()) {
    return make_error(ErrorCode::config, fmt::format("the attribute {}={} is no policy", k_attribute, value),
                      {"ours, theirs, base, max, min, newest, sum, union or concat"});
  }
  return std::optional{*policy};
}

/// For everything that no rule before it decides.
Result<void> append_rules(config::Config& config, MergePolicy policy) {
  for (const model::Section section : model::k_sections) {
    QSNAP_ASSIGN(config::PathPattern whole, config::PathPattern::parse(to_text(section)));
    config.merge.push_back({std::move(whole), policy});
  }
  return {};
}

}  // namespace

Result<config::Config> merge_rules(const MergeRequest& request, const MergeRepository& repository) {
  QSNAP_ASSIGN(config::Config config, our_config(repository));
  QSNAP_ASSIGN(const auto policy, path_policy(request.path, repository));
  if (policy) {
    QSNAP_TRY(append_rules(config, *policy));
  }
  if (request.kind == MergeKind::virtual_base) {
    QSNAP_TRY(append_rules(config, MergePolicy::base));
  } else if (request.favored) {
    QSNAP_TRY(append_rules(config, *request.favored == FavoredSide::ours ? MergePolicy::ours : MergePolicy::theirs));
  }
  return config;
}

}  // namespace qsnap::driver
