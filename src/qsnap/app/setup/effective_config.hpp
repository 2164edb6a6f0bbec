// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/report/setup_report.hpp>

/// What Git would do with snapshots, as its configuration says. Values are compared as text, and never run.
namespace qsnap::app::setup {

struct ConfigValue {
  std::string scope;   ///< local, worktree, global, system, command
  std::string origin;  ///< "file:.git/qsnap.gitconfig"
  std::string key;     ///< as git prints it: "diff.qsnap.textconv"
  std::string value;
};

/// The sections that are ours, in the order in which Git reads them: the last one of a key counts.
class EffectiveConfig {
 public:
  static Result<EffectiveConfig> read(const std::filesystem::path& folder);

  [[nodiscard]] const ConfigValue* find(std::string_view key) const;
  /// The scopes that say how snapshots are merged, each once.
  [[nodiscard]] std::vector<std::string> scopes() const;
  /// Whether `git add` has something that makes stored forms.
  [[nodiscard]] bool has_filter() const;

 private:
  std::vector<ConfigValue> m_values;
};

/// Whether every command is ours, and nothing stands beside that would change it.
Result<std::vector<report::SetupCheck>> config_checks(const EffectiveConfig& config);

}  // namespace qsnap::app::setup
