// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// JSON as the format needs it: number text and member order as found, no duplicate member names, bounded depth
/// (limits::k_json_depth), nothing behind the value. Parsing is Boost.JSON's basic_parser; no document tree is built.
///
/// Canonical text: no white space, the string escapes of RFC 8785, everything else as found.
namespace qsnap::codec {

/// The canonical text of any JSON text. Errors with `corrupt` for what Boost.JSON refuses, for duplicate names and
/// for lone surrogates.
Result<std::string> canonical_json(std::string_view text);

/// Canonical text with the members of every object sorted by name bytes: the semantic form, for comparing.
Result<std::string> sorted_json(std::string_view text);

/// The members of one JSON object, in order of appearance, values canonical. Errors if `text` is no object.
Result<std::vector<model::Field>> object_members(std::string_view text);
/// The elements of one JSON array, canonical.
Result<std::vector<std::string>> array_elements(std::string_view text);

/// The text of a canonical JSON string. Absent for any other value, and for any other spelling of a string.
[[nodiscard]] std::optional<std::string> json_text(std::string_view json);
/// The bytes of form B: a JSON string or {"$b64":"…"}. Absent for any other value. The exact inverse of base's
/// json_bytes(): one byte string has one spelling, so base64 of UTF-8 text is no form B.
[[nodiscard]] std::optional<std::string> json_to_bytes(std::string_view json);

/// A foreign value as the document keeps it. `enc` names the writer's style:
///   json             compact, shortest escapes                             (JavaScript, Ruby, Go without HTML escapes)
///   json-py          ", " and ": ", \uXXXX for all but printable ASCII      (Python json.dumps)
///   json-py-compact  compact, \uXXXX for all but printable ASCII            (the same with separators=(",", ":"))
///   json-py-utf8     ", " and ": "                                          (the same with ensure_ascii=False)
///   json-php         compact, "\/" and \uXXXX for all but ASCII             (PHP json_encode)
///   json-cjson       compact, "\/" and \u007f                               (Redis Lua cjson)
///   json-go          compact, \u003c, \u003e, \u0026, \u2028, \u2029          (Go's json.Marshal)
///   text             not one of those styles: `json` is a JSON string of the bytes
///   base64           not UTF-8: `json` is a JSON string of their base64 form
/// The first style that gives back the bytes wins.
struct Embedded {
  std::string json;
  std::string enc;

  friend bool operator==(const Embedded&, const Embedded&) = default;
};

/// Always succeeds, and unembed(embed(bytes)) == bytes: that is proved while embedding, style by style.
[[nodiscard]] Embedded embed(std::string_view bytes);
/// The bytes that were embedded. `json` is canonical, as parse_record hands it out. Errors with `corrupt` for an
/// unknown style or a value that does not fit it.
Result<std::string> unembed(std::string_view json, std::string_view enc);

/// model's port over this codec.
class JsonPayloadReader : public model::PayloadReader {
 public:
  [[nodiscard]] Result<std::string> sorted(std::string_view json) const override { return sorted_json(json); }
  /// Errors with `limit_exceeded` when the paths together take more than 64 MiB (one long name over many leaves).
  [[nodiscard]] Result<std::vector<Leaf>> leaves(std::string_view json) const override;
  [[nodiscard]] Result<std::vector<model::Field>> members(std::string_view json) const override;
  [[nodiscard]] std::optional<std::string> bytes(std::string_view json) const override { return json_to_bytes(json); }
};

}  // namespace qsnap::codec
