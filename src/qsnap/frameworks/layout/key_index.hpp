// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/model/keyspace.hpp>

namespace qsnap::frameworks::layout {

/// In front of every key of a namespace.
[[nodiscard]] std::string key_prefix(const Layout& layout, std::string_view name_space);

/// What a line of the layout is about.
enum class Part : std::uint8_t { state, body, satellite, side, listed, queue_value, schedule, companion, keep };

/// One line of the layout: layout.states[index] for a state, and so on.
struct Line {
  Part part = Part::keep;
  std::size_t index = 0;
};

/// Finds the line of a layout that a key's name is of: among those that match, the one whose pattern says most.
class LineFinder {
 public:
  /// The layout must outlive this.
  explicit LineFinder(const Layout& layout);

  struct Match {
    Line line;
    Holes holes;  ///< into the name
  };
  /// Lines of a key, the likeliest first; empty if it is none of the framework's. `type` absent: whatever its type.
  [[nodiscard]] std::vector<Match> find(std::string_view name, std::optional<model::RedisType> type) const;

 private:
  struct Entry {
    Line line;
    const KeyPattern* pattern = nullptr;
    std::optional<model::RedisType> type;  ///< absent: any
  };
  void add(Line line, const KeyPattern& pattern, std::optional<model::RedisType> type);

  std::vector<Entry> m_entries;  ///< those that say most in front
};

/// A key of a namespace, and what it is.
struct IndexedKey {
  model::KeyId key = 0;
  Line line;
  std::optional<std::string> queue;
  std::optional<std::string> id;
  std::optional<std::string> other;
};

/// Every key of a namespace that a line of its layout knows, in byte order of their names, but bodies, of which there
/// are many, as numbers alone.
struct KeyIndex {
  model::KeyId first = 0;  ///< the keys whose names begin as those of the namespace are [first, end)
  model::KeyId end = 0;
  std::vector<IndexedKey> keys;
  std::vector<model::KeyId> bodies;
};
/// Which keys may be a layout's at all; empty for every key.
using KeyFilter = std::function<bool(model::KeyId)>;

/// Reads first elements where a state's `accepts` wants to see them. `inner`: as Found has it.
Result<KeyIndex> index_keys(const Layout& layout, const model::Keyspace& keyspace, std::string_view name_space,
                            std::span<const std::string> inner = {}, const KeyFilter& is_free = {});

}  // namespace qsnap::frameworks::layout
