// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_fragment_name = "qsnap.gitconfig";
/// The main work tree has its own beside that of the repository: each is removed without the other.
constexpr std::string_view k_worktree_fragment_name = "qsnap.worktree.gitconfig";
constexpr std::string_view k_system_config = "/etc/gitconfig";

constexpr std::array k_role_words = {std::pair{FileRole::fragment, std::string_view{"fragment"}},
                                     std::pair{FileRole::config, std::string_view{"config"}},
                                     std::pair{FileRole::info_attributes, std::string_view{"info-attributes"}},
                                     std::pair{FileRole::work_tree_attributes, std::string_view{"attributes"}},
                                     std::pair{FileRole::user_attributes, std::string_view{"user-attributes"}}};

Result<std::string> rev_parse(const fs::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "rev-parse");
  return git::git_line({folder, std::move(arguments), {}});
}

Result<void> refuse_other_than(mode_t type, const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && (status.st_mode & S_IFMT) != type) {
    return make_error(ErrorCode::refused,
                      fmt::format("{} is not a {}", path.native(), type == S_IFDIR ? "folder" : "regular file"),
                      {"git-qsnap writes nothing through a symbolic link inside of a repository"});
  }
  return {};
}

/// Refuses what a repository could lead elsewhere with.
Result<void> refuse_links(const ScopePlaces& places) {
  for (const ManagedFile& file : places.files) {
    QSNAP_TRY(refuse_other_than(S_IFREG, file.path));
  }
  for (const fs::path& folder : places.folders) {
    QSNAP_TRY(refuse_other_than(S_IFDIR, folder));
  }
  return refuse_other_than(S_IFREG, places.manifest);
}

/// A user's own links (to a folder with their settings) are followed.
fs::path resolved(const fs::path& path) {
  std::error_code missing;
  fs::path target = fs::weakly_canonical(path, missing);
  return missing ? path : target;
}

/// The .gitattributes of a work tree that has the repository's .git in it. A configuration can name any other folder
/// (core.worktree), and whoever packed the repository wrote it.
void add_attributes(ScopePlaces& places, const RepositoryPlaces& repository) {
  struct stat status {};
  if (repository.work_tree && ::lstat((*repository.work_tree / ".git").c_str(), &status) == 0) {
    places.files.push_back({FileRole::work_tree_attributes, *repository.work_tree / ".gitattributes"});
  }
}

Result<ScopePlaces> local_places(const RepositoryPlaces& repository) {
  const fs::path& common = repository.common_dir;
  ScopePlaces places{Scope::local,
                     std::string{k_fragment_name},
                     {{FileRole::fragment, common / k_fragment_name},
                      {FileRole::config, common / "config"},
                      {FileRole::info_attributes, common / "info" / "attributes"}},
                     common / "qsnap" / "install.json",
                     {common / "qsnap", common / "info"},
                     repository.work_tree_id()};
  add_attributes(places, repository);
  QSNAP_TRY(refuse_links(places));
  return places;
}

Result<ScopePlaces> worktree_places(const fs::path& folder, const RepositoryPlaces& repository) {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({folder, {"config", "--type=bool", "--get", "extensions.worktreeConfig"}, {}}));
  if (answer.output != "true\n") {
    return make_error(ErrorCode::refused, "this repository has no configuration of its own for each work tree",
                      {"git config extensions.worktreeConfig true (read git-worktree(1) first), or --local"});
  }
  const fs::path& git_dir = repository.git_dir;
  ScopePlaces places{
      Scope::worktree,
      std::string{k_worktree_fragment_name},
      {{FileRole::fragment, git_dir / k_worktree_fragment_name}, {FileRole::config, git_dir / "config.worktree"}},
      git_dir / "qsnap" / "install.worktree.json",
      {git_dir / "qsnap"},
      repository.work_tree_id()};
  add_attributes(places, repository);
  QSNAP_TRY(refuse_links(places));
  return places;
}

/// As `git config --global` chooses.
fs::path global_config(const Environment& environment) {
  if (!environment.global_config.empty()) {
    return environment.global_config;
  }
  std::error_code ignored;
  const fs::path of_home = environment.home / ".gitconfig", of_folder = environment.config_home / "git" / "config";
  return !fs::exists(of_home, ignored) && fs::exists(of_folder, ignored) ? of_folder : of_home;
}

/// The user's attributes file: core.attributesFile of their configuration, else Git's default.
Result<fs::path> user_attributes(const Environment& environment) {
  QSNAP_ASSIGN(
      const git::GitAnswer answer,
      git::run_git(
          {"/", {"config", "--global", "--includes", "--type=path", "-z", "--get", "core.attributesFile"}, {}}));
  const fs::path configured = answer.output.substr(0, answer.output.find('\0'));
  return configured.empty() || !configured.is_absolute() ? environment.config_home / "git" / "attributes" : configured;
}

