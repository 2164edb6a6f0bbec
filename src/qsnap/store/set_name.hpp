// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::store {

/// The name of a set: mostly that of a branch, so it may hold '/'. In the tree and in refs it is one component, with
/// every byte but A-Z, a-z, 0-9, '_', '-' and a '.' between others as %XX (upper case): "feature/x" is "feature%2Fx".
/// "default" is the tree itself.
class SetName {
 public:
  /// Errors with `usage` for what is empty, holds control characters, backslashes or "..", or is longer encoded than
  /// a file's name may be.
  static Result<SetName> parse(std::string_view text);
  /// The inverse of encoded(): what encodes otherwise is no folder of ours. Errors as parse() does.
  static Result<SetName> from_encoded(std::string_view encoded);
  static SetName default_set() { return {"default", "default"}; }

  [[nodiscard]] const std::string& text() const { return m_text; }
  [[nodiscard]] const std::string& encoded() const { return m_encoded; }
  [[nodiscard]] bool is_default() const { return m_text == "default"; }

  friend bool operator==(const SetName&, const SetName&) = default;

 private:
  SetName(std::string text, std::string encoded) : m_text(std::move(text)), m_encoded(std::move(encoded)) {}
  std::string m_text;
  std::string m_encoded;
};

/// Where a bare name is looked for, one after the other: a set, its parent, and so on. The default set comes last and
/// is not in it, so an empty chain is the tree as it is without sets.
struct SetChain {
  std::vector<SetName> sets;

  /// What is written to.
  [[nodiscard]] SetName current() const { return sets.empty() ? SetName::default_set() : sets.front(); }
  /// What the current set inherits from.
  [[nodiscard]] SetChain parent() const { return {sets.empty() ? sets : std::vector(sets.begin() + 1, sets.end())}; }
  /// The part that begins with `set`; for one that is not in it the set alone, before the default one.
  [[nodiscard]] SetChain from(const SetName& set) const;
};

}  // namespace qsnap::store
