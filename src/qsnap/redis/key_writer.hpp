// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// Writes keys by typed commands, pipelined: bodies at once, later stages kept until finish() and then written in
/// stage order. Never RESTORE. Remembers the keys it wrote, so that a failed load can take them away again. What is
/// kept and remembered lies in spools: eight bytes of memory for each key. One thread.
class KeyWriter final : public model::KeySink {
 public:
  /// `progress` is asked whether to go on; it is not told anything.
  KeyWriter(Connection& connection, std::size_t pipeline_depth, Progress progress = {});
  ~KeyWriter() override;

  /// These keys were there before and are added to: undo() leaves them.
  void spare(std::vector<std::string> keys);
  Result<void> write(const model::KeyWrite& write) override;
  /// Writes the later stages and waits for every reply. The first error reply of the load is the error.
  Result<void> finish();

  /// How many keys were written, or may have been.
  [[nodiscard]] std::uint64_t keys_written() const;
  /// The first of them, at most `count`.
  [[nodiscard]] Result<std::vector<std::string>> first_keys(std::size_t count) const;
  /// After a failure: unlinks every key this writer touched, but for those to spare, over another connection: its own
  /// may be lost, or in the middle of a command. First it makes sure that no write of its own comes after that.
  /// Errors when some keys may be left; not if the server had refused every single write.
  Result<void> undo(Connection& over);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// Unlinks these keys, pipelined. The answer is how many of them were there.
Result<std::uint64_t> unlink_keys(Connection& connection, std::span<const std::string_view> keys);
Result<std::uint64_t> unlink_keys(Connection& connection, const std::vector<std::string>& keys);

/// Which of the keys exist, as indices into them, in order.
Result<std::vector<std::size_t>> existing_keys(Connection& connection, std::span<const std::string_view> keys);

/// Whether no other load is at work in this database: two would both find it empty, and mix. The claim is the name of
/// the connection, so it ends with it. A user without the right to see who is connected gets true.
Result<bool> claim_load(Connection& connection, std::uint32_t database);
/// Gives the claim back: where two were refused at the same moment, neither has to wait for the other.
Result<void> drop_load_claim(Connection& connection);

/// Whether any key exists that starts with one of the prefixes (any key at all for an empty list).
Result<bool> has_keys(Connection& connection, const std::vector<std::string>& prefixes);

}  // namespace qsnap::redis
