// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/app/setup/install.hpp>
#include <qsnap/app/setup/managed_file.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/split.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;
using report::SetupAction;
using report::SetupStep;
using report::SetupView;

constexpr std::array<std::string_view, 3> k_guards = {"pre-commit", "pre-merge-commit", "pre-push"};

/// The repository where the scope needs one.
Result<std::optional<RepositoryPlaces>> repository_for(Scope scope, const fs::path& folder) {
  if (scope == Scope::global || scope == Scope::system) {
    return std::optional<RepositoryPlaces>{};
  }
  QSNAP_ASSIGN(RepositoryPlaces repository, find_repository(folder));
  return std::optional{std::move(repository)};
}

Result<std::string> wanted_text(const ScopePlaces& places, FileRole role,
                                const std::optional<fs::path>& pinned_program) {
  switch (role) {
    case FileRole::fragment:
      return pinned_program ? pinned_fragment(*pinned_program) : Result<std::string>{std::string{config_fragment()}};
    case FileRole::config:
      return include_section(places.include_path);
    case FileRole::info_attributes:
      return info_attribute_block();
    case FileRole::work_tree_attributes:
    case FileRole::user_attributes:
      break;
  }
  return std::string{attribute_block()};
}

std::string shown(const fs::path& path, const std::optional<RepositoryPlaces>& repository) {
  if (!repository || !repository->work_tree) {
    return path.native();
  }
  const std::string top = repository->work_tree->native() + '/';
  return path.native().starts_with(top) ? path.native().substr(top.size()) : path.native();
}

SetupAction action_of(HookAction action) {
  switch (action) {
    case HookAction::written:
      return SetupAction::written;
    case HookAction::upgraded:
      return SetupAction::upgraded;
    case HookAction::chained:
      return SetupAction::chained;
    case HookAction::kept:
      return SetupAction::kept;
    case HookAction::refused:
      return SetupAction::refused;
    case HookAction::removed:
      return SetupAction::removed;
  }
  return SetupAction::refused;
}

std::vector<SetupStep> hook_steps(const std::vector<HookOutcome>& outcomes) {
  std::vector<SetupStep> steps;
  for (const HookOutcome& outcome : outcomes) {
    steps.push_back({outcome.hook, action_of(outcome.action), outcome.words, {}});
  }
  return steps;
}

/// Makes the scope's folders as far as `path` needs them; remembers those that it made.
Result<void> make_folders_for(const fs::path& path, const ScopePlaces& places, Manifest& manifest) {
  constexpr mode_t k_mode = 0777;  // less the user's umask, as git makes its own
  for (const fs::path& folder : places.folders) {
    const bool needed = path.native().starts_with(folder.native() + '/');
    if (needed && ::mkdir(folder.c_str(), k_mode) == 0) {
      manifest.folders.push_back(folder.filename().native());
    } else if (needed && errno != EEXIST) {
      return file_error("make the folder", folder, errno);
    }
  }
  return {};
}

/// Removes those of the scope's folders that were made by us, if they are empty now. Nobody else makes one of our name:
/// an install that was killed may have left it, before there was a manifest that says so.
void remove_folders(const ScopePlaces& places, const Manifest& manifest) {
  const auto& made = manifest.folders;
  for (auto folder = places.folders.rbegin(); folder != places.folders.rend(); ++folder) {
    const std::string name = folder->filename().native();
    if (name == "qsnap" || std::find(made.begin(), made.end(), name) != made.end()) {
      ::rmdir(folder->c_str());
    }
  }
}

Result<void> write_manifest(const ScopePlaces& places, Manifest& manifest) {
  QSNAP_TRY(make_folders_for(places.manifest, places, manifest));
  QSNAP_ASSIGN(const FileState now, read_state(places.manifest));
  const std::string json = manifest_json(manifest);
  return now.text == json ? Result<void>{} : write_file_atomically(places.manifest, json);
}

Result<void> remove_file(const fs::path& path) {
  return ::unlink(path.c_str()) == 0 || errno == ENOENT ? Result<void>{}
                                                        : Result<void>{file_error("remove", path, errno)};
}

std::vector<std::string> install_notes(const ScopePlaces& places, const std::vector<FileChange>& changes,
                                       const std::optional<RepositoryPlaces>& repository) {
  std::vector<std::string> notes;
  for (const FileChange& change : changes) {
    const bool is_new = change.action == SetupAction::written || change.action == SetupAction::upgraded;
    if (change.file.role == FileRole::work_tree_attributes && is_new) {
      notes.emplace_back("commit .gitattributes, so that it holds in every clone: git add .gitattributes");
    }
  }
  if (places.scope == Scope::local && !repository->work_tree) {
    notes.emplace_back("a bare repository runs none of our hooks");
  }
  return notes;
}

