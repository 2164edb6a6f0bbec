// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include <qsnap/base/result.hpp>

namespace qsnap::driver {

/// Text on its way to a stdio stream, which somebody else owns, or kept. What is short is written at the end only, so a
/// caller that fails early can still take everything back.
class TextOutput {
 public:
  /// Keeps the text.
  TextOutput() = default;
  explicit TextOutput(std::FILE* file) : m_file(file) {}

  /// To append to.
  [[nodiscard]] std::string& text() { return m_text; }
  /// Writes where enough has come together. Errors with `io`; with `limit_exceeded` where Git could not take it (it
  /// dies of a text of 1 GiB), or where it would be too much to keep.
  Result<void> flow();
  /// Writes all of it. REQUIRES: there is a stream
  Result<void> finish();

  [[nodiscard]] bool has_written() const { return m_written > 0; }
  [[nodiscard]] bool has_failed() const { return m_has_failed; }

 private:
  std::FILE* m_file = nullptr;
  std::string m_text;
  std::uint64_t m_written = 0;
  bool m_has_failed = false;
};

}  // namespace qsnap::driver
