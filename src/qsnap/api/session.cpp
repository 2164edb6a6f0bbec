// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <qsnap/api/session.hpp>
#include <qsnap/app/endpoint_choice.hpp>
#include <qsnap/app/redaction_key.hpp>
#include <qsnap/app/set_choice.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/exit_code.hpp>
#include <qsnap/report/outcome_report.hpp>

namespace qsnap::api {

namespace {

/// Absent when the option is not there.
Result<std::optional<config::UpdateMode>> update_option(Options& options) {
  QSNAP_ASSIGN(const std::optional<std::string> word, options.text("update"));
  if (!word) {
    return std::optional<config::UpdateMode>{};
  }
  const std::optional<config::UpdateMode> mode = config::parse_update_mode(*word);
  if (!mode) {
    return make_error(ErrorCode::usage, fmt::format("option \"update\" is \"{}\"", *word),
                      {"it may be pending, new, all or none"});
  }
  return mode;
}

/// A URL with a password is welcome: options are on nobody's command line.
Result<std::optional<redis::Endpoint>> endpoint_option(Options& options, const app::Environment& environment) {
  app::EndpointWords words;
  words.url_origin = redis::UrlOrigin::environment;
  QSNAP_ASSIGN(const std::optional<std::string> url, options.text("redis"));
  QSNAP_ASSIGN(const auto timeout, options.milliseconds("timeout_ms"));
  words.url = url.value_or("");
  if (timeout && timeout->count() == 0) {
    return make_error(ErrorCode::usage, "option \"timeout_ms\" is 0", {"leave it out for 30 seconds"});
  }
  words.reply_timeout = timeout.value_or(words.reply_timeout);
  return app::choose_endpoint(words, environment);
}

}  // namespace

Answer answer_of(const Error& error) {
  const report::ErrorView view{report::error_word(error.code), report::exit_code(error.code), error.message,
                               error.hints};
  std::string message = report::escape_terminal(error.message);
  for (const std::string& hint : error.hints) {
    message += "\nhint: " + report::escape_terminal(hint);
  }
  return {view.exit_code, std::move(message), report::error_json(view)};
}

Session::Session(store::Store store, app::Environment environment)
    : m_store(std::move(store)), m_environment(std::move(environment)) {}

Result<Session> Session::open(std::string_view options_json, app::Environment environment) {
  QSNAP_ASSIGN(Options options, Options::parse(options_json));
  QSNAP_ASSIGN(const std::optional<std::string> folder, options.text("folder"));
  QSNAP_ASSIGN(const std::optional<config::UpdateMode> update, update_option(options));
  QSNAP_ASSIGN(const std::optional<bool> any_host, options.flag("allow_host"));
  QSNAP_ASSIGN(const std::optional<std::string> set, options.text("set"));
  QSNAP_ASSIGN(const std::optional<std::string> branch, options.text("branch"));
  QSNAP_ASSIGN(std::optional<redis::Endpoint> endpoint, endpoint_option(options, environment));
  QSNAP_TRY(options.expect_end());
  QSNAP_ASSIGN(store::Store store, store::Store::open(folder.value_or(".")));
  QSNAP_ASSIGN(app::ChosenSet chosen, app::choose_set(store, {set.value_or(""), branch.value_or(""), environment}));
  store.select(std::move(chosen.chain));
  Session session{std::move(store), std::move(environment)};
  session.m_endpoint = std::move(endpoint);
  session.m_hosts = any_host.value_or(false) ? app::HostRule::any : app::HostRule::loopback_only;
  session.m_update = update;
  return session;
}

Result<app::Target> Session::target() const {
  if (!m_endpoint) {
    return make_error(ErrorCode::usage, "which Redis?",
                      {"give the option \"redis\" (redis://127.0.0.1:6379/0) or set QSNAP_REDIS_URL"});
  }
  app::Target target;
  target.endpoint = *m_endpoint;
  target.hosts = m_hosts;
  target.threads = std::max(1U, std::thread::hardware_concurrency());
  target.redaction = {
      app::RedactRule::by_config, [environment = m_environment]() -> Result<codec::RedactionKey> {
        const app::KeyPlaces places{environment("QSNAP_REDACT_KEY").value_or(""), app::config_home(environment)};
        QSNAP_ASSIGN(app::UserKey key, app::user_key(places));
        return std::move(key.key);
      }};
  return target;
}

Result<std::optional<store::RunLedger>> Session::ledger() {
  if (!m_ledger) {
    QSNAP_ASSIGN(m_ledger, app::run_ledger(m_store.git_dir(), m_environment));
  }
  return m_ledger;
}

Result<Answer> Session::recorded(store::RunEventKind kind, const store::SnapshotName& name, Result<Answer> finished) {
  const bool held = finished && finished->status == report::k_exit_ok;
  const auto run = ledger();
  if (run && !*run) {
    return finished;
  }
  const Result<void> told = run ? (*run)->append({kind, name, held, {}, m_clock.now()}) : Result<void>{run.error()};
  if (finished && !told) {
    finished->message += fmt::format("warning: the test run does not know of {}: {}\n", name.text(),
                                     report::escape_terminal(told.error().message));
  }
  return finished;
}

}  // namespace qsnap::api
