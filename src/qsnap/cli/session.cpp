// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include <fmt/format.h>

#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/session.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/outcome_report.hpp>

namespace qsnap::cli {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}

bool is_terminal(int fd) {
  return ::isatty(fd) == 1;
}

int terminal_width(int fd) {
  constexpr int k_default_width = 80;
  winsize size{};
  const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : k_default_width;
}

Error output_error() {
  return make_error(ErrorCode::io, fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

}  // namespace

Result<void> Session::print(std::string_view text) {
  m_bar.erase();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? Result<void>{} : output_error();
}

Result<void> Session::print(const std::function<std::string()>& json, const std::function<std::string()>& text) {
  return options.json ? print(json() + '\n') : print(text());
}

Result<void> Session::flush() {
  m_bar.erase();
  return std::fflush(stdout) == 0 ? Result<void>{} : output_error();
}

void Session::print_error(const Error& error) {
  m_bar.erase();
  const report::ErrorView view{error_word(error.code), exit_code(error.code), error.message, error.hints};
  fmt::print(stderr, "{}",
             options.json ? report::error_json(view) + '\n' : report::error_text(view, style_of(STDERR_FILENO)));
}

Result<std::optional<app::Target>> Session::optional_target() const {
  const std::string from_environment = environment("QSNAP_REDIS_URL");
  if (options.redis_url.empty() && from_environment.empty()) {
    return std::optional<app::Target>{};
  }
  const bool on_command_line = !options.redis_url.empty();
  QSNAP_ASSIGN(redis::Endpoint endpoint, on_command_line
                                             ? redis::parse_url(options.redis_url, redis::UrlOrigin::command_line)
                                             : redis::parse_url(from_environment, redis::UrlOrigin::environment));
  const std::string credentials =
      options.credentials_file.empty() ? environment("QSNAP_CREDENTIALS_FILE") : options.credentials_file;
  if (!credentials.empty()) {
    QSNAP_TRY(redis::apply_credentials_file(endpoint, credentials));
  }
  const app::HostRule hosts = options.allow_host ? app::HostRule::any : app::HostRule::loopback_only;
  return std::optional{app::Target{std::move(endpoint), hosts}};
}

Result<app::Target> Session::target() const {
  QSNAP_ASSIGN(std::optional<app::Target> target, optional_target());
  if (!target) {
    return make_error(
        ErrorCode::usage, "which Redis?",
        {"give --redis URL (redis://127.0.0.1:6379/0, unix:///run/redis.sock?db=0) or set QSNAP_REDIS_URL"});
  }
  return *std::move(target);
}

report::Style Session::style_of(int fd) const {
  const bool terminal = is_terminal(fd);
  const bool wanted = terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  const bool colour = options.colour == "always" || (options.colour == "auto" && wanted);
  return report::Style{colour, terminal ? terminal_width(fd) : report::Style{}.width};
}

report::Style Session::style() const {
  return style_of(STDOUT_FILENO);
}

Progress Session::progress() {
  return Progress{[this](const ProgressEvent& event) { m_bar.show(event); }, m_cancelled};
}

bool Session::confirm(std::string_view question) {
  if (!is_terminal(STDIN_FILENO) || !is_terminal(STDERR_FILENO)) {
    return false;
  }
  m_bar.erase();
  fmt::print(stderr, "{} [y/N] ", report::escape_terminal(question));
  std::fflush(stderr);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace qsnap::cli
