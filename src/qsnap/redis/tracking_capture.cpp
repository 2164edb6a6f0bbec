// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <qsnap/redis/capture_reader.hpp>
#include <qsnap/redis/key_scan.hpp>
#include <qsnap/redis/server_info.hpp>
#include <qsnap/redis/stream_state.hpp>
#include <qsnap/redis/tracking.hpp>
#include <qsnap/redis/tracking_capture.hpp>

namespace qsnap::redis {

namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Times that everything may be read again from the start: after FLUSHALL, SWAPDB, or a write to the watched key.
constexpr int k_attempts = 10;
/// With at most this many keys, all of them are read again inside the pause where no key stays unwritten.
constexpr std::size_t k_small = 500;
/// A pause is worth beginning once this few keys are dirty, or once re-reading does not make them fewer.
constexpr std::size_t k_few = 64;
/// How much of the pause is left alone: Redis counts it in whole milliseconds of its own clock.
constexpr milliseconds k_pause_margin{2};
constexpr milliseconds k_pause_least{8};
constexpr milliseconds k_pause_step{1};

/// One attempt to read the database. Start over when it turns out to have been replaced under our hands.
///
/// The proof of a point in time: tracking tells of every write to a key; keys written after they were read are read
/// again; the last of them, and what tracking does not tell (stream groups), are read while writers are paused (or,
/// without the right to pause, in a round in which nothing was written). SWAPDB is not told either: a WATCH on one
/// key, begun before the scan, fails in the end if there was one. That works only while nobody writes to that key, so
/// it is the least written one, and if it was written all the same, everything is read again inside the pause.
class Attempt {
 public:
  enum class Outcome { done, start_over };

  static Result<std::unique_ptr<Attempt>> begin(const Endpoint& endpoint, const CaptureOptions& options,
                                                const Progress& progress, Heat& heat);
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  Result<Outcome> run();
  /// An error if there is what typed reads do not see.
  Result<void> check_fields(std::uint32_t database);
  /// REQUIRES: run() said done
  Capture take();

 private:
  enum class Proof { proven, not_yet, start_over };
  using Keys = std::vector<KeyTable::Index>;

  Attempt(Connection connection, Tracking tracking, Spool spool, const CaptureOptions& options, Progress progress,
          Heat& heat);

  Result<void> watch();
  Result<void> scan();
  Result<Proof> prove();
  Result<Proof> reread();
  Result<Proof> freeze_round();
  Result<Proof> inside_pause(SteadyClock::time_point end);
  Result<Proof> after_pause();
  Result<Proof> open_round();
  [[nodiscard]] milliseconds pause_needed() const;
  Result<void> wait_out(SteadyClock::time_point end);

  void collect_dirty();
  Result<Keys> rescan();
  Keys dirty_keys();
  [[nodiscard]] bool must_start_over() const;
  Result<void> read_stream_state(const Keys& reread);
  Result<bool> read_keys(const Keys& keys, SteadyClock::time_point deadline);
  Result<Proof> prove_unswapped();
  [[nodiscard]] Error never_quiet() const;

