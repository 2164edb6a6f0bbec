// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::config {

/// A rule's path: jobs[queue=mail,state=failed].payload.items[*].price
/// First a section, optionally with conditions on record members; then steps: .name, ["a.b"], [3], [*] or .* for one
/// level, .** for any number of levels.
class PathPattern {
 public:
  struct Condition {
    std::string member;  ///< queue, state, name, id, …
    std::string value;
  };
  struct Step {
    enum class Kind : std::uint8_t { name, index, any, any_depth };
    Kind kind = Kind::name;
    std::string name;
    std::size_t index = 0;
    std::size_t end = 0;  ///< of a concrete path: where the step ends in its text
  };

  static Result<PathPattern> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return m_text; }
  [[nodiscard]] const std::string& section() const { return m_section; }
  [[nodiscard]] const std::vector<Condition>& conditions() const { return m_conditions; }
  [[nodiscard]] const std::vector<Step>& steps() const { return m_steps; }
  /// The name of the record's member that the steps begin with; absent for none, and for a wildcard.
  [[nodiscard]] std::optional<std::string_view> first_name() const;
  /// Whether the steps match a concrete path below the record, as PayloadReader::Leaf writes it with the member in
  /// front (".payload.items[2].price"). A pattern that matches an inner node matches everything below it.
  [[nodiscard]] bool matches(std::string_view path) const;
  /// The same for a path that is taken apart already. The empty path is the record itself.
  [[nodiscard]] bool matches(std::span<const Step> path) const;
  /// The nodes on the way to `path`, and that itself, that the steps name: by how many steps of it lead there.
  [[nodiscard]] std::vector<std::size_t> matched_nodes(std::span<const Step> path) const;

 private:
  class Matcher;

  std::string m_text;
  std::string m_section;
  std::vector<Condition> m_conditions;
  std::vector<Step> m_steps;
};

/// The steps of a concrete path. Errors with `usage`.
Result<std::vector<PathPattern::Step>> parse_path(std::string_view path);

}  // namespace qsnap::config
