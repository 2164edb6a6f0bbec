// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::store {

/// What the file of a snapshot ends with.
inline constexpr std::string_view k_suffix = ".qsnap";

/// A snapshot's name: 2 to 5 components [A-Za-z0-9][A-Za-z0-9._-]{0,99}, the first one of baselines, test-cases,
/// history. No component ends in '.', ".lock" or ".qsnap". A bare "x" means "test-cases/x"; `live`, `sets`, `lfs`,
/// `schemas` and `config` are reserved as the first component.
class SnapshotName {
 public:
  /// Errors with `usage`, and says which rule was broken.
  static Result<SnapshotName> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return m_text; }
  /// Below the .queue-snapshots folder: "test-cases/checkout-flow.qsnap".
  [[nodiscard]] std::filesystem::path relative_path() const { return m_text + std::string{k_suffix}; }

  friend bool operator==(const SnapshotName&, const SnapshotName&) = default;

 private:
  explicit SnapshotName(std::string text) : m_text(std::move(text)) {}
  std::string m_text;
};

/// Errors as SnapshotName::parse() does, at the first one that is none.
Result<std::vector<SnapshotName>> parse_names(const std::vector<std::string>& texts);

/// One side of a comparison as the user wrote it: live | NAME | file (has "./", "/" in front, or the suffix) |
/// REV:NAME | - (standard input).
struct Side {
  enum class Kind { live, name, file, revision, input };
  Kind kind = Kind::name;
  std::string text;  ///< as written
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
