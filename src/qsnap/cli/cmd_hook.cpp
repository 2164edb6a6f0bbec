// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <iterator>

#include <qsnap/app/hooks/run_hook.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct HookOptions {
  std::string hook;
  std::vector<std::string> arguments;
};

/// What Git tells pre-push: a line for each ref.
Result<std::string> read_input() {
  constexpr std::size_t k_most_bytes = 64 * limits::k_mib;
  std::string input;
  constexpr std::size_t k_step = 64 * limits::k_kib;
  while (std::cin) {
    const std::size_t before = input.size();
    input.resize(before + k_step);
    std::cin.read(input.data() + before, k_step);
    input.resize(before + static_cast<std::size_t>(std::cin.gcount()));
    if (input.size() > k_most_bytes) {
      return make_error(ErrorCode::limit_exceeded, "more refs are pushed than are looked at");
    }
  }
  return input;
}

int exit_code_of(const report::HookView& view) {
  const auto stops = [&](bool secret) {
    return std::any_of(view.findings.begin(), view.findings.end(), [&](const report::HookFinding& finding) {
      return finding.weight == report::HookFinding::Weight::refused &&
             (finding.kind == report::HookFinding::Kind::secret) == secret;
    });
  };
  return stops(false) ? k_exit_broken : stops(true) ? k_exit_refused : k_exit_ok;
}

Result<int> run_hook(Session& session, const HookOptions& options) {
  app::hooks::HookCall call{session.folder(), options.hook, options.arguments, {}};
  if (options.hook == "pre-push") {
    QSNAP_ASSIGN(call.input, read_input());
  }
  QSNAP_ASSIGN(const report::HookView view, app::hooks::run_hook(call, session.progress()));
  QSNAP_TRY(
      session.print([&] { return report::hook_json(view); }, [&] { return report::hook_text(view, session.style()); }));
  return exit_code_of(view);
}

}  // namespace

void add_hook(Program& program) {
  auto options = std::make_shared<HookOptions>();
  CLI::App* command = add_command(program, "hook", "What Git's hooks run: check or tell of the snapshots at hand");
  command->add_option("hook", options->hook, "pre-commit, pre-merge-commit, prepare-commit-msg, pre-push, …")
      ->required();
  command->add_option("arguments", options->arguments, "What Git gives that hook");
  command->footer(
      "git qsnap install makes the hooks. By hand, pre-commit checks what is staged:\n"
      "git qsnap hook pre-commit\n\n"
      "Exit status: 0 nothing against it, 2 usage or config.yaml, 5 broken or conflicted snapshots, 6 secrets, 7 "
      "cannot "
      "write");
  set_action(program, command, [options](Session& session) { return run_hook(session, *options); });
}

}  // namespace qsnap::cli
