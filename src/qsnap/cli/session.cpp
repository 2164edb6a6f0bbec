// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/endpoint_choice.hpp>
#include <qsnap/app/redaction_key.hpp>
#include <qsnap/app/set_choice.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/session.hpp>
#include <qsnap/cli/standard_error.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/outcome_report.hpp>

namespace qsnap::cli {

namespace {

std::string environment(const char* name) {
  return process_variable(name).value_or("");
}

/// What the user said, else what the environment says.
std::string either(const std::string& option, const char* name) {
  return option.empty() ? environment(name) : option;
}

/// A long patience with answers is none with a host that is not there.
redis::Timeouts timeouts_of(double seconds) {
  redis::Timeouts timeouts;
  timeouts.reply = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>{seconds});
  timeouts.connect = std::min(timeouts.connect, timeouts.reply);
  return timeouts;
}

bool is_terminal(int fd) {
  return ::isatty(fd) == 1;
}

/// As git finds it: what COLUMNS says, else how wide the terminal is, else the default.
int output_width(int fd) {
  constexpr std::int64_t k_least = 20, k_most = 10'000;
  const auto columns = parse_integer(environment("COLUMNS"));
  if (columns && *columns >= k_least && *columns <= k_most) {
    return static_cast<int>(*columns);
  }
  winsize size{};
  const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : report::Style{}.width;
}

/// A line from the terminal; absent at the end of the input, and after Ctrl-C. A signal that comes just before a wait
/// does not end it, so nothing is waited for long.
std::optional<std::string> read_line(const std::atomic<bool>& cancelled) {
  constexpr int k_wait_ms = 100;
  std::string line;
  while (!cancelled) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, k_wait_ms) <= 0) {
      continue;
    }
    char byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0 || byte == '\n') {
      return got <= 0 && line.empty() ? std::nullopt : std::optional{line};
    }
    line += byte;
  }
  return std::nullopt;
}

}  // namespace

Error Session::output_error() {
  m_reader_left = errno == EPIPE;
  return make_error(ErrorCode::io, fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

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
  report::ErrorView view{error_word(error.code), exit_code(error.code), error.message, error.hints};
  view.hints.insert(view.hints.end(), m_set_hints.begin(), m_set_hints.end());
  print_to_stderr(options.json ? report::error_json(view) + '\n' : report::error_text(view, style_of(STDERR_FILENO)));
}

Result<store::Store> Session::open_store() {
  QSNAP_ASSIGN(store::Store store, store::Store::open(folder()));
  QSNAP_ASSIGN(app::ChosenSet chosen,
               app::choose_set(store, app::SetWords{options.set, options.branch, process_environment()}));
  tell_set(chosen);
  store.select(std::move(chosen.chain));
  return store;
}

void Session::tell_set(const app::ChosenSet& chosen) {
  const std::string words = chosen.chain.sets.empty() ? std::string{} : app::set_words(chosen);
  if (std::exchange(m_set_told, true) || (words.empty() && chosen.notes.empty())) {
    return;
  }
  std::vector<std::string> lines = chosen.notes;
  if (!words.empty()) {
    lines.push_back(words);
  }
  if (options.json) {
    m_set_hints = std::move(lines);
    return;
  }
  m_bar.erase();
  for (const std::string& line : lines) {
    print_to_stderr(fmt::format("git-qsnap: {}\n", report::escape_terminal(line)));
  }
}

Result<std::optional<app::Target>> Session::optional_target() {
  const app::EndpointWords words{options.redis_url, redis::UrlOrigin::command_line, options.credentials_file,
                                 redis::TlsOptions{options.tls_ca, options.tls_certificate, options.tls_key}};
  QSNAP_ASSIGN(std::optional<redis::Endpoint> endpoint, app::choose_endpoint(words, process_environment()));
  return endpoint ? std::optional{target_at(*std::move(endpoint))} : std::optional<app::Target>{};
}

app::Target Session::target_at(redis::Endpoint endpoint) {
  endpoint.timeouts = timeouts_of(options.timeout_s);
  const app::HostRule hosts = options.allow_host ? app::HostRule::any : app::HostRule::loopback_only;
  return app::Target{std::move(endpoint), hosts,      options.threads, redis::parse_consistency(options.consistency),
                     options.retries,     redaction()};
}

Result<app::Target> Session::side_target(std::string_view side, const std::string& url) {
  const std::string variable = fmt::format("QSNAP_REDIS_URL_{}", side);
  const std::string from_environment = environment(variable.c_str());
  if (url.empty() && from_environment.empty()) {
    return make_error(ErrorCode::usage, fmt::format("which Redis is {}?", side),
                      {fmt::format("give --redis-{} URL or set {}", side == "A" ? "a" : "b", variable)});
  }
  auto parsed = url.empty() ? redis::parse_url(from_environment, redis::UrlOrigin::environment)
                            : redis::parse_url(url, redis::UrlOrigin::command_line);
  if (!parsed) {
    Error error = std::move(parsed).error();
    error.hints = {fmt::format("a URL with a password goes into {}", variable)};
    return error;
  }
  redis::Endpoint endpoint = *std::move(parsed);
  const std::string credentials = environment(fmt::format("QSNAP_CREDENTIALS_FILE_{}", side).c_str());
  if (!credentials.empty()) {
    QSNAP_TRY(redis::apply_credentials_file(endpoint, credentials));
  }
  if (endpoint.tls) {  // --tls-… is for both sides, and one of them may be a plain connection
    QSNAP_TRY(redis::apply_tls_options(
        endpoint, {either(options.tls_ca, "QSNAP_TLS_CA"), either(options.tls_certificate, "QSNAP_TLS_CERT"),
                   either(options.tls_key, "QSNAP_TLS_KEY")}));
  }
  return target_at(std::move(endpoint));
}

app::RedactionChoice Session::redaction() {
  return {options.redact ? app::RedactRule::always : app::RedactRule::by_config, [this] { return redaction_key(); }};
}

Result<codec::RedactionKey> Session::redaction_key() {
  const app::KeyPlaces places{environment("QSNAP_REDACT_KEY"), app::config_home(process_environment())};
  QSNAP_ASSIGN(app::UserKey key, app::user_key(places));
  if (key.origin == app::UserKey::Origin::made) {
    m_bar.erase();
    const std::string file = report::escape_terminal(app::redaction_key_file(places).native());
    print_to_stderr(fmt::format(
        "git-qsnap: made a key for redaction: {}; keep it: only the same key makes the same tokens\n", file));
  }
  return std::move(key.key);
}

Result<app::Target> Session::target() {
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
  return report::Style{colour, output_width(fd)};
}

report::Style Session::style() const {
  return style_of(STDOUT_FILENO);
}

report::Style Session::error_style() const {
  return style_of(STDERR_FILENO);
}

Progress Session::progress() {
  return Progress{[this](const ProgressEvent& event) { m_bar.show(event); }, m_cancelled};
}

bool Session::prints_to_terminal() {
  return is_terminal(STDOUT_FILENO);
}

bool Session::can_ask() {
  return is_terminal(STDIN_FILENO) && is_terminal(STDERR_FILENO);
}

std::optional<std::string> Session::ask(std::string_view question) {
  m_bar.erase();
  print_to_stderr(report::escape_terminal(question) + ' ');
  return read_line(*m_cancelled);
}

bool Session::confirm(std::string_view question) {
  const auto answer = can_ask() ? ask(fmt::format("{} [y/N]", question)) : std::nullopt;
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace qsnap::cli