  const CaptureOptions& m_options;
  Progress m_progress;
  Heat& m_heat;
  Connection m_connection;
  Tracking m_tracking;
  Spool m_spool;
  KeyTable m_table;
  CaptureReader m_reader;
  StreamStateReader m_stream_reader;
  std::vector<std::string> m_prefixes;
  std::string m_watched;
  bool m_watching = false;           ///< the watched key has not been written, as far as we know
  std::vector<std::string> m_dirty;  ///< to be read again
  Keys m_streams;                    ///< looked for before a pause: a table of many keys takes a while
  microseconds m_reread_cost{0};     ///< what the last reading of dirty keys took
  CaptureMode m_mode;
  Instant m_captured_at;
  microseconds m_pause{0};
  int m_rounds = 0;
};

Error cannot_pause(const Reply& reply) {
  Error error = reply_error(reply.text());
  error.hints = {"give the user the right to pause writers: ACL SETUSER NAME +client|pause (Redis 6.2 or newer)",
                 "without it: --consistency=rounds, or --consistency=fork"};
  return with_context(std::move(error), "freeze needs CLIENT PAUSE");
}

Result<std::unique_ptr<Attempt>> Attempt::begin(const Endpoint& endpoint, const CaptureOptions& options,
                                                const Progress& progress, Heat& heat) {
  QSNAP_ASSIGN(Connection connection, Connection::open(endpoint, ConnectionOptions{}, progress));
  QSNAP_ASSIGN(Tracking tracking, Tracking::start(endpoint, connection, distinct_prefixes(options.prefixes), progress));
  QSNAP_ASSIGN(Spool spool, Spool::create(k_image_memory_bytes));
  return std::unique_ptr<Attempt>{
      new Attempt{std::move(connection), std::move(tracking), std::move(spool), options, progress, heat}};
}

Attempt::Attempt(Connection connection, Tracking tracking, Spool spool, const CaptureOptions& options,
                 Progress progress, Heat& heat)
    : m_options(options),
      m_progress(std::move(progress)),
      m_heat(heat),
      m_connection(std::move(connection)),
      m_tracking(std::move(tracking)),
      m_spool(std::move(spool)),
      m_reader(m_connection, m_spool, options.pipeline_depth),
      m_stream_reader(m_connection, m_spool, options.pipeline_depth),
      m_prefixes(distinct_prefixes(options.prefixes)),
      m_mode(options.consistency == Consistency::rounds ? CaptureMode::rounds : CaptureMode::freeze) {}

Result<Attempt::Outcome> Attempt::run() {
  QSNAP_TRY(watch());
  QSNAP_TRY(scan());
  QSNAP_TRY(read_keys(all_keys(m_table), SteadyClock::time_point::max()));
  QSNAP_ASSIGN(const Proof proof, prove());
  switch (proof) {
    case Proof::proven:
      return Outcome::done;
    case Proof::start_over:
      return Outcome::start_over;
    default:
      return never_quiet();
  }
}

Result<void> Attempt::check_fields(std::uint32_t database) {
  QSNAP_ASSIGN(const ServerInfo info, ServerInfo::read(m_connection));
  return check_expiring_fields(info, database);
}

Capture Attempt::take() {
  m_table.freeze(m_captured_at);
  Capture capture;
  capture.keyspace = std::make_unique<KeyImage>(std::move(m_table), std::move(m_spool));
  capture.captured_at = m_captured_at;
  capture.mode = m_mode;
  capture.pause = m_pause;
  capture.rounds = m_rounds;
  return capture;
}

/// WATCHes the least written of the first keys that a scan tells; none in an empty database.
Result<void> Attempt::watch() {
  std::optional<std::uint64_t> least;
  const auto take = [&](const std::vector<std::string_view>& names) -> Result<bool> {
    for (const std::string_view name : names) {
      const auto at = m_heat.find(name);
      const std::uint64_t heat = at == m_heat.end() ? 0 : at->second;
      if (!least || heat < *least) {
        least = heat;
        m_watched = name;
      }
    }
    return !least || *least > 0;
  };
  QSNAP_TRY(scan_keys(m_connection, m_prefixes, take));
  if (!least) {
    return {};
  }
  QSNAP_TRY(m_connection.call({"WATCH", m_watched}));
  QSNAP_ASSIGN(const Reply exists, m_connection.call({"EXISTS", m_watched}));
  m_watching = exists.integer() == 1;
  return {};
}

Result<void> Attempt::scan() {
  std::uint64_t found = 0;
  const auto take = [&](const std::vector<std::string_view>& names) -> Result<bool> {
    for (const std::string_view name : names) {
      m_table.add_scanned(name);
    }
    found += names.size();
    m_progress.report("listing keys", found, 0);
    QSNAP_TRY(m_tracking.drain(m_heat));
    QSNAP_TRY(m_progress.check());
    return true;
  };
  QSNAP_TRY(scan_keys(m_connection, m_prefixes, take));
  m_table.seal();
  return {};
}

Result<bool> Attempt::read_keys(const Keys& keys, SteadyClock::time_point deadline) {
  return m_reader.read(m_table, keys, [&](std::size_t done) -> Result<bool> {
    m_progress.report("reading keys", done, keys.size());
    QSNAP_TRY(m_progress.check());
    QSNAP_TRY(m_tracking.drain(m_heat));
    return SteadyClock::now() < deadline;
  });
}

Result<Attempt::Proof> Attempt::prove() {
  while (m_rounds < m_options.rounds) {
    ++m_rounds;
    QSNAP_TRY(m_progress.check());
    Proof proof = Proof::not_yet;
    if (m_mode == CaptureMode::freeze) {
      QSNAP_ASSIGN(proof, reread());
      if (proof == Proof::not_yet) {
        QSNAP_ASSIGN(proof, freeze_round());
      }
    }
    if (m_mode == CaptureMode::rounds && proof == Proof::not_yet) {
      QSNAP_ASSIGN(proof, open_round());
    }
    if (proof != Proof::not_yet) {
      return proof;
    }
  }
  return Proof::not_yet;
}

void Attempt::collect_dirty() {
  for (std::string& key : m_tracking.take_dirty()) {
    m_watching = m_watching && key != m_watched;
    m_dirty.push_back(std::move(key));
  }
}

bool Attempt::must_start_over() const {
  return m_tracking.flushed() || (!m_watching && m_table.size() > k_small);
}

/// Reads dirty keys again while writers go on, until few are left: what remains decides the length of the pause.
Result<Attempt::Proof> Attempt::reread() {
  std::size_t before = std::numeric_limits<std::size_t>::max();
  while (true) {
    QSNAP_TRY(m_tracking.sync(m_heat));
    collect_dirty();
    if (must_start_over()) {
      return Proof::start_over;
    }
    const Keys keys = dirty_keys();
    if (keys.empty()) {
      m_reread_cost = microseconds{0};
      return Proof::not_yet;
    }
    if (keys.size() > before / 2) {
      return Proof::not_yet;
    }
    const auto start = SteadyClock::now();
    QSNAP_TRY(read_keys(keys, SteadyClock::time_point::max()));
    m_reread_cost = std::chrono::duration_cast<microseconds>(SteadyClock::now() - start);
    QSNAP_ASSIGN(const bool settled, m_reader.settle(m_table));
    if (!settled) {
      continue;
    }
    m_dirty.clear();
    if (keys.size() <= k_few) {
      return Proof::not_yet;
    }
    before = keys.size();
  }
}

/// A little more than reading the dirty keys took last time: what is left of a pause at its end is time lost for
/// writers, and a pause that was too short is one for nothing. The least doubles, so that a slow network is found out.
milliseconds Attempt::pause_needed() const {
  constexpr int k_most_doublings = 10;
  const auto least = k_pause_least * (1 << std::min(m_rounds - 1, k_most_doublings));
  const auto likely = std::chrono::ceil<milliseconds>(m_reread_cost + m_reread_cost / 2) + k_pause_least / 2;
  return std::max<milliseconds>(least, likely);
}

Result<Attempt::Proof> Attempt::freeze_round() {
  if (m_reread_cost > m_options.pause_bound) {  // a pause would be for nothing: perhaps another reading is quicker
    return Proof::not_yet;
  }
  m_streams = streams_of(m_table);
  const milliseconds bound = std::min(m_options.pause_bound, pause_needed());
  const auto start = SteadyClock::now();
  Reply reply;
  QSNAP_TRY(m_connection.send({"CLIENT", "PAUSE", fmt::format_int(bound.count()).c_str(), "WRITE"}));
  QSNAP_TRY(m_connection.receive(reply));
  if (reply.is_error()) {  // no right for it, or before 6.2
    m_mode = CaptureMode::rounds;
    return m_options.consistency == Consistency::freeze ? cannot_pause(reply) : Result<Proof>{Proof::not_yet};
  }
  auto proof = inside_pause(start + bound - k_pause_margin);
  if (!proof) {
    std::this_thread::sleep_until(start + bound + k_pause_step);  // the connection's end wakes the server up then
    return proof;
  }
  QSNAP_TRY(wait_out(start + bound));
  m_pause = std::max(m_pause, std::chrono::duration_cast<microseconds>(SteadyClock::now() - start));
  return *proof == Proof::proven ? after_pause() : *proof;
}

/// What need not be done while writers wait: a SWAPDB or a broken redirection that came only after the pause makes the
/// proof fail, too, but never succeed.
Result<Attempt::Proof> Attempt::after_pause() {
  QSNAP_TRY(m_tracking.confirm(m_connection));
  QSNAP_ASSIGN(const bool settled, m_reader.settle(m_table));
  if (!settled) {
    return Proof::not_yet;  // the keys are still in m_dirty
  }
  return prove_unswapped();
}

Result<Attempt::Proof> Attempt::inside_pause(SteadyClock::time_point end) {
  QSNAP_TRY(m_tracking.sync(m_heat));  // PAUSE has answered: every write before it has been told by now
  collect_dirty();
  if (must_start_over()) {
    return Proof::start_over;
  }
  Keys keys = dirty_keys();
  if (!m_watching) {
    QSNAP_ASSIGN(keys, rescan());
  }
  QSNAP_ASSIGN(const bool finished, read_keys(keys, end));
  // All dirty keys stay dirty. Where everything had to be read, another watched key may stay unwritten.
  const Proof too_late = m_watching ? Proof::not_yet : Proof::start_over;
  if (!finished) {
    return too_late;
  }
  QSNAP_TRY(read_stream_state(keys));
  QSNAP_ASSIGN(m_captured_at, server_time(m_connection));
  const bool in_time = SteadyClock::now() < end;
  QSNAP_TRY(m_tracking.sync(m_heat));
  if (m_tracking.flushed()) {
    return Proof::start_over;
  }
  if (!in_time) {
    return too_late;
  }
  return m_tracking.is_dirty() ? Proof::not_yet : Proof::proven;  // dirty: somebody else ended the pause
}

/// Redis notices the end of a pause when its event loop wakes up, which on an idle server is up to 100 ms late. The
/// pause is left to end by itself: CLIENT UNPAUSE would end one that somebody else began, too.
Result<void> Attempt::wait_out(SteadyClock::time_point end) {
  Reply reply;
  while (SteadyClock::now() < end + k_pause_step) {
    QSNAP_TRY(m_connection.receive_within(reply, k_pause_step));
  }
  QSNAP_TRY(m_connection.call({"PING"}));
  return {};
}

/// A round without a pause is proof if nothing was written between its start and the end of the first reading of the
/// stream state, and that state was still the same afterwards: so all was true in between.
Result<Attempt::Proof> Attempt::open_round() {
  QSNAP_TRY(m_tracking.sync(m_heat));
  collect_dirty();
  if (m_tracking.flushed() || (!m_watching && m_table.size() > 0)) {
    return Proof::start_over;
  }
  QSNAP_TRY(read_keys(dirty_keys(), SteadyClock::time_point::max()));
  QSNAP_ASSIGN(const bool settled, m_reader.settle(m_table));
  if (!settled) {
    return Proof::not_yet;
  }
  m_dirty.clear();
  if (!m_watching) {  // an empty database is looked at again
    QSNAP_TRY(rescan());
  }
  const Keys keys = streams_of(m_table);
  QSNAP_ASSIGN(StreamStateReader::State first, m_stream_reader.read(m_table, keys));
  QSNAP_ASSIGN(m_captured_at, server_time(m_connection));
  QSNAP_ASSIGN(const StreamStateReader::State second, m_stream_reader.read(m_table, keys));
  QSNAP_TRY(m_tracking.sync(m_heat));
  QSNAP_TRY(m_tracking.confirm(m_connection));
  QSNAP_ASSIGN(const bool same, m_stream_reader.same(first, second));
  if (m_tracking.is_dirty() || !same || (!m_watching && m_table.size() > 0)) {
    return m_tracking.flushed() ? Proof::start_over : Proof::not_yet;
  }
  set_stream_state(m_table, keys, std::move(first));
  return prove_unswapped();
}

/// All keys that there are or were.
Result<Attempt::Keys> Attempt::rescan() {
  QSNAP_TRY(scan_keys(m_connection, m_prefixes, [&](const std::vector<std::string_view>& names) -> Result<bool> {
    for (const std::string_view name : names) {
      m_table.insert(name);
    }
    return true;
  }));
  return all_keys(m_table);
}

Attempt::Keys Attempt::dirty_keys() {
  std::sort(m_dirty.begin(), m_dirty.end());
  m_dirty.erase(std::unique(m_dirty.begin(), m_dirty.end()), m_dirty.end());
  Keys keys;
  keys.reserve(m_dirty.size());
  for (const std::string& name : m_dirty) {
    keys.push_back(m_table.insert(name));
  }
  return keys;
}

/// Of the streams that were there before the pause or are among the keys that were just read again, but for those that
/// came with their state.
Result<void> Attempt::read_stream_state(const Keys& reread) {
  Keys keys = m_streams;
  keys.insert(keys.end(), reread.begin(), reread.end());
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  const auto needs_none = [&](KeyTable::Index key) { return !m_table.is_stream(key) || m_reader.is_unsettled(key); };
  keys.erase(std::remove_if(keys.begin(), keys.end(), needs_none), keys.end());
  QSNAP_ASSIGN(StreamStateReader::State state, m_stream_reader.read(m_table, keys));
  set_stream_state(m_table, keys, std::move(state));
  return {};
}

/// The last step of a proof: whether the watched key, if there is one, is still the one that was there at the start.
Result<Attempt::Proof> Attempt::prove_unswapped() {
  if (!m_watching) {
    return Proof::proven;
  }
  QSNAP_TRY(m_connection.call({"MULTI"}));
  QSNAP_ASSIGN(const Reply reply, m_connection.call({"EXEC"}));
  return reply.tokens().front().kind == Reply::Kind::array ? Proof::proven : Proof::start_over;
}

/// Names the key that is written most, and the largest one that is still written: its reading is what takes long.
Error Attempt::never_quiet() const {
  std::string message = fmt::format("no point-in-time state could be had in {} rounds", m_rounds);
  const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto hottest = std::max_element(m_heat.begin(), m_heat.end(), less);
  if (hottest != m_heat.end()) {
    message += fmt::format("; the most written key is {}", hottest->first);
  }
  std::pair<std::string_view, std::uint64_t> largest;
  for (const auto& [key, count] : m_heat) {
    const auto index = m_table.find(key);
    const std::uint64_t bytes = index ? m_table.bytes(*index) : 0;
    largest = bytes > largest.second ? std::pair{std::string_view{key}, bytes} : largest;
  }
  if (m_mode == CaptureMode::freeze && largest.second > 0) {
    message += fmt::format(
        "; the largest one that is being written is {} ({} bytes), too much to be read within the "
        "{} ms for which writers may be paused",
        largest.first, largest.second, m_options.pause_bound.count());
  }
  std::vector<std::string> hints = {"let the server fork instead: --consistency=fork",
                                    "narrow the scope with --prefix or --queue, or try again at a quieter moment"};
  if (m_mode == CaptureMode::rounds) {
    hints.emplace_back("give the user the right to pause writers: ACL SETUSER NAME +client|pause");
  }
  return make_error(ErrorCode::inconsistent, std::move(message), std::move(hints));
}

}  // namespace

Result<Capture> capture_by_tracking(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress) {
  Heat heat;
  for (int i = 0; i < k_attempts; ++i) {
    QSNAP_ASSIGN(const std::unique_ptr<Attempt> attempt, Attempt::begin(endpoint, options, progress, heat));
    QSNAP_ASSIGN(const Attempt::Outcome outcome, attempt->run());
    if (outcome == Attempt::Outcome::done) {
      QSNAP_TRY(attempt->check_fields(endpoint.database));
      return attempt->take();
    }
  }
  return make_error(ErrorCode::inconsistent,
                    fmt::format("{} was flushed or swapped, or its coldest key was written, {} times while it was read",
                                endpoint.display(), k_attempts),
                    {"try again when FLUSHALL, FLUSHDB and SWAPDB have ended"});
}

}  // namespace qsnap::redis
