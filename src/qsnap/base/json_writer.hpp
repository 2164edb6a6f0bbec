// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qsnap {

/// Appends `text` as a JSON string with the escapes of RFC 8785 (the shortest ones; everything else as it is).
/// `text` must be UTF-8.
void append_json_string(std::string& out, std::string_view text);
[[nodiscard]] std::string json_string(std::string_view text);

/// Prints JSON front to back. Emission only: parsing is codec's, with a library. Members appear in the order of the
/// calls; commas and quotes are its business. Bytes that are not UTF-8 become {"$b64":"…"}, as in the file format.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& bytes(std::string_view value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// `json` is the text of one JSON value, printed as it is.
  JsonWriter& raw(std::string_view json);

  [[nodiscard]] const std::string& text() const { return m_out; }
  /// What there is so far; what follows continues it.
  [[nodiscard]] std::string take() { return std::exchange(m_out, {}); }

 private:
  void separate();
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);

  std::string m_out;
  std::vector<bool> m_has_members;  ///< one entry per open object or array
  bool m_after_key = false;
};

/// One byte string as JSON: a string when it is UTF-8, else {"$b64":"…"}. docs/format.md calls this form B.
[[nodiscard]] std::string json_bytes(std::string_view value);
/// The same, behind what `out` holds.
void append_json_bytes(std::string& out, std::string_view value);

[[nodiscard]] std::string to_base64(std::string_view bytes);
void append_base64(std::string& out, std::string_view bytes);

}  // namespace qsnap
