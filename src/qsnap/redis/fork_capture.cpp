// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <qsnap/redis/fork_capture.hpp>
#include <qsnap/redis/key_image.hpp>
#include <qsnap/redis/rdb/rdb_reader.hpp>
#include <qsnap/redis/server_info.hpp>
#include <qsnap/redis/sync_stream.hpp>

namespace qsnap::redis {

namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

/// A server that is busy with our image, or waits before it begins one, still says something every second.
constexpr std::chrono::seconds k_longest_silence{30};
/// Beyond its own delay: for the end of a save that is going on, and for replicas before us.
constexpr std::chrono::minutes k_longest_queue{5};

/// The settings, if SYNC is going to be answered without touching the server's disk. SYNC's own answer would say it
/// too late: a server that is told not to sync diskless overwrites its dump.rdb first, whatever the client asked for
/// (7.0: also with capa eof and rdb-only; tried).
Result<DisklessSync> require_diskless(Connection& control, const Endpoint& endpoint) {
  QSNAP_ASSIGN(const std::optional<DisklessSync> setting, read_diskless_sync(control));
  if (!setting) {
    return make_error(ErrorCode::redis_denied,
                      fmt::format("{} does not tell whether SYNC would make it write its dump.rdb", endpoint.display()),
                      {"give the user the right: ACL SETUSER NAME +config|get", "--consistency=freeze needs no fork"});
  }
  if (!setting->on) {
    return make_error(ErrorCode::refused,
                      fmt::format("{} would write its dump.rdb: its repl-diskless-sync is off", endpoint.display()),
                      {"CONFIG SET repl-diskless-sync yes on the server", "--consistency=freeze needs no fork"});
  }
  return *setting;
}

/// A connection that is ready for SYNC.
Result<Connection> open_replica(Endpoint endpoint, const Progress& progress) {
  endpoint.database = 0;  // all databases come anyway
  QSNAP_ASSIGN(Connection connection, Connection::open(endpoint, ConnectionOptions{}, progress));
  Reply reply;
  QSNAP_TRY(connection.send({"REPLCONF", "capa", "eof"}));
  QSNAP_TRY(connection.receive(reply));
  if (reply.is_error()) {
    return sync_refusal(reply.text());
  }
  // From 7.0 on: the server hangs up behind the image instead of going on with replication.
  QSNAP_TRY(connection.send({"REPLCONF", "rdb-only", "1"}));
  QSNAP_TRY(connection.receive(reply));
  return connection;
}

/// One capture: the connection that the image comes over, and one for asking about it.
class ForkCapture {
 public:
  static Result<ForkCapture> begin(const Endpoint& endpoint, const Progress& progress);
  Result<Capture> run(const RdbOptions& options);

 private:
  ForkCapture(Connection control, Connection replica, DisklessSync setting, const Endpoint& endpoint,
              const Progress& progress)
      : m_control(std::move(control)),
        m_replica(std::move(replica)),
        m_setting(setting),
        m_endpoint(endpoint),
        m_progress(progress) {}

  Result<SyncHeader> await_image();
  Result<void> tell_wait(SteadyClock::time_point start);
  Result<std::string_view> read_wire();
  [[nodiscard]] Error never_began() const;

