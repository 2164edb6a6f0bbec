// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qsnap::frameworks::layout {

/// What stood in the holes of a key's name. Views into that name, or into whatever filled them in.
struct Holes {
  std::optional<std::string_view> queue;
  std::optional<std::string_view> id;
  std::optional<std::string_view> other;  ///< the hole of any other name: a worker, a priority, an instant
};

/// The name of a key with holes, relative to its namespace: "queues:<queue>:delayed", "job:<id>",
/// "worker:<worker>:processing". At most one hole of each kind (queue, id, any other), with text between them.
/// Text must match byte for byte; every hole takes as little as it can, but for the last one, and at least one byte.
class KeyPattern {
 public:
  KeyPattern() = default;
  /// REQUIRES: a pattern as above
  explicit KeyPattern(std::string_view text);

  [[nodiscard]] std::optional<Holes> match(std::string_view name) const;
  /// The name with its holes filled. REQUIRES: a value for every hole that the pattern has
  [[nodiscard]] std::string fill(const Holes& holes) const;

  [[nodiscard]] bool has_queue() const;
  [[nodiscard]] bool has_id() const;
  /// The name of the hole that is neither queue nor id; empty without one.
  [[nodiscard]] std::string_view other_name() const;
  /// What stands in front of the first hole: every matching name begins with it.
  [[nodiscard]] std::string_view literal_prefix() const;
  /// How much of a name the pattern itself says: of two patterns that match, the one that says more is meant.
  [[nodiscard]] std::size_t literal_bytes() const;
  [[nodiscard]] const std::string& text() const { return m_text; }

 private:
  [[nodiscard]] bool has_hole(std::string_view name) const;

  struct Part {
    std::string literal;  ///< in front of the hole
    std::string hole;     ///< empty at the end of the pattern
  };
  std::string m_text;
  std::vector<Part> m_parts;
};

}  // namespace qsnap::frameworks::layout
