// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/cli/command.hpp>
#include <qsnap/cli/embedded_schemas.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_schema(Session& session, const std::string& name) {
  const auto schemas = embedded_schemas();
  if (name.empty()) {
    for (const EmbeddedFile& schema : schemas) {
      QSNAP_TRY(session.print(fmt::format("{}\n", schema.name)));
    }
    return k_exit_ok;
  }
  const auto found =
      std::find_if(schemas.begin(), schemas.end(), [&](const EmbeddedFile& s) { return s.name == name; });
  if (found == schemas.end()) {
    return make_error(ErrorCode::usage, fmt::format("there is no schema {}", name), {"git qsnap schema lists them"});
  }
  QSNAP_TRY(session.print(found->text));
  return k_exit_ok;
}

}  // namespace

void add_schema(Program& program) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = add_command(program, "schema", "Print a JSON Schema, or the list of them");
  command->add_option("name", *name, "document, diff, config, error, or a command with --json");
  command->footer("Exit status: 0 printed, 2 unknown schema");
  set_action(program, command, [name](Session& session) { return run_schema(session, *name); });
}

}  // namespace qsnap::cli
