// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/store/set_name.hpp>

namespace qsnap::store {

/// What the file of a snapshot ends with.
inline constexpr std::string_view k_suffix = ".qsnap";

/// A snapshot's name: 2 to 5 components [A-Za-z0-9][A-Za-z0-9._-]{0,99}, the first one of baselines, test-cases,
/// history. No component ends in '.', ".lock" or ".qsnap". A bare "x" means "test-cases/x"; `live`, `sets`, `lfs`,
/// `schemas` and `config` are reserved as the first component. Behind "sets/<encoded set>/" it is the snapshot of that
/// set and of no other; without that, the sets of a Store decide.
class SnapshotName {
 public:
  /// Errors with `usage`, and says which rule was broken.
  static Result<SnapshotName> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return m_text; }
  /// Below the .queue-snapshots folder: "test-cases/checkout-flow.qsnap".
  [[nodiscard]] std::filesystem::path relative_path() const { return m_text + std::string{k_suffix}; }
  /// Absent for a bare name.
  [[nodiscard]] const std::optional<SetName>& set() const { return m_set; }
  /// Without its set.
  [[nodiscard]] SnapshotName bare() const;
  /// The same snapshot of this set, whatever set it had; a bare name for the default one.
  [[nodiscard]] SnapshotName in(const SetName& set) const;
  [[nodiscard]] bool is_history() const { return bare_text().starts_with("history/"); }

  friend bool operator==(const SnapshotName&, const SnapshotName&) = default;

 private:
  SnapshotName(std::string text, std::optional<SetName> set) : m_text(std::move(text)), m_set(std::move(set)) {}
  [[nodiscard]] std::string_view bare_text() const;
  std::string m_text;
  std::optional<SetName> m_set;
};

/// Errors as SnapshotName::parse() does, at the first one that is none.
Result<std::vector<SnapshotName>> parse_names(const std::vector<std::string>& texts);

/// One side of a comparison as the user wrote it: live | NAME | file (has "./", "/" in front, or the suffix) |
/// REV:NAME | SERIES@latest, SERIES@{WHEN} (history_point.hpp) | - (standard input).
struct Side {
  enum class Kind { live, name, file, revision, input, history };
  Kind kind = Kind::name;
  std::string text;  ///< as written; of a point in history, what parse_history_point() takes
  std::string name;  ///< for name and revision
  std::string revision;
  std::filesystem::path file;
};
Result<Side> parse_side(std::string_view text);

/// Two revisions as Git writes them: "main..topic", or "main...topic", which begins where the two parted. One that is
/// left out is HEAD.
struct Range {
  enum class Start { before, merge_base };
  Start start = Start::before;
  std::string before;
  std::string after;
};
/// Absent for what is no range: without dots, or a file, or REV:NAME.
[[nodiscard]] std::optional<Range> parse_range(std::string_view text);

}  // namespace qsnap::store
