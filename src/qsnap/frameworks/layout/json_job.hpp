// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

/// A job that is one JSON object: its members become members of the record by a table, and nothing is lost.
namespace qsnap::frameworks::layout {

/// What a member of the object is. A value that has not the form of its kind goes to the rest, and is still expected
/// at its line's place, so a table never has to say what else may be there (null, say).
enum class JsonKind : std::uint8_t {
  meaning,       ///< a member of the record, any value
  noise,         ///< a volatile member, any value
  id,            ///< text that names the job. Not repeated where the structure told the id; else volatile if generated
  queue,         ///< text that names the job's queue: not repeated. `member` is not used
  attempts,      ///< a canonical integer from 1 that counts the first try, too; the member counts retries, one less
  seconds,       ///< plain decimal, "…_at_s"
  milliseconds,  ///< canonical integer, "…_at_ms"
  microseconds,  ///< "…_at_us"
  nanoseconds,   ///< "…_at_ns"
  by_size,       ///< seconds, or milliseconds from 10^12 on; `member` is the stem: "created_at" + "_s" or "_ms"
  iso,           ///< text that is an ISO instant (model/time_shift.hpp), "…_at_iso"
  json_text,     ///< text that holds JSON, or any other text: codec::embed, see below
  base64,        ///< text that holds bytes in base64 (in its one canonical spelling): their codec::embed, see below
  custom,        ///< whatever `custom` makes of it
  rest,          ///< path "*" or "headers.*": where members stand that no line takes, and which member has them
};

/// A value that a framework writes in a way of its own. Stateless.
struct JsonCustom {
  /// Sets members. False, and nothing is set, if the value has not the form. `json` is canonical.
  bool (*describe)(const JobContext& job, std::string_view json, model::Record& record) = nullptr;
  /// The value that describe() was given. Absent: the object has no such member. Errors with `corrupt`.
  Result<std::optional<std::string>> (*value)(const JobContext& job, const model::Record& record) = nullptr;
  /// Whether value() always has one, so that no member says that it is there.
  bool implied = false;
};

/// One line of a table. All instants are volatile.
///
/// Embedded members have the style in "<member>_enc" unless it is json; of "payload", in "enc", always. What is no
/// JSON has the codec in "<member>_codec" (of "payload": "codec"), if the line tells one.
struct JsonMember {
  std::string_view path;         ///< "jid", or inside an object of the object: "headers.task". Names without dots
  std::string_view member = {};  ///< of the record: "payload", "name", "max_retries"
  JsonKind kind = JsonKind::meaning;
  std::string_view codec = {};  ///< of json_text and base64: "php", for people and comparisons
  CodecOf codec_of = nullptr;   ///< instead: tells it from the bytes
  /// The value that frameworks write when there is nothing to say, canonical ("null"): no member of the record says it,
  /// and without a member it is there.
  std::string_view absent = {};
  const JsonCustom* custom = nullptr;  ///< of kind custom
};

/// What must be there for an object to be a job of this framework.
enum class JsonType : std::uint8_t { any, text, object, array, number };
struct JsonRequired {
  std::string_view path;  ///< as in a table
  JsonType type = JsonType::any;
};

struct JsonJobSpec {
  std::string_view framework;  ///< for errors
  /// In the order in which the framework writes the members, which is then the order that costs nothing; any other
  /// order is kept in volatile "order" ("headers_order" inside "headers"). An object of the object stands where its
  /// first line stands. Without a line of kind rest: behind all others, in "opts" (and in "headers").
  std::vector<JsonMember> members;
  std::vector<JsonRequired> required = {};
  /// Of the id's text. REQUIRES: given if a line is of kind id
  std::function<bool(std::string_view id)> is_generated = [](std::string_view) { return true; };
  /// The style that the framework's writer has (codec/json.hpp), tried first. Any style comes back.
  std::string_view style = "json";
};

/// The style of the whole object is member "enc", always; if the payload is of kind json_text, base64 or custom, "enc"
/// is the payload's own, and the object's is "object_enc" unless it is json. False (raw) for what is no JSON object,
/// has not what is required, or is laid out in no style. An edited record may lack any member, and "enc" and "order"
/// too.
[[nodiscard]] std::shared_ptr<const JobFormat> make_json_job(JsonJobSpec spec);

}  // namespace qsnap::frameworks::layout