/// One run of `install`.
class Installation {
 public:
  Installation(fs::path folder, const InstallRequest& request, std::optional<RepositoryPlaces> repository,
               ScopePlaces places, Manifest manifest)
      : m_folder(std::move(folder)),
        m_request(request),
        m_repository(std::move(repository)),
        m_places(std::move(places)),
        m_manifest(std::move(manifest)) {}

  Result<SetupView> run() {
    QSNAP_TRY(plan());
    if (m_request.dry_run == DryRun::no) {
      QSNAP_TRY(write_files());
    }
    QSNAP_TRY(add_hooks());
    m_view.scope = to_text(m_places.scope);
    m_view.done = m_request.dry_run == DryRun::no;
    m_view.notes = install_notes(m_places, m_changes, m_repository);
    return std::move(m_view);
  }

 private:
  Result<void> plan() {
    for (const ManagedFile& file : m_places.files) {
      QSNAP_ASSIGN(std::string wanted, wanted_text(m_places, file.role, m_request.pinned_program));
      const ManifestFile* entry = m_manifest.find(file.role, m_places.work_tree_id);
      QSNAP_ASSIGN(FileChange change, plan_write(m_places, file, wanted, entry));
      m_view.ok = m_view.ok && change.action != SetupAction::edited;
      m_view.files.push_back({shown(file.path, m_repository), change.action, change.words, std::move(wanted)});
      m_changes.push_back(std::move(change));
    }
    return {};
  }

  /// The manifest first: whatever happens then, an uninstall knows what may be there. What replaces a part of an
  /// earlier version is remembered afterwards: until then the earlier one may be there.
  Result<void> write_files() {
    for (const FileChange& change : m_changes) {
      if (change.entry && change.action != SetupAction::upgraded) {
        m_manifest.set(*change.entry);
      }
      QSNAP_TRY(make_folders_for(change.file.path, m_places, m_manifest));
    }
    QSNAP_TRY(write_manifest(m_places, m_manifest));
    for (const FileChange& change : m_changes) {
      QSNAP_TRY(apply(change));
      if (change.entry) {
        m_manifest.set(*change.entry);
      }
    }
    return write_manifest(m_places, m_manifest);
  }

  Result<void> add_hooks() {
    const bool has_hooks = m_places.scope == Scope::local && m_repository->work_tree;
    if (!has_hooks || m_request.hooks.hooks.empty()) {
      return {};
    }
    QSNAP_ASSIGN(const std::vector<HookOutcome> outcomes,
                 install_hooks(m_folder, m_request.hooks.hooks, m_request.dry_run));
    m_view.hooks = hook_steps(outcomes);
    for (const HookOutcome& outcome : outcomes) {
      const bool refused = outcome.action == HookAction::refused;
      m_view.ok = m_view.ok && !(refused && m_request.hooks.asked_for);
      std::erase_if(m_manifest.hooks, [&](const ManifestHook& hook) { return hook.hook == outcome.hook; });
      if (!refused) {
        m_manifest.hooks.push_back({outcome.hook, outcome.sha256});
      }
    }
    return m_request.dry_run == DryRun::no ? write_manifest(m_places, m_manifest) : Result<void>{};
  }

  fs::path m_folder;
  const InstallRequest& m_request;
  std::optional<RepositoryPlaces> m_repository;
  ScopePlaces m_places;
  Manifest m_manifest;
  std::vector<FileChange> m_changes;
  SetupView m_view;
};

/// Parts of our installation in other work trees of the same repository that still exist.
std::vector<ManifestFile> left_elsewhere(const Manifest& manifest, const ScopePlaces& places,
                                         const std::optional<RepositoryPlaces>& repository) {
  std::vector<ManifestFile> left;
  for (const ManifestFile& file : manifest.files) {
    const fs::path id = file.work_tree;
    const bool main = id.empty();
    const bool linked = id.parent_path() == "worktrees" && !id.filename().empty() && id.filename() != "..";
    std::error_code ignored;
    const bool exists = main || (linked && repository && fs::is_directory(repository->common_dir / id, ignored));
    if (file.role == FileRole::work_tree_attributes && file.work_tree != places.work_tree_id && exists) {
      left.push_back(file);
    }
  }
  return left;
}

std::string note_of_left(const ManifestFile& file) {
  const std::string place = file.work_tree.empty()
                                ? "the main work tree"
                                : fmt::format("the work tree {}", fs::path{file.work_tree}.filename().native());
  return fmt::format("the block in .gitattributes of {} stays: git qsnap uninstall there", place);
}

/// Without the filter, a packed file is not what Git keeps of it.
bool shows_modified(const fs::path& folder) {
  const auto tracked = tracked_snapshots(folder, std::nullopt);
  return tracked && std::any_of(tracked->begin(), tracked->end(),
                                [](const TrackedSnapshot& snapshot) { return snapshot.form == BlobForm::stored; });
}

