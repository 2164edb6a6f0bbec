// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/capture_settings.hpp>
#include <qsnap/app/run_fixture.hpp>
#include <qsnap/base/random.hpp>
#include <qsnap/base/signal_inbox.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/time_words.hpp>
#include <qsnap/redis/private_server.hpp>
#include <qsnap/redis/server_info.hpp>

namespace qsnap::app {

namespace {

constexpr std::uint32_t k_databases = 64;

std::string url_of(const redis::PrivateServer& server) {
  return fmt::format("redis://127.0.0.1:{}/0", server.port());
}

/// Where the command finds its Redis. What would give it credentials of another Redis is taken away: this one has none.
std::vector<std::string> with_redis(const std::vector<std::string>& environment, const redis::PrivateServer& server,
                                    const std::string& run_id) {
  std::vector<std::pair<std::string, std::string>> ours = {
      {"REDIS_URL", url_of(server)},
      {"REDIS_HOST", "127.0.0.1"},
      {"REDIS_PORT", fmt::to_string(server.port())},
      {"QSNAP_REDIS_URL", server.endpoint().display()},
      {"QSNAP_RUN_ID", run_id},
  };
  constexpr std::array<std::string_view, 3> k_of_another = {"REDIS_USERNAME", "REDIS_PASSWORD",
                                                            "QSNAP_CREDENTIALS_FILE"};
  std::vector<std::string> variables;
  for (const std::string& variable : environment) {
    const std::string_view name = std::string_view{variable}.substr(0, variable.find('='));
    const bool replaced = std::any_of(ours.begin(), ours.end(), [&](const auto& one) { return one.first == name; });
    if (!replaced && std::find(k_of_another.begin(), k_of_another.end(), name) == k_of_another.end()) {
      variables.push_back(variable);
    }
  }
  for (const auto& [name, value] : ours) {
    variables.push_back(fmt::format("{}={}", name, value));
  }
  return variables;
}

/// One run, from a Redis that is there to what is said of it.
class FixtureRun {
 public:
  FixtureRun(const store::Store& store, const RunRequest& request, redis::PrivateServer& server, const Clock& clock,
             const Progress& progress)
      : m_store(store), m_request(request), m_server(server), m_clock(clock), m_progress(progress) {}

  Result<void> prepare();
  void run_command();
  void judge();
  void stop_the_rest();
  RunOutcome take() { return std::move(m_outcome); }

 private:
  [[nodiscard]] Target here(Target target) const;
  Result<void> load_baseline();
  [[nodiscard]] Result<OpenedSide> capture(std::string label) const;
  Result<void> look_at_state();
  std::optional<Error> end_of_server();
  Result<void> assert_expected();
  Result<void> compare_with_start();
  Result<void> note_other_databases();

