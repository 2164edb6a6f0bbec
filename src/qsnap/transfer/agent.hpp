// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/transfer/chunk_store.hpp>
#include <qsnap/transfer/forge.hpp>
#include <qsnap/transfer/local_chunks.hpp>
#include <qsnap/transfer/protocol.hpp>
#include <qsnap/transfer/store_location.hpp>
#include <qsnap/transfer/upload.hpp>

namespace qsnap::transfer {

struct AgentOptions {
  StoreLocation store;
  std::string remote_shell = "ssh";
  std::string url;  ///< of the endpoint, for what is no snapshot; empty: everything goes to the store
  Belief belief = Belief::length;
  std::vector<std::string> environment;  ///< NAME=value, of programs that are started
};

/// A standalone custom transfer agent: reads requests of git-lfs and answers each, until it is told to terminate or the
/// input ends. What is wrong with one object is said of that one. One thread.
class Agent {
 public:
  Agent(AgentOptions options, std::FILE* in, std::FILE* out);

  /// An error is that answers cannot be written any more.
  Result<void> run();
  /// Bytes of chunks that went to the store and came from it, for a trace.
  [[nodiscard]] std::uint64_t sent() const { return m_sent; }
  [[nodiscard]] std::uint64_t received() const { return m_received; }

 private:
  Result<void> answer(const Request& request);
  Result<void> begin(const Request& request);
  Result<std::string> send(const Request& request);
  Result<std::string> receive(const Request& request);
  Result<std::string> receive_from_forge(const ObjectName& object);
  Result<void> say(const std::string& line);
  void advance(std::string_view object_id, std::uint64_t bytes);

  AgentOptions m_options;
  std::FILE *m_in, *m_out;
  std::unique_ptr<ChunkStore> m_store;  ///< there once git-lfs has begun
  std::optional<LocalChunks> m_at_hand;
  std::optional<Forge> m_forge;
  std::filesystem::path m_folder;  ///< for what is on the way
  UniqueFd m_held;                 ///< what git-lfs takes from there before it asks for the next one
  std::uint64_t m_so_far = 0;      ///< of the object at hand
  std::uint64_t m_sent = 0, m_received = 0;
};

}  // namespace qsnap::transfer
