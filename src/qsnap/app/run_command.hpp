// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/error.hpp>
#include <qsnap/base/process.hpp>

namespace qsnap::app {

/// Where the command's standard output goes. errors: ours is for a document of our own.
enum class CommandOutput : std::uint8_t { as_ours, errors };

struct CommandStart {
  std::vector<std::string> words;        ///< the program and its arguments; no shell
  std::vector<std::string> environment;  ///< NAME=value, all of it
  CommandOutput output = CommandOutput::as_ours;
};

struct CommandEnd {
  int exit_code = 0;                 ///< as a shell tells it: 126 and 127 where it could not be run, 128 + the signal
  std::optional<int> signal;         ///< that ended it
  std::optional<Error> not_started;  ///< why it could not be run
  bool interrupted = false;          ///< somebody asked us to stop meanwhile
};

/// Runs a command with our terminal and waits for it. Ctrl-C reaches it by itself; a signal that was sent to us alone
/// is passed on; whoever asks a second time kills it. `server` is another child of ours, whose end is noticed
/// meanwhile.
CommandEnd run_command(const CommandStart& start, Process& server);

}  // namespace qsnap::app