/// With "~/" where that is possible, so that a home folder can move.
std::string from_home(const fs::path& path, const fs::path& home) {
  const std::string prefix = home.native() + '/';
  return path.native().starts_with(prefix) ? "~/" + path.native().substr(prefix.size()) : path.native();
}

Result<ScopePlaces> global_places(const Environment& environment) {
  if (environment.home.empty() || environment.config_home.empty()) {
    return make_error(ErrorCode::refused, "there is no home folder to set up Git in", {"set HOME, or use --local"});
  }
  const fs::path folder = environment.config_home / "git";
  QSNAP_ASSIGN(const fs::path attributes, user_attributes(environment));
  const fs::path fragment = folder / k_fragment_name;
  return ScopePlaces{Scope::global,
                     from_home(fragment, environment.home),
                     {{FileRole::fragment, fragment},
                      {FileRole::config, resolved(global_config(environment))},
                      {FileRole::user_attributes, resolved(attributes)}},
                     folder / "qsnap.install.json",
                     {environment.config_home, folder},
                     {}};
}

/// Git does not tell where it looks for the system's files; those of an own place have no attributes beside them.
Result<ScopePlaces> system_places(const Environment& environment) {
  const bool own_place = !environment.system_config.empty();
  const fs::path config = own_place ? environment.system_config : fs::path{k_system_config};
  const fs::path folder = config.parent_path();
  ScopePlaces places{Scope::system,
                     std::string{k_fragment_name},
                     {{FileRole::fragment, folder / k_fragment_name}, {FileRole::config, config}},
                     folder / "qsnap.install.json",
                     {},
                     {}};
  if (!own_place) {
    places.files.push_back({FileRole::user_attributes, folder / "gitattributes"});
  }
  QSNAP_TRY(refuse_links(places));
  return places;
}

}  // namespace

std::string_view to_text(Scope scope) {
  switch (scope) {
    case Scope::local:
      return "local";
    case Scope::worktree:
      return "worktree";
    case Scope::global:
      return "global";
    case Scope::system:
      return "system";
  }
  return "local";
}

std::string_view to_text(FileRole role) {
  for (const auto& [known, word] : k_role_words) {
    if (known == role) {
      return word;
    }
  }
  return {};
}

std::optional<FileRole> parse_file_role(std::string_view text) {
  for (const auto& [role, word] : k_role_words) {
    if (word == text) {
      return role;
    }
  }
  return std::nullopt;
}

std::string RepositoryPlaces::work_tree_id() const {
  return git_dir == common_dir ? std::string{} : (fs::path{"worktrees"} / git_dir.filename()).native();
}

Result<RepositoryPlaces> find_repository(const fs::path& folder) {
  Result<std::string> git_dir = rev_parse(folder, {"--absolute-git-dir"});
  if (!git_dir) {
    const bool no_git = git_dir.error().message.starts_with("cannot run git");
    return no_git ? std::move(git_dir).error()
                  : make_error(ErrorCode::not_found, std::move(git_dir).error().message, {"git init"});
  }
  RepositoryPlaces places;
  places.git_dir = *std::move(git_dir);
  QSNAP_ASSIGN(places.common_dir, rev_parse(folder, {"--path-format=absolute", "--git-common-dir"}));
  QSNAP_ASSIGN(const std::string is_bare, rev_parse(folder, {"--is-bare-repository"}));
  if (is_bare == "true") {
    return places;
  }
  QSNAP_ASSIGN(const std::string inside, rev_parse(folder, {"--is-inside-work-tree"}));
  if (inside != "true") {
    return make_error(ErrorCode::usage, fmt::format("{} is not inside of the work tree", folder.native()),
                      {"go to the folder of the project"});
  }
  QSNAP_ASSIGN(places.work_tree, rev_parse(folder, {"--show-toplevel"}));
  return places;
}

Result<ScopePlaces> places_of(Scope scope, const Environment& environment,
                              const std::optional<RepositoryPlaces>& repository) {
  if (scope == Scope::global) {
    return global_places(environment);
  }
  if (scope == Scope::system) {
    return system_places(environment);
  }
  if (!repository) {
    return make_error(ErrorCode::not_found, "not inside a git repository", {"git init, or --global"});
  }
  const fs::path& folder = repository->work_tree ? *repository->work_tree : repository->git_dir;
  return scope == Scope::local ? local_places(*repository) : worktree_places(folder, *repository);
}

}  // namespace qsnap::app::setup
