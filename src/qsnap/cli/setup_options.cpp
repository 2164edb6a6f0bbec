// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/setup_options.hpp>

namespace qsnap::cli {

namespace {

namespace fs = std::filesystem;

std::string variable(std::string_view name) {
  return process_environment()(name).value_or("");
}

}  // namespace

app::setup::Scope ScopeOptions::scope() const {
  using app::setup::Scope;
  return worktree ? Scope::worktree : global ? Scope::global : system ? Scope::system : Scope::local;
}

void add_scope_options(CLI::App* command, ScopeOptions& options) {
  auto* group = command->add_option_group("For whom");
  group->add_flag("--local", options.local, "This repository with all its work trees (default)");
  group->add_flag("--worktree", options.worktree, "This work tree alone, with extensions.worktreeConfig");
  group->add_flag("--global", options.global, "All repositories of this user");
  group->add_flag("--system", options.system, "All repositories on this machine");
  group->require_option(0, 1);
}

app::setup::Environment setup_environment() {
  app::setup::Environment environment;
  environment.home = variable("HOME");
  environment.config_home = variable("XDG_CONFIG_HOME");
  if (environment.config_home.empty() && !environment.home.empty()) {
    environment.config_home = environment.home / ".config";
  }
  environment.global_config = variable("GIT_CONFIG_GLOBAL");
  environment.system_config = variable("GIT_CONFIG_SYSTEM");
  environment.program_path = variable("PATH");
  std::error_code unknown;
  environment.own_folder = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  environment.version = QSNAP_VERSION;
  return environment;
}

}  // namespace qsnap::cli
