// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <qsnap/model/redaction.hpp>

/// Finding secrets by what they look like. docs/redaction.md has the shapes in words.
namespace qsnap::codec {

/// A run of bytes within a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

/// Sorted, none empty; spans that overlap are one. Nothing that touches a token (redaction_token.hpp) is found again.
[[nodiscard]] std::vector<Span> find_shapes(std::string_view text, std::span<const model::Shape> shapes);

/// Sorts, and makes one of those that overlap.
[[nodiscard]] std::vector<Span> united(std::vector<Span> spans);
/// Leaves out those that overlap with a token in `text`.
[[nodiscard]] std::vector<Span> without_tokens(std::vector<Span> spans, std::string_view text);

}  // namespace qsnap::codec