  Connection m_control;
  Connection m_replica;
  DisklessSync m_setting;
  const Endpoint& m_endpoint;
  const Progress& m_progress;
  milliseconds m_waited{0};
};

Result<ForkCapture> ForkCapture::begin(const Endpoint& endpoint, const Progress& progress) {
  QSNAP_ASSIGN(Connection control, Connection::open(endpoint, ConnectionOptions{}, progress));
  QSNAP_ASSIGN(const DisklessSync setting, require_diskless(control, endpoint));
  QSNAP_ASSIGN(Connection replica, open_replica(endpoint, progress));
  return ForkCapture{std::move(control), std::move(replica), setting, endpoint, progress};
}

Result<Capture> ForkCapture::run(const RdbOptions& options) {
  QSNAP_ASSIGN(Spool spool, Spool::create(k_image_memory_bytes));
  QSNAP_ASSIGN(SyncHeader header, await_image());
  Capture capture;
  capture.mode = CaptureMode::fork;
  capture.waited = m_waited;
  QSNAP_ASSIGN(capture.captured_at, server_time(m_control));  // behind the fork: the header comes from the child
  QSNAP_ASSIGN(const ServerInfo info, ServerInfo::read(m_control));
  capture.pause = microseconds{info.number("latest_fork_usec").value_or(0)};

  KeyTable table;
  SyncImage image{std::move(header), [this] { return read_wire(); }};
  QSNAP_TRY(read_rdb(image, options, table, spool, m_progress));
  QSNAP_ASSIGN(const std::string_view rest, image.next());
  if (!rest.empty()) {
    return make_error(ErrorCode::corrupt,
                      fmt::format("the image from {} goes on behind its end", m_endpoint.display()));
  }
  table.freeze(capture.captured_at);
  capture.keyspace = std::make_unique<KeyImage>(std::move(table), std::move(spool));
  return capture;
}

/// SYNC goes out alone: behind another command it is refused ("invalid with pending output").
Result<SyncHeader> ForkCapture::await_image() {
  constexpr milliseconds k_step{200};
  const auto start = SteadyClock::now();
  auto heard = start;
  std::string received;
  QSNAP_TRY(m_replica.send({"SYNC"}));
  while (SteadyClock::now() < start + m_setting.delay + k_longest_queue) {
    QSNAP_ASSIGN(const std::string_view bytes, m_replica.receive_raw(k_step));
    if (!bytes.empty()) {
      heard = SteadyClock::now();
      received += bytes;
      QSNAP_ASSIGN(std::optional<SyncHeader> header, parse_sync_header(received));
      if (header) {
        m_waited = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start);
        return *std::move(header);
      }
    } else if (SteadyClock::now() > heard + k_longest_silence) {
      break;
    }
    QSNAP_TRY(tell_wait(start));
  }
  return never_began();
}

/// What the wait is for. Asking keeps the other connection alive, too.
Result<void> ForkCapture::tell_wait(SteadyClock::time_point start) {
  QSNAP_ASSIGN(const ServerInfo info, ServerInfo::read(m_control));
  const auto waited = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start);
  if (info.has_child()) {
    m_progress.report("waiting for another save of the server, seconds",
                      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(waited).count()), 0);
  } else {
    m_progress.report(fmt::format("waiting for the server's repl-diskless-sync-delay of {} s", m_setting.delay.count()),
                      static_cast<std::uint64_t>(waited.count()),
                      static_cast<std::uint64_t>(milliseconds{m_setting.delay}.count()));
  }
  return {};
}

Result<std::string_view> ForkCapture::read_wire() {
  const milliseconds patience = m_endpoint.timeouts.reply;
  QSNAP_ASSIGN(const std::string_view bytes, m_replica.receive_raw(patience));
  if (bytes.empty()) {
    return make_error(ErrorCode::redis_unreachable,
                      fmt::format("{} sent nothing of its image for {} ms", m_endpoint.display(), patience.count()));
  }
  return bytes;
}

Error ForkCapture::never_began() const {
  return make_error(
      ErrorCode::inconsistent,
      fmt::format("{} did not begin its image in time: another save or replica holds it up", m_endpoint.display()),
      {"redis-cli INFO persistence tells what goes on", "--consistency=freeze needs no fork"});
}

}  // namespace

Result<Capture> capture_by_fork(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress) {
  QSNAP_ASSIGN(ForkCapture fork, ForkCapture::begin(endpoint, progress));
  return fork.run(RdbOptions{endpoint.database, options.prefixes});
}

}  // namespace qsnap::redis
