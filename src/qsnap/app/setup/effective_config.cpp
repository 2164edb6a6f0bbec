// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/setup/effective_config.hpp>
#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app::setup {

namespace {

using report::CheckState;
using report::SetupCheck;

constexpr std::string_view k_sections = R"(^(merge|mergetool|diff|filter)\.qsnap(-virtual)?\.)";
constexpr std::string_view k_install = "git qsnap install";

/// `entry` is "key LF value", or a key alone.
ConfigValue config_value(std::string_view scope, std::string_view origin, std::string_view entry) {
  const std::size_t end = entry.find('\n');
  const std::string_view value = end == std::string_view::npos ? "true" : entry.substr(end + 1);
  return {std::string{scope}, std::string{origin}, std::string{entry.substr(0, end)}, std::string{value}};
}

/// The keys of our fragment that name a command or another driver: those that decide what runs.
Result<std::vector<ConfigValue>> expected_values() {
  QSNAP_ASSIGN(const std::string listed, git::git_output({"/",
                                                          {"config", "--file", "-", "-z", "--list"},
                                                          std::string{config_fragment()},
                                                          limits::k_mib,
                                                          git::GitEnvironment::hermetic}));
  std::vector<ConfigValue> values;
  for (const std::string_view entry : split(listed, '\0')) {
    ConfigValue value = config_value({}, {}, entry);
    const bool looks =
        value.key.ends_with(".name") || value.key.ends_with(".xfuncname") || value.key.ends_with(".wordregex");
    if (!looks) {
      values.push_back(std::move(value));
    }
  }
  return values;
}

bool is_ours(const ConfigValue& found, const ConfigValue& expected) {
  return found.value == expected.value || unpinned_command(found.value) == expected.value;
}

std::string source(const ConfigValue& value) {
  return fmt::format("{} ({})", value.origin.substr(value.origin.find(':') + 1), value.scope);
}

SetupCheck driver_check(const EffectiveConfig& config, const std::vector<ConfigValue>& expected) {
  std::vector<std::string> missing;
  for (const ConfigValue& wanted : expected) {
    const ConfigValue* found = config.find(wanted.key);
    if (found == nullptr) {
      missing.push_back(wanted.key);
    } else if (!is_ours(*found, wanted)) {
      return {"config", CheckState::bad,
              fmt::format("{} is \"{}\" in {}, not what git-qsnap installs", wanted.key, found->value, source(*found)),
              fmt::format("remove it there, then {}", k_install)};
    }
  }
  if (missing.size() == expected.size()) {
    return {"config", CheckState::bad, "Git's configuration does not name the driver", std::string{k_install}};
  }
  if (!missing.empty()) {
    return {"config", CheckState::bad, fmt::format("Git's configuration lacks {}", fmt::join(missing, ", ")),
            std::string{k_install}};
  }
  const ConfigValue* merge = config.find(expected.front().key);
  return {"config",
          CheckState::good,
          fmt::format("Git's configuration names the driver, by {}", merge == nullptr ? "nothing" : source(*merge)),
          {}};
}

/// A key that is not ours and changes what ours do.
struct Disturbance {
  std::string_view key, effect;
};
constexpr std::array k_disturbances = {
    Disturbance{"diff.qsnap.command", "replaces our text of a snapshot in git diff"},
    Disturbance{"diff.qsnap.cachetextconv", "shows the text that was made once for ever, also of an earlier version"},
    Disturbance{"filter.qsnap.smudge", "runs at every checkout, which snapshots do not need"},
    Disturbance{"filter.qsnap.required", "makes a checkout fail wherever git-qsnap is not installed"}};

}  // namespace

Result<EffectiveConfig> EffectiveConfig::read(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({folder,
                             {"config", "-z", "--show-scope", "--show-origin", "--get-regexp", std::string{k_sections}},
                             {},
                             limits::k_mib}));
  if (answer.exit_code > 1) {  // 1: there is none
    return make_error(ErrorCode::git, fmt::format("git config failed: {}", answer.errors));
  }
  constexpr std::size_t k_fields = 3;
  const std::vector<std::string_view> fields = split(answer.output, '\0');
  EffectiveConfig config;
  for (std::size_t i = 0; i + k_fields <= fields.size(); i += k_fields) {
    config.m_values.push_back(config_value(fields[i], fields[i + 1], fields[i + 2]));
  }
  return config;
}

const ConfigValue* EffectiveConfig::find(std::string_view key) const {
  const auto found =
      std::find_if(m_values.rbegin(), m_values.rend(), [&](const ConfigValue& value) { return value.key == key; });
  return found == m_values.rend() ? nullptr : &*found;
}

std::vector<std::string> EffectiveConfig::scopes() const {
  std::vector<std::string> scopes;
  for (const ConfigValue& value : m_values) {
    if (value.key == "merge.qsnap.driver" && std::find(scopes.begin(), scopes.end(), value.scope) == scopes.end()) {
      scopes.push_back(value.scope);
    }
  }
  return scopes;
}

bool EffectiveConfig::has_filter() const {
  return find("filter.qsnap.clean") != nullptr || find("filter.qsnap.process") != nullptr;
}

Result<std::vector<SetupCheck>> config_checks(const EffectiveConfig& config) {
  QSNAP_ASSIGN(const std::vector<ConfigValue> expected, expected_values());
  std::vector<SetupCheck> checks = {driver_check(config, expected)};
  for (const Disturbance& disturbance : k_disturbances) {
    const ConfigValue* found = config.find(disturbance.key);
    if (found != nullptr && found->value != "false") {
      checks.push_back({"config", CheckState::bad,
                        fmt::format("{} in {} {}", disturbance.key, source(*found), disturbance.effect),
                        fmt::format("git config --{} --unset {}", found->scope, disturbance.key)});
    }
  }
  return checks;
}

}  // namespace qsnap::app::setup
