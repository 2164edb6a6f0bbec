// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/ci_verify.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct CiVerifyOptions {
  std::string revision = "HEAD", base, format = "text";
};

Result<int> run_ci_verify(Session& session, const CiVerifyOptions& options) {
  app::CiVerifyRequest request{options.revision, std::nullopt};
  if (!options.base.empty()) {
    request.base = options.base;
  }
  QSNAP_ASSIGN(const report::CiVerifyView view, app::ci_verify(session.folder(), request, session.progress()));
  QSNAP_TRY(session.print([&] { return report::ci_verify_json(view); },
                          [&] {
                            return options.format == "github" ? report::ci_verify_github(view)
                                                              : report::ci_verify_text(view, session.style());
                          }));
  return view.findings.empty() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_ci_verify(Program& program) {
  auto options = std::make_shared<CiVerifyOptions>();
  CLI::App* command = add_command(program, "ci-verify", "Check the snapshots of a commit, for CI");
  command->add_option("revision", options->revision, "Which commit (default: HEAD)");
  command->add_option("--base", options->base, "The branch it is to be merged into, where Git's attributes have to be");
  command->add_option("--format", options->format, "text, or github: annotations of a workflow run")
      ->check(CLI::IsMember({"text", "github"}));
  command->footer(
      "Reads objects alone: a bare or shallow clone is enough. ci/github and ci/gitlab have jobs that call it.\n\n"
      "Exit status: 0 all is well, 1 findings, 2 usage, no such revision, or git failed");
  set_action(program, command, [options](Session& session) { return run_ci_verify(session, *options); });
}

}  // namespace qsnap::cli
