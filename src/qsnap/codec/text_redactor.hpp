// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/codec/redaction_token.hpp>
#include <qsnap/codec/secret_names.hpp>
#include <qsnap/model/redaction.hpp>

namespace qsnap::codec {

/// Whether a rule names the value at a path below a record (".payload.items[2].price"). An empty function: no rule.
using PathTest = std::function<bool(std::string_view path)>;

/// What is looked for in a value.
///   shapes      value shapes alone: texts that name things
///   everything  also names, embedded JSON, and numbers that look like a card's
enum class Look : std::uint8_t { shapes, everything };

/// Where a value stands: what rules by path go by.
struct ValuePlace {
  std::string_view path;
  const PathTest* named = nullptr;  ///< not owned; null or empty: no rule by path
  Look look = Look::everything;
};

/// Replaces secrets in texts and in JSON by tokens. What it makes it leaves alone the next time. One thread.
class TextRedactor {
 public:
  TextRedactor(const model::RedactionRules& rules, const RedactionKey& key);

  /// Bytes as they are: JSON is looked into, everything else is text. Absent: nothing to replace.
  [[nodiscard]] std::optional<std::string> bytes(std::string_view bytes, const ValuePlace& place) const;
  /// Canonical JSON text; what comes out is canonical again. Absent: nothing to replace.
  [[nodiscard]] std::optional<std::string> json(std::string_view canonical, const ValuePlace& place) const;
  /// Value shapes alone. Absent: nothing to replace.
  [[nodiscard]] std::optional<std::string> shapes(std::string_view text) const;

  [[nodiscard]] bool is_secret_name(std::string_view name) const { return m_names.contains(name); }
  /// The token of the whole; the text itself where that hides nothing (it is empty, or a token already).
  [[nodiscard]] std::string whole(std::string_view text) const;

 private:
  class Walk;
  friend class Walk;

  [[nodiscard]] std::optional<std::string> text(std::string_view text, Look look) const;
  [[nodiscard]] std::optional<std::string> replace(std::string_view text, const std::vector<Span>& spans) const;
  [[nodiscard]] std::optional<std::string> nested(std::string_view text, const ValuePlace& place, int depth) const;

  std::vector<model::Shape> m_shapes;
  SecretNames m_names;
  TokenMaker m_tokens;
};

}  // namespace qsnap::codec
