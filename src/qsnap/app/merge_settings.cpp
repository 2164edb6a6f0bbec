// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/merge_settings.hpp>
#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

/// Of all attributes these count least, so a repository that has our block keeps its own. No filter: a repository
/// without one has its snapshots in Git as they lie in the work tree.
constexpr std::string_view k_attributes = "/.queue-snapshots/**/*.qsnap -text merge=qsnap\n";

/// What else would start a program of the repository's choice, or change a merge behind our back.
constexpr std::string_view k_quiet_settings[] = {"commit.gpgSign=false",
                                                 "gc.auto=0",
                                                 "maintenance.auto=false",
                                                 "merge.autoStash=false",
                                                 "merge.stat=false",
                                                 "rerere.enabled=false",
                                                 "merge.verifySignatures=false",
                                                 "submodule.recurse=false"};

constexpr std::string_view k_trial_file = "trial";

/// The drivers of the fragment, told that nobody keeps what they do.
std::string trial_fragment(std::string_view fragment) {
  constexpr std::string_view k_command = " merge --";
  std::string trial;
  while (!fragment.empty()) {
    std::string line{fragment.substr(0, fragment.find('\n') + 1)};
    fragment.remove_prefix(line.size());
    if (const std::size_t at = line.rfind(k_command); at != std::string::npos) {
      line.replace(at, k_command.size(), " merge --trial --");
    }
    trial += line;
  }
  return trial;
}

/// "filter.lfs" of "filter.lfs.clean", for every key that the expression finds.
Result<std::set<std::string>> configured(const fs::path& folder, std::string_view expression) {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = folder,
                             .arguments = {"config", "-z", "--name-only", "--get-regexp", std::string{expression}},
                             .input = {}}));
  std::set<std::string> sections;
  for (std::string_view rest = answer.output; !rest.empty();) {
    const std::string_view key = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), key.size() + 1));
    const std::string_view section = key.substr(0, key.rfind('.'));
    if (section.find('=') != std::string_view::npos) {
      return make_error(ErrorCode::refused, fmt::format("{} is configured, which cannot be switched off", section),
                        {"git config --show-origin --get-regexp '^(filter|merge)\\.'"});
    }
    sections.emplace(section);
  }
  return sections;
}

void append_setting(std::vector<std::string>& options, std::string setting) {
  options.insert(options.end(), {"-c", std::move(setting)});
}

/// Options that switch off what the repository would run. `false` as a driver says: in conflict.
Result<std::vector<std::string>> without_programs(const fs::path& folder) {
  std::vector<std::string> options;
  QSNAP_ASSIGN(const std::set<std::string> filters, configured(folder, R"(^filter\..*\.(clean|smudge|process)$)"));
  for (const std::string& filter : filters) {
    for (const std::string_view setting : {".clean=", ".smudge=", ".process=", ".required=false"}) {
      append_setting(options, fmt::format("{}{}", filter, setting));
    }
  }
  QSNAP_ASSIGN(const std::set<std::string> drivers, configured(folder, R"(^merge\..*\.driver$)"));
  for (const std::string& driver : drivers) {
    append_setting(options, fmt::format("{}.driver=false", driver));
  }
  for (const std::string_view setting : k_quiet_settings) {
    append_setting(options, std::string{setting});
  }
  return options;
}

}  // namespace

Result<MergeSettings> MergeSettings::make(const fs::path& folder, const fs::path& program_folder) {
  const fs::path program = program_folder / setup::k_driver_program;
  std::error_code unknown;
  if (!fs::exists(program, unknown)) {
    return make_error(ErrorCode::not_found, fmt::format("there is no {}", program.native()),
                      {"it belongs beside git-qsnap: install both"});
  }
  QSNAP_ASSIGN(std::vector<std::string> options, without_programs(folder));
  QSNAP_ASSIGN(PrivateFolder files, PrivateFolder::create("qsnap-merge"));
  QSNAP_ASSIGN(const std::string fragment, setup::pinned_fragment(program));
  QSNAP_TRY(write_file_atomically(files.path() / "config", fragment));
  QSNAP_TRY(write_file_atomically(files.path() / k_trial_file, trial_fragment(fragment)));
  QSNAP_TRY(write_file_atomically(files.path() / "attributes", k_attributes));
  append_setting(options, fmt::format("include.path={}", (files.path() / "config").native()));
  append_setting(options, fmt::format("core.attributesFile={}", (files.path() / "attributes").native()));
  return MergeSettings{std::move(files), std::move(options)};
}

std::vector<std::string> MergeSettings::with(Purpose purpose, const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = m_options;
  if (purpose == Purpose::trial) {
    append_setting(all, fmt::format("include.path={}", (m_files.path() / k_trial_file).native()));
  }
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

}  // namespace qsnap::app
