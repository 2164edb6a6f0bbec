// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/redis/capture_reader.hpp>
#include <qsnap/redis/key_scan.hpp>
#include <qsnap/redis/plain_capture.hpp>
#include <qsnap/redis/server_info.hpp>
#include <qsnap/redis/stream_state.hpp>

namespace qsnap::redis {

namespace {

Result<void> scan(Connection& connection, const std::vector<std::string>& prefixes, KeyTable& table,
                  const Progress& progress) {
  std::uint64_t found = 0;
  QSNAP_TRY(scan_keys(connection, prefixes, [&](const std::vector<std::string_view>& names) -> Result<bool> {
    for (const std::string_view name : names) {
      table.add_scanned(name);
    }
    found += names.size();
    progress.report("listing keys", found, 0);
    QSNAP_TRY(progress.check());
    return true;
  }));
  table.seal();
  return {};
}

Result<void> read(Connection& connection, Spool& spool, std::size_t depth, KeyTable& table, const Progress& progress) {
  const std::vector<KeyTable::Index> keys = all_keys(table);
  CaptureReader reader{connection, spool, depth};
  QSNAP_TRY(reader.read(table, keys, [&](std::size_t done) -> Result<bool> {
    progress.report("reading keys", done, keys.size());
    QSNAP_TRY(progress.check());
    return true;
  }));
  StreamStateReader state_reader{connection, spool, depth};
  const std::vector<KeyTable::Index> streams = streams_of(table);
  QSNAP_ASSIGN(StreamStateReader::State state, state_reader.read(table, streams));
  set_stream_state(table, streams, std::move(state));
  return {};
}

}  // namespace

Result<Capture> capture_plainly(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress) {
  QSNAP_ASSIGN(Connection connection, Connection::open(endpoint, ConnectionOptions{}, progress));
  QSNAP_ASSIGN(Spool spool, Spool::create(k_image_memory_bytes));
  KeyTable table;
  QSNAP_TRY(scan(connection, distinct_prefixes(options.prefixes), table, progress));
  QSNAP_TRY(read(connection, spool, options.pipeline_depth, table, progress));
  Capture capture;
  QSNAP_ASSIGN(capture.captured_at, server_time(connection));
  QSNAP_ASSIGN(const ServerInfo info, ServerInfo::read(connection));
  QSNAP_TRY(check_expiring_fields(info, endpoint.database));
  table.freeze(capture.captured_at);
  capture.keyspace = std::make_unique<KeyImage>(std::move(table), std::move(spool));
  capture.mode = CaptureMode::none;
  return capture;
}

}  // namespace qsnap::redis
