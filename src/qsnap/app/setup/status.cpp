// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include <qsnap/app/setup/effective_attributes.hpp>
#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/app/setup/hook_files.hpp>
#include <qsnap/app/setup/install.hpp>
#include <qsnap/app/setup/look.hpp>
#include <qsnap/app/setup/status.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;
using report::CheckState;
using report::SetupAction;
using report::SetupCheck;

/// What Git would start: the program that the configuration pins, else the one on the PATH.
SetupCheck driver_check(const Look& look) {
  const ConfigValue* command = look.config.find("diff.qsnap.textconv");
  if (const auto pinned = command != nullptr ? pinned_program(command->value) : std::nullopt) {
    const bool usable = ::access(pinned->c_str(), X_OK) == 0;
    return {"driver", usable ? CheckState::good : CheckState::bad,
            fmt::format("Git's configuration pins {}{}", pinned->native(), usable ? "" : ", which cannot be run"),
            usable ? "" : "git qsnap install, or git qsnap install --pin-path"};
  }
  if (const std::optional<fs::path> program = find_driver(look.environment)) {
    return {"driver", CheckState::good, fmt::format("Git finds {}", program->native()), {}};
  }
  return {"driver", CheckState::bad,
          fmt::format("{} is not on the PATH: git diff stops at the first snapshot, merges of snapshots conflict, and "
                      "git add keeps them packed",
                      k_driver_program),
          fmt::format("put the folder {} on the PATH, or git qsnap install --pin-path",
                      look.environment.own_folder.native())};
}

/// "test-cases/x.qsnap and 3 more"
std::string some_paths(const std::vector<const TrackedSnapshot*>& snapshots) {
  const std::string more = snapshots.size() > 1 ? fmt::format(" and {} more", snapshots.size() - 1) : "";
  return snapshots.front()->path + more;
}

template <class Predicate>
void add_tracked_check(Checks& checks, const std::vector<TrackedSnapshot>& tracked, Predicate wrong,
                       std::string_view id, std::string_view words, std::string_view remedy) {
  std::vector<const TrackedSnapshot*> found;
  for (const TrackedSnapshot& snapshot : tracked) {
    if (wrong(snapshot)) {
      found.push_back(&snapshot);
    }
  }
  if (!found.empty()) {
    checks.push_back(
        {std::string{id}, CheckState::bad, fmt::format("{}: {}", words, some_paths(found)), std::string{remedy}});
  }
}

void count(report::TrackedCounts& counts, const TrackedSnapshot& snapshot) {
  switch (snapshot.form) {
    case BlobForm::packed:
      ++counts.packed;
      break;
    case BlobForm::stored:
      ++counts.stored;
      break;
    case BlobForm::lfs_pointer:
      ++counts.pointers;
      break;
    case BlobForm::broken:
      ++counts.broken;
      break;
  }
  counts.conflicted += snapshot.has_conflicts ? 1 : 0;
}

void add_tracked_checks(report::StatusView& view, const Result<std::vector<TrackedSnapshot>>& tracked) {
  if (!tracked) {
    view.checks.push_back({"tracked",
                           CheckState::bad,
                           fmt::format("the tracked snapshots cannot be read: {}", tracked.error().message),
                           {}});
    return;
  }
  for (const TrackedSnapshot& snapshot : *tracked) {
    count(view.tracked, snapshot);
  }
  add_tracked_check(view.checks, *tracked, should_be_stored, "packed",
                    "came into Git packed, without the filter, so that every version takes its full size",
                    "git qsnap renormalize");
  add_tracked_check(
      view.checks, *tracked, [](const TrackedSnapshot& snapshot) { return snapshot.has_conflicts; }, "conflicts",
      "holds conflicts that nobody has resolved", "git qsnap conflicts, then git qsnap resolve NAME");
  add_tracked_check(
      view.checks, *tracked, [](const TrackedSnapshot& snapshot) { return snapshot.form == BlobForm::broken; },
      "broken", "is no snapshot that can be read", "git qsnap fsck");
}

