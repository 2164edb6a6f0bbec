// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/config/policy_attribute.hpp>
#include <qsnap/driver/merge_rules.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::driver {

namespace {

namespace fs = std::filesystem;
using config::MergePolicy;

constexpr std::string_view k_config = ".queue-snapshots/config.yaml";

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

Result<config::Config> our_config(const MergeRepository& repository) {
  std::optional<std::string> text;
  if (!repository.top.empty()) {
    QSNAP_ASSIGN(text, work_tree_text(repository.top));
  }
  if (!text) {
    QSNAP_ASSIGN(text, git::find_blob(repository.folder, fmt::format("HEAD:{}", k_config)));
  }
  return text ? config::parse_config(*text, k_config) : config::Config{};
}

bool mentions_policy(const fs::path& attributes) {
  const auto text = type_of(attributes) == FileType::file ? read_file(attributes, limits::k_mib) : std::string{};
  return !text || text->find(config::k_policy_attribute) != std::string::npos;  // one that is too long, git shall read
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

Result<std::optional<MergePolicy>> path_policy(const std::string& path, const MergeRepository& repository) {
  if (path.empty() || !may_have_policy(path, repository)) {
    return std::optional<MergePolicy>{};
  }
  QSNAP_ASSIGN(const auto value, git::find_attribute(repository.folder, config::k_policy_attribute, path));
  return config::parse_policy_attribute(value);
}

}  // namespace

Result<config::Config> merge_rules(const MergeRequest& request, const MergeRepository& repository) {
  QSNAP_ASSIGN(config::Config config, our_config(repository));
  QSNAP_ASSIGN(const auto policy, path_policy(request.path, repository));
  if (policy) {
    QSNAP_ASSIGN(config, config::with_fallback(std::move(config), *policy));
  }
  if (request.kind == MergeKind::virtual_base) {
    QSNAP_ASSIGN(config, config::with_fallback(std::move(config), MergePolicy::base));
  } else if (request.favored) {
    const MergePolicy favored = *request.favored == FavoredSide::ours ? MergePolicy::ours : MergePolicy::theirs;
    QSNAP_ASSIGN(config, config::with_fallback(std::move(config), favored));
  }
  return config;
}

}  // namespace qsnap::driver
