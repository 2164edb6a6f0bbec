// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include <qsnap/app/setup/effective_attributes.hpp>
#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/app/setup/install.hpp>
#include <qsnap/app/setup/look.hpp>
#include <qsnap/app/setup/managed_file.hpp>
#include <qsnap/base/private_folder.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/git/repository.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;
using report::CheckState;
using report::SetupCheck;

struct Version {
  int major = 0, minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

/// "git version 2.39.5" and what vendors make of it.
Version parse_version(std::string_view text) {
  Version version;
  text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
  const auto major = std::from_chars(text.data(), text.data() + text.size(), version.major);
  if (major.ec == std::errc{} && major.ptr != text.data() + text.size()) {
    std::from_chars(major.ptr + 1, text.data() + text.size(), version.minor);
  }
  return version;
}

/// What the driver's behaviour depends on.
SetupCheck version_check(const std::string& words) {
  constexpr Version k_least{2, 31}, k_labels{2, 44};
  const Version version = parse_version(words);
  if (version < k_least) {
    return {"git", CheckState::bad, fmt::format("{} is older than 2.31, which git-qsnap needs", words), "upgrade git"};
  }
  const std::string_view labels =
      version < k_labels ? "; it does not tell a merge driver the names of the sides (2.44 does)" : "";
  return {"git", CheckState::good, fmt::format("{}{}", words, labels), {}};
}

/// The block in the .gitattributes of the checked out commit, which is what a clone and a forge see.
Result<SetupCheck> committed_check(const Look& look) {
  QSNAP_ASSIGN(const std::optional<std::string> head, git::find_object(look.folder, "HEAD^{tree}"));
  if (!head) {
    return SetupCheck{"committed", CheckState::good, "there is no commit yet that could lack .gitattributes", {}};
  }
  constexpr std::size_t k_most_bytes = 16 * limits::k_mib;
  QSNAP_ASSIGN(const std::optional<std::string> file, git::find_blob(look.folder, "HEAD:.gitattributes", k_most_bytes));
  if (file && find_block(*file)) {
    return SetupCheck{"committed", CheckState::good, "the block in .gitattributes is committed", {}};
  }
  return SetupCheck{"committed", CheckState::note,
                    "the block in .gitattributes is not committed: clones and forges do not know snapshots",
                    "git add .gitattributes, and commit"};
}

Result<SetupCheck> info_check(const Look& look) {
  QSNAP_ASSIGN(const FileState info, read_state(look.repository.common_dir / "info" / "attributes"));
  if (info.text && find_block(*info.text)) {
    return SetupCheck{"branches",
                      CheckState::good,
                      "info/attributes knows snapshots in branches that are older than .gitattributes, too",
                      {}};
  }
  return SetupCheck{"branches", CheckState::note,
                    "in branches that are older than our block in .gitattributes, and in rebases onto them, Git takes "
                    "snapshots for plain binary files",
                    "git qsnap install"};
}

}  // namespace

Result<Checks> driver_version_check(const Look& look) {
  if (!find_driver(look.environment)) {
    return Checks{};
  }
  // As a subcommand of git, outside of every repository: no alias can stand in for it.
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({"/", {"qsnap-driver", "--version"}, {}, limits::k_mib, git::GitEnvironment::hermetic}));
  const std::string ours = fmt::format("{} {}", k_driver_program, look.environment.version);
  const std::string found = answer.output.substr(0, answer.output.find('\n'));
  if (answer.exit_code == 0 && found == ours) {
    return Checks{{"driver-version", CheckState::good, fmt::format("{}, as this program", ours), {}}};
  }
  return Checks{{"driver-version", CheckState::bad,
                 fmt::format("the driver on the PATH says \"{}\" (exit {}) where \"{}\" is expected", found,
                             answer.exit_code, ours),
                 "install git-qsnap and git-qsnap-driver of one version"}};
}

Result<Checks> git_checks(const Look& look) {
  QSNAP_ASSIGN(const std::string version, git::git_line({look.folder, {"version"}, {}}));
  Checks checks = {version_check(version)};
  const Result<std::optional<git::Repository>> opened = git::Repository::discover(look.folder);
  if (!opened) {
    checks.push_back({"libgit2", CheckState::bad,
                      fmt::format("save, load and diff cannot open this repository: {}", opened.error().message),
                      "work in a clone of Git's ordinary format (sha1)"});
  }
  return checks;
}

Result<Checks> attribute_file_checks(const Look& look) {
  Checks checks;
  QSNAP_ASSIGN(SetupCheck info, info_check(look));
  checks.push_back(std::move(info));
  if (!look.repository.work_tree) {
    return checks;
  }
  const fs::path file = *look.repository.work_tree / ".gitattributes";
  std::error_code ignored;
  if (fs::is_symlink(file, ignored)) {
    checks.push_back({"attributes", CheckState::bad, ".gitattributes is a symbolic link, which Git does not read",
                      "make it a file, then git qsnap install"});
  }
  QSNAP_ASSIGN(const PrivateFolder scratch, PrivateFolder::create("qsnap-doctor"));
  const fs::path git_dir = scratch.path() / "empty.git";
  QSNAP_TRY(git::git_output({scratch.path(),
                             {"init", "--quiet", "--bare", "--template=", git_dir.native()},
                             {},
                             limits::k_mib,
                             git::GitEnvironment::hermetic}));
  QSNAP_ASSIGN(SetupCheck in_clones, clone_attributes_check(look.repository, git_dir, look.tracked_paths()));
  checks.push_back(std::move(in_clones));
  QSNAP_ASSIGN(SetupCheck committed, committed_check(look));
  checks.push_back(std::move(committed));
  return checks;
}

Result<Checks> text_cache_check(const Look& look) {
  QSNAP_ASSIGN(const std::optional<std::string> cache, git::find_object(look.folder, "refs/notes/textconv/qsnap"));
  if (!cache) {
    return Checks{};
  }
  return Checks{{"text-cache", CheckState::note,
                 "Git keeps text that it once made of snapshots, and shows it instead of that of this version",
                 "git update-ref -d refs/notes/textconv/qsnap"}};
}

}  // namespace qsnap::app::setup