bool is_among(const std::vector<ManifestHook>& hooks, std::string_view name) {
  return std::any_of(hooks.begin(), hooks.end(), [&](const ManifestHook& hook) { return hook.hook == name; });
}

SetupAction action_of(const HookOutcome& outcome) {
  if (outcome.action == HookAction::kept || outcome.action == HookAction::upgraded) {
    return SetupAction::kept;
  }
  return outcome.action == HookAction::refused ? SetupAction::refused : SetupAction::absent;
}

/// A hook that was never installed may be missing; why one could not be is told of those that install would write.
void add_hook_checks(report::StatusView& view, const Look& look, const std::vector<HookOutcome>& outcomes) {
  const std::vector<std::string> guards = default_hooks().hooks;
  for (const HookOutcome& outcome : outcomes) {
    const SetupAction action = action_of(outcome);
    const bool wanted = look.manifest && is_among(look.manifest->hooks, outcome.hook);
    const bool guard = std::find(guards.begin(), guards.end(), outcome.hook) != guards.end();
    view.hooks.push_back({outcome.hook, action, wanted || guard ? outcome.words : "", {}});
    if (outcome.action == HookAction::upgraded) {
      view.checks.push_back({"hooks", CheckState::note,
                             fmt::format("the hook {} is of an earlier git-qsnap", outcome.hook), "git qsnap install"});
    } else if (wanted && action != SetupAction::kept) {
      const bool is_gone = outcome.words.empty();  // elsewhere install is refused, and the words say what helps
      view.checks.push_back({"hooks", CheckState::bad,
                             fmt::format("the hook {} was installed, and does not run: {}", outcome.hook,
                                         is_gone ? "it is not there" : outcome.words),
                             is_gone ? fmt::format("git qsnap install --hooks={}", outcome.hook) : ""});
    }
  }
}

}  // namespace

Result<Look> Look::at(const fs::path& folder, const Environment& environment) {
  QSNAP_ASSIGN(RepositoryPlaces repository, find_repository(folder));
  QSNAP_ASSIGN(EffectiveConfig config, EffectiveConfig::read(folder));
  QSNAP_ASSIGN(const ScopePlaces places, places_of(Scope::local, environment, repository));
  QSNAP_ASSIGN(std::optional<Manifest> manifest, read_manifest(places.manifest));
  auto tracked = repository.work_tree ? tracked_snapshots(folder, std::nullopt)
                                      : Result<std::vector<TrackedSnapshot>>{std::vector<TrackedSnapshot>{}};
  return Look{folder, environment, std::move(repository), std::move(config), std::move(manifest), std::move(tracked)};
}

std::vector<std::string> Look::tracked_paths() const {
  std::vector<std::string> paths;
  if (tracked) {
    for (const TrackedSnapshot& snapshot : *tracked) {
      paths.push_back(snapshot.path);
    }
  }
  return paths;
}

Result<report::StatusView> status_of(const Look& look) {
  report::StatusView view;
  view.scopes = look.config.scopes();
  view.checks.push_back(driver_check(look));
  QSNAP_ASSIGN(const Checks config, config_checks(look.config));
  view.checks.insert(view.checks.end(), config.begin(), config.end());
  QSNAP_ASSIGN(SetupCheck attributes, attributes_check(look.repository, look.tracked_paths()));
  view.checks.push_back(std::move(attributes));
  add_tracked_checks(view, look.tracked);
  QSNAP_ASSIGN(const Checks lfs, lfs_checks(look));
  view.checks.insert(view.checks.end(), lfs.begin(), lfs.end());
  if (look.repository.work_tree) {
    QSNAP_ASSIGN(const std::vector<HookOutcome> hooks, hook_status(look.folder));
    add_hook_checks(view, look, hooks);
  }
  return view;
}

Result<report::StatusView> status(const fs::path& folder, const Environment& environment) {
  QSNAP_ASSIGN(const Look look, Look::at(folder, environment));
  return status_of(look);
}

}  // namespace qsnap::app::setup