  const store::Store& m_store;
  const RunRequest& m_request;
  redis::PrivateServer& m_server;
  const Clock& m_clock;
  const Progress& m_progress;
  std::optional<OpenedSide> m_start;  ///< what the command found; to compare with
  RunOutcome m_outcome;
};

Target FixtureRun::here(Target target) const {
  const redis::Timeouts timeouts = target.endpoint.timeouts;
  target.endpoint = m_server.endpoint();
  target.endpoint.timeouts = timeouts;
  return target;
}

Result<void> FixtureRun::load_baseline() {
  QSNAP_ASSIGN(const OpenedSide baseline, open_side(m_store, *m_request.baseline, std::nullopt, {}, m_progress));
  LoadRequest load = m_request.load;
  load.target = here(load.target);
  QSNAP_ASSIGN(m_outcome.loaded, app::load(m_store, baseline.reader, load, m_clock, m_progress));
  const auto name = m_request.baseline->kind == store::Side::Kind::name
                        ? store::SnapshotName::parse(m_request.baseline->name)
                        : Result<store::SnapshotName>{Error{}};
  if (name && m_request.places.ledger) {
    const Result<void> written =
        m_request.places.ledger->append({store::RunEventKind::loaded, *name, true, {}, m_clock.now()});
    if (!written) {
      m_outcome.notes.push_back(fmt::format("not recorded in the run: {}", written.error().message));
    }
  }
  return {};
}

Result<OpenedSide> FixtureRun::capture(std::string label) const {
  QSNAP_ASSIGN(const CaptureRequest request, configured_request(m_store, here(m_request.target), {}));
  QSNAP_ASSIGN(CapturedDocument captured, capture_document(request, KeyNames::forget, m_progress));
  return OpenedSide{std::move(label), std::move(captured.reader), std::move(captured.report)};
}

/// What a load puts there is not to the byte what the baseline says (times move, locks stay away), so what the command
/// finds is captured, and what it changes compared with that.
Result<void> FixtureRun::prepare() {
  if (m_request.baseline) {
    QSNAP_TRY(load_baseline());
  }
  if (!m_request.expect) {
    QSNAP_ASSIGN(OpenedSide start, capture(m_request.baseline ? m_request.baseline->text : "an empty Redis"));
    m_start.emplace(std::move(start));
  }
  return {};
}

void FixtureRun::run_command() {
  if (m_request.ready) {
    m_request.ready(url_of(m_server));
  }
  CommandStart command = m_request.command;
  command.environment = with_redis(command.environment, m_server, m_request.run_id);
  m_outcome.command = app::run_command(command, m_server.process());
}

Result<void> FixtureRun::assert_expected() {
  AssertRequest request = *m_request.expect;
  request.target = here(request.target);
  AssertPlaces places = m_request.places;
  if (m_outcome.command.exit_code != 0) {  // what a failed command left is nobody's expectation
    request.mode = config::UpdateMode::none;
    places.pending.reset();
  }
  QSNAP_ASSIGN(m_outcome.assertion, assert_state(m_store, places, request, m_clock, m_progress));
  if (m_outcome.command.exit_code != 0 && m_outcome.assertion->result != AssertResult::as_expected) {
    m_outcome.notes.emplace_back("the command failed, so nothing was written");
  }
  return {};
}

Result<void> FixtureRun::compare_with_start() {
  QSNAP_ASSIGN(const OpenedSide end, capture("now"));
  QSNAP_ASSIGN(config::Config configured, m_store.config());
  QSNAP_ASSIGN(const config::Config rules,
               config::with_arguments(std::move(configured), m_request.choice.rules.arguments));
  QSNAP_ASSIGN(
      m_outcome.changes,
      compare_opened(*m_start, end, rules, {m_request.choice.listing, m_request.choice.rules.ignored}, m_progress));
  return {};
}

Result<void> FixtureRun::note_other_databases() {
  QSNAP_ASSIGN(redis::Connection connection, redis::Connection::open(here(m_request.target).endpoint, {}, m_progress));
  QSNAP_ASSIGN(const redis::ServerInfo info, redis::ServerInfo::read(connection));
  std::vector<std::uint32_t> others;
  for (std::uint32_t database = 1; database < k_databases; ++database) {
    if (info.keys(database).value_or(0) > 0) {
      others.push_back(database);
    }
  }
  if (!others.empty()) {
    m_outcome.notes.push_back(fmt::format("only database 0 was looked at; there are keys in {} {}, too",
                                          others.size() == 1 ? "database" : "databases", fmt::join(others, ", ")));
  }
  return {};
}

Result<void> FixtureRun::look_at_state() {
  if (m_server.process().end()) {
    return make_error(ErrorCode::redis_unreachable, "there is no redis-server any more");
  }
  QSNAP_TRY(m_request.expect ? assert_expected() : compare_with_start());
  return note_other_databases();
}

/// Why there is nobody to talk to any more; absent while the server runs. One that was killed is gone from its socket
/// before its process has ended.
std::optional<Error> FixtureRun::end_of_server() {
  const SignalInbox inbox{SIGCHLD};
  constexpr int k_most_waits = 20;
  constexpr std::chrono::milliseconds k_wait{50};
  std::optional<ProcessEnd> end = m_server.process().end();
  for (int wait = 0; !end && wait < k_most_waits; ++wait) {
    (void)inbox.take(k_wait);
    end = m_server.process().end();
  }
  if (!end) {
    return std::nullopt;
  }
  return make_error(ErrorCode::redis_unreachable,
                    end->signal
                        ? fmt::format("the redis-server was killed by signal {} while the command ran", *end->signal)
                        : "the redis-server was shut down while the command ran",
                    {"it is there for this run alone, and goes by itself"});
}

/// Whatever comes of it, the rest is stopped afterwards: so an error is kept, too.
void FixtureRun::judge() {
  if (m_outcome.command.not_started || m_outcome.command.interrupted) {
    return;
  }
  if (Result<void> looked = look_at_state(); !looked) {
    const bool is_gone = looked.error().code == ErrorCode::redis_unreachable;
    const std::optional<Error> end = is_gone ? end_of_server() : std::nullopt;
    m_outcome.trouble = end ? *end : std::move(looked).error();
  }
  if (m_request.keep && !m_server.process().end()) {
    m_request.keep(m_outcome, url_of(m_server));
    const SignalInbox inbox{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    (void)inbox.take();
  }
}

void FixtureRun::stop_the_rest() {
  const SignalInbox inbox{SIGINT, SIGTERM, SIGCHLD};
  m_outcome.stopped = stop_descendants(m_server.process(), inbox);
}

}  // namespace

Result<std::string> new_run_id(Instant now) {
  constexpr std::size_t k_random_bytes = 8;
  QSNAP_ASSIGN(const std::string random, random_bytes(k_random_bytes));
  const std::string stamp = file_stamp(now);
  return fmt::format("run-{}Z-{}", stamp.substr(0, stamp.find('.')), to_hex(random));
}

Result<RunOutcome> run_fixture(const store::Store& store, const RunRequest& request, const Clock& clock,
                               const Progress& progress) {
  const Subreaper subreaper;
  // Until all is torn down, no closed terminal ends us. Ctrl-C and SIGTERM end what we do, and then we tear down.
  const SignalInbox held_back{SIGHUP, SIGQUIT, SIGCHLD};
  const redis::PrivateServerOptions options{request.server_program, request.command.environment, k_databases};
  QSNAP_ASSIGN(redis::PrivateServer server, redis::PrivateServer::start(options, progress));
  FixtureRun run{store, request, server, clock, progress};
  QSNAP_TRY(run.prepare());
  run.run_command();
  run.judge();
  run.stop_the_rest();
  return run.take();
}

}  // namespace qsnap::app
