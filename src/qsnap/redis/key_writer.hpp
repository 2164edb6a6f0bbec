// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <qsnap/model/keyspace.hpp>
#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// Writes keys by typed commands, pipelined: bodies at once, later stages kept until finish() and then written in
/// stage order. Never RESTORE. Remembers the keys it created, so that a failed load can take them away again.
class KeyWriter final : public model::KeySink {
 public:
  KeyWriter(Connection& connection, std::size_t pipeline_depth);
  ~KeyWriter() override;

  /// These keys were there before and are added to: undo() leaves them.
  void spare(std::vector<std::string> keys);
  Result<void> write(const model::KeyWrite& write) override;
  /// Writes the later stages and waits for every reply. The first error reply of the load is the error.
  Result<void> finish();

  [[nodiscard]] std::uint64_t keys_written() const;
  /// After a failure: unlinks every key this writer touched, but for those to spare. Errors when some may be left.
  Result<void> undo();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// The server's TIME.
Result<Instant> server_time(Connection& connection);

/// Unlinks these keys, pipelined.
Result<void> unlink_keys(Connection& connection, const std::vector<std::string>& keys, std::size_t pipeline_depth);

/// Those of the keys that exist, in their order.
Result<std::vector<std::string>> existing_keys(Connection& connection, const std::vector<std::string>& keys,
                                               std::size_t pipeline_depth);

/// Whether no other load is at work in this database: two would both find it empty, and mix. The claim is the name of
/// the connection, so it ends with it. A user without the right to see who is connected gets true.
Result<bool> claim_load(Connection& connection, std::uint32_t database);

/// Whether any key exists that starts with one of the prefixes (any key at all for an empty list).
Result<bool> has_keys(Connection& connection, const std::vector<std::string>& prefixes);

}  // namespace qsnap::redis
