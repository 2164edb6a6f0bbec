// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include <fmt/format.h>

#include <qsnap/app/setup/nag.hpp>
#include <qsnap/cli/nag.hpp>
#include <qsnap/cli/standard_error.hpp>

namespace qsnap::cli {

namespace {

constexpr std::array<std::string_view, 2> k_writing = {"save", "import"};
constexpr std::array<std::string_view, 6> k_reading = {"list", "show", "diff", "verify", "load", "fsck"};

bool is_one_of(std::string_view command, std::span<const std::string_view> commands) {
  return std::find(commands.begin(), commands.end(), command) != commands.end();
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

void nag(Session& session, std::string_view command) {
  const bool writing = is_one_of(command, k_writing);
  if (!(writing || is_one_of(command, k_reading)) || session.options.json || is_set("QSNAP_NO_NAG") ||
      is_set("GIT_DIR")) {
    return;
  }
  using app::setup::NagFor;
  if (const auto line =
          app::setup::nag(session.folder(), writing ? NagFor::writing : NagFor::reading, session.clock().now())) {
    print_to_stderr(fmt::format("git-qsnap: {}\n", *line));
  }
}

}  // namespace qsnap::cli
