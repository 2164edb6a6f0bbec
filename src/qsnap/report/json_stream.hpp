// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/output.hpp>

namespace qsnap::report {

/// A JSON document that goes out piece by piece and harmless (law 6), so that it never is in memory as a whole. Cut it
/// between two values only. Internal to report. `out` is not owned.
class JsonStream {
 public:
  explicit JsonStream(const Output& out) : m_out(out) {}

  [[nodiscard]] JsonWriter& json() { return m_json; }

  /// Between two values: hands out what there is, if it has become much.
  Result<void> cut() {
    constexpr std::size_t k_piece_bytes = std::size_t{64} * 1024;
    return m_json.text().size() < k_piece_bytes ? Result<void>{} : m_out(harmless_json(m_json.take()));
  }
  /// The end of a document, or of a line of several.
  Result<void> end_line() { return m_out(harmless_json(m_json.take()) + '\n'); }

 private:
  const Output& m_out;
  JsonWriter m_json;
};

}  // namespace qsnap::report