Result<void> remove_manifest(const ScopePlaces& places, Manifest manifest, std::vector<ManifestFile> left) {
  if (left.empty()) {
    QSNAP_TRY(remove_file(places.manifest));
    remove_folders(places, manifest);
    return {};
  }
  manifest.files = std::move(left);
  manifest.hooks.clear();
  return write_manifest(places, manifest);
}

}  // namespace

HookChoice default_hooks() {
  HookChoice choice;
  for (const std::string& hook : all_hooks()) {
    if (std::find(k_guards.begin(), k_guards.end(), hook) != k_guards.end()) {
      choice.hooks.push_back(hook);
    }
  }
  return choice;
}

Result<HookChoice> chosen_hooks(const std::vector<std::string>& names) {
  const std::vector<std::string> known = all_hooks();
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return make_error(ErrorCode::usage, fmt::format("there is no hook {}", name),
                        {fmt::format("{}", fmt::join(known, ", "))});
    }
  }
  return HookChoice{true, names.empty() ? known : names};
}

Result<SetupView> install(const fs::path& folder, const InstallRequest& request) {
  QSNAP_ASSIGN(std::optional<RepositoryPlaces> repository, repository_for(request.scope, folder));
  QSNAP_ASSIGN(ScopePlaces places, places_of(request.scope, request.environment, repository));
  QSNAP_ASSIGN(std::optional<Manifest> manifest, read_manifest(places.manifest));
  return Installation{folder, request, std::move(repository), std::move(places),
                      manifest ? *std::move(manifest) : Manifest{}}
      .run();
}

Result<SetupView> uninstall(const fs::path& folder, const UninstallRequest& request) {
  QSNAP_ASSIGN(const std::optional<RepositoryPlaces> repository, repository_for(request.scope, folder));
  QSNAP_ASSIGN(const ScopePlaces places, places_of(request.scope, request.environment, repository));
  QSNAP_ASSIGN(const std::optional<Manifest> found, read_manifest(places.manifest));
  const Manifest manifest = found.value_or(Manifest{});
  SetupView view;
  view.scope = to_text(places.scope);
  view.done = request.dry_run == DryRun::no;
  if (places.scope == Scope::local && repository->work_tree) {
    QSNAP_ASSIGN(const std::vector<HookOutcome> outcomes, uninstall_hooks(folder, request.dry_run));
    view.hooks = hook_steps(outcomes);
  }
  for (auto file = places.files.rbegin(); file != places.files.rend(); ++file) {
    QSNAP_ASSIGN(const std::string wanted, wanted_text(places, file->role, std::nullopt));
    QSNAP_ASSIGN(const FileChange change,
                 plan_removal(places, *file, wanted, manifest.find(file->role, places.work_tree_id)));
    if (request.dry_run == DryRun::no) {
      QSNAP_TRY(apply(change));
    }
    view.ok = view.ok && change.action != SetupAction::edited;
    view.files.push_back({shown(file->path, repository), change.action, change.words, {}});
  }
  for (const SetupStep& hook : view.hooks) {
    view.ok = view.ok && hook.action != SetupAction::refused;
  }
  const bool removed = std::any_of(view.files.begin(), view.files.end(),
                                   [](const SetupStep& step) { return step.action == SetupAction::removed; });
  if (removed && repository && repository->work_tree && shows_modified(folder)) {
    view.notes.emplace_back(
        "git status shows snapshots as modified that were saved since the last checkout: git checkout -- "
        ".queue-snapshots brings back what is committed");
  }
  std::vector<ManifestFile> left = left_elsewhere(manifest, places, repository);
  std::transform(left.begin(), left.end(), std::back_inserter(view.notes), note_of_left);
  if (request.dry_run == DryRun::no) {
    QSNAP_TRY(remove_manifest(places, manifest, std::move(left)));
  }
  return view;
}

std::optional<fs::path> find_driver(const Environment& environment) {
  for (const std::string_view folder : split(environment.program_path, ':')) {
    const fs::path program = fs::path{folder} / k_driver_program;
    std::error_code ignored;
    if (program.is_absolute() && fs::is_regular_file(program, ignored) && ::access(program.c_str(), X_OK) == 0) {
      return program;
    }
  }
  return std::nullopt;
}

Result<fs::path> driver_to_pin(const Environment& environment) {
  const fs::path beside = environment.own_folder / k_driver_program;
  if (::access(beside.c_str(), X_OK) == 0) {
    return beside;
  }
  if (const std::optional<fs::path> on_path = find_driver(environment)) {
    return *on_path;
  }
  return make_error(ErrorCode::not_found,
                    fmt::format("{} is neither beside this program nor on the PATH", k_driver_program),
                    {"install git-qsnap with both of its programs"});
}

}  // namespace qsnap::app::setup
