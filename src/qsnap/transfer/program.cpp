// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/transfer/agent.hpp>
#include <qsnap/transfer/program.hpp>

namespace qsnap::transfer {

namespace {

constexpr int k_success = 0, k_failure = 1, k_usage = 2;

void complain(const Error& error) {
  fmt::print(stderr, "git-qsnap-lfs: {}\n", plain_words(error));
}

Error usage(std::string_view what) {
  return make_error(ErrorCode::usage, std::string{what},
                    {"git-qsnap-lfs agent --store PLACE [--url ENDPOINT] [--rsh PROGRAM]",
                     "git qsnap lfs agent PLACE configures it"});
}

Result<AgentOptions> parse_options(std::span<char* const> words) {
  AgentOptions options;
  bool has_store = false;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string_view name = words[i];
    if (i + 1 == words.size()) {
      return usage("an option lacks its value");
    }
    const std::string_view value = words[i + 1];
    if (name == "--store") {
      QSNAP_ASSIGN(options.store, parse_store_location(value, std::filesystem::current_path()));
      has_store = true;
    } else if (name == "--url") {
      options.url = value;
    } else if (name == "--rsh") {
      options.remote_shell = value;
    } else {
      return usage(fmt::format("there is no option {}", name));
    }
  }
  return has_store ? Result<AgentOptions>{std::move(options)} : usage("no --store");
}

std::vector<std::string> variables(char** environment) {
  std::vector<std::string> all;
  for (; *environment != nullptr; ++environment) {
    all.emplace_back(*environment);
  }
  return all;
}

int run_agent(std::span<char* const> words, char** environment) {
  Result<AgentOptions> options = parse_options(words);
  if (!options) {
    complain(options.error());
    return k_usage;
  }
  options->environment = variables(environment);
  const auto& known = options->environment;
  if (std::find(known.begin(), known.end(), "QSNAP_LFS_VERIFY=1") != known.end()) {
    options->belief = Belief::nothing;
  }
  Agent agent{*std::move(options), stdin, stdout};
  const Result<void> done = agent.run();
  // git-lfs shows it with GIT_TRACE=1.
  fmt::print(stderr, "git-qsnap-lfs: {} bytes sent, {} bytes received\n", agent.sent(), agent.received());
  if (!done) {
    complain(done.error());
  }
  return done ? k_success : k_failure;
}

}  // namespace

int run(int argc, char** argv, char** environment) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of the write call
  const std::span<char* const> words{argv, static_cast<std::size_t>(argc)};
  const std::string_view command = words.size() < 2 ? "" : words[1];
  try {
    if (command == "--version") {
      fmt::print("git-qsnap-lfs {}\n", QSNAP_VERSION);
      return k_success;
    }
    if (command == "agent") {
      return run_agent(words.subspan(2), environment);
    }
    complain(usage("no command"));
    return k_usage;
  } catch (const std::exception& bug) {
    complain(make_error(ErrorCode::internal, bug.what()));
    return k_failure;
  }
}

}  // namespace qsnap::transfer
