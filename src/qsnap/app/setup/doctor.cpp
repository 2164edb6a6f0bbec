// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/app/renormalize.hpp>
#include <qsnap/app/setup/install.hpp>
#include <qsnap/app/setup/look.hpp>
#include <qsnap/app/setup/status.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;
using report::CheckState;
using report::SetupAction;
using report::SetupCheck;

constexpr std::array k_more_checks = {driver_version_check, git_checks, attribute_file_checks, text_cache_check};

Result<report::StatusView> all_checks(const Look& look) {
  QSNAP_ASSIGN(report::StatusView view, status_of(look));
  for (const auto& more : k_more_checks) {
    QSNAP_ASSIGN(const Checks checks, more(look));
    view.checks.insert(view.checks.end(), checks.begin(), checks.end());
  }
  return view;
}

/// The hooks of the last installation; those of a first one, if there was none.
HookChoice hooks_to_mend(const Look& look) {
  if (!look.manifest) {
    return default_hooks();
  }
  HookChoice choice;
  const std::vector<std::string> known = all_hooks();
  for (const ManifestHook& hook : look.manifest->hooks) {
    if (std::find(known.begin(), known.end(), hook.hook) != known.end()) {
      choice.hooks.push_back(hook.hook);
    }
  }
  return choice;
}

Result<std::vector<std::string>> mend_installation(const Look& look) {
  InstallRequest request;
  request.environment = look.environment;
  request.hooks = hooks_to_mend(look);
  QSNAP_ASSIGN(const report::SetupView installed, install(look.folder, request));
  std::vector<std::string> mended;
  const auto add = [&](const report::SetupStep& step, std::string_view kind) {
    if (step.action == SetupAction::written || step.action == SetupAction::upgraded ||
        step.action == SetupAction::chained) {
      mended.push_back(fmt::format("{}{} written", kind, step.what));
    }
  };
  for (const report::SetupStep& step : installed.files) {
    add(step, "");
  }
  for (const report::SetupStep& step : installed.hooks) {
    add(step, "hook ");
  }
  return mended;
}

/// What came in packed gets its stored form in the index; committing it is the user's business.
Result<std::vector<std::string>> mend_packed(const Look& look) {
  const bool packed = look.tracked && std::any_of(look.tracked->begin(), look.tracked->end(), should_be_stored);
  if (!packed) {
    return std::vector<std::string>{};
  }
  QSNAP_TRY(renormalize(look.folder, RenormalizeRule::write, Progress{}));
  return std::vector<std::string>{"packed snapshots staged in their stored form: commit them"};
}

Result<std::vector<std::string>> mend(const Look& look) {
  QSNAP_ASSIGN(std::vector<std::string> mended, mend_installation(look));
  QSNAP_ASSIGN(const std::vector<std::string> packed, mend_packed(look));
  mended.insert(mended.end(), packed.begin(), packed.end());
  QSNAP_ASSIGN(const Checks cache, text_cache_check(look));
  if (!cache.empty()) {
    QSNAP_TRY(git::git_output({look.folder, {"update-ref", "-d", "refs/notes/textconv/qsnap"}, {}}));
    mended.emplace_back("text that Git kept of snapshots dropped");
  }
  return mended;
}

}  // namespace

Result<report::DoctorView> doctor(const fs::path& folder, const DoctorRequest& request) {
  report::DoctorView view;
  if (request.mend == Mend::yes) {
    QSNAP_ASSIGN(const Look before, Look::at(folder, request.environment));
    QSNAP_ASSIGN(view.mended, mend(before));
  }
  QSNAP_ASSIGN(const Look look, Look::at(folder, request.environment));
  QSNAP_ASSIGN(view.status, all_checks(look));
  if (request.probe == Probe::yes) {
    QSNAP_ASSIGN(view.probe, probe(look.repository));
  }
  return view;
}

}  // namespace qsnap::app::setup
