// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/model/keyspace.hpp>

namespace qsnap::frameworks::layout {

/// The jobs of one queue as far as one companion is concerned.
struct CompanionContent {
  std::uint64_t jobs = 0;
  std::set<std::string, std::less<>> others;  ///< what fills the other hole of their structures' names

  void add(std::uint64_t count, std::string_view other);
};

/// Whether the key is what the rebuild would write.
Result<bool> is_companion(const CompanionSpec& spec, const CompanionContent& content, const model::Keyspace& keyspace,
                          model::KeyId key);
/// Writes the key, or nothing if it would be empty.
Result<void> write_companion(const CompanionSpec& spec, const CompanionContent& content, std::string_view key,
                             model::KeySink& sink);

/// The companions of a namespace that is being rebuilt. The layout must outlive it. One thread.
class CompanionWriter {
 public:
  explicit CompanionWriter(const Layout& layout) : m_layout(&layout) {}

  /// A queue's record says which companions are not made of its jobs. Errors with `corrupt`.
  Result<void> add_queue(std::string_view queue, const model::Record& record);
  /// A job was written into a structure of the state, whose name has `other`.
  void add_job(std::string_view queue, const StateSpec& state, const model::Record& record);
  /// Writes all of them, and forgets them.
  Result<void> finish(const std::string& prefix, model::KeySink& sink);

 private:
  using Which = std::pair<std::size_t, std::string>;  ///< index into the layout's companions, and queue

  const Layout* m_layout;
  std::map<Which, CompanionContent> m_contents;
  std::set<Which> m_kept;
};

}  // namespace qsnap::frameworks::layout
