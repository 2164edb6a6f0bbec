// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/record.hpp>

/// Fields of a Redis hash as members of a record and back, by table. A value that has not the form that its table
/// says is kept in the member "fields", so every hash comes back byte for byte.
namespace qsnap::frameworks {

/// How a value stands in the record.
enum class Form : std::uint8_t {
  bytes,     ///< form B
  integer,   ///< a canonical integer
  attempts,  ///< a canonical integer from 1 that counts the first try, too; the member counts retries, so one less
  instant,   ///< a canonical integer that is not negative; its member's name ends in _at_ms, _at_us or _at_ns
  seconds,   ///< a plain decimal that is not negative ("1700000000.25"); …_at_s
  iso,       ///< an ISO instant (model/time_shift.hpp); …_at_iso
  embedded,  ///< codec::embed; the style is in "<member>_enc" unless it is json ("enc", always, for "payload")
};
enum class Place : std::uint8_t { fields, volatiles };

/// What becomes of an empty value of a form that is never empty.
enum class Empty : std::uint8_t {
  leftover,  ///< it has not the form
  kept,      ///< the framework writes it for "none": the member is an empty text
};

/// Names the codec of bytes that are no JSON ("zlib+pickle"); empty for none.
using CodecOf = std::string (*)(std::string_view bytes);

struct HashField {
  std::string_view field;
  std::string_view member;
  Form form;
  Place place;
  Empty empty = Empty::leftover;
  /// Of embedded bytes that are no JSON: goes to "<member>_codec" (of "payload": "codec"). For people and comparisons.
  std::string_view codec = {};
  CodecOf codec_of = nullptr;  ///< instead: tells it from the bytes
};

[[nodiscard]] model::Fields& members_of(model::Record& record, Place place);
[[nodiscard]] const model::Fields& members_of(const model::Record& record, Place place);

/// Adds the member for a hash field. False, and nothing is added, when the value has not the form.
[[nodiscard]] bool describe_field(const HashField& field, std::string_view value, model::Record& record);
/// The value that describe_field was given; absent without the member. Errors with `corrupt`.
Result<std::optional<std::string>> field_value(const HashField& field, const model::Record& record);

/// Sets `member` to codec::embed of the bytes, with its style and codec, as Form::embedded does.
void describe_embedded(std::string_view member, std::string_view bytes, model::Fields& members,
                       std::string_view codec = {}, CodecOf codec_of = nullptr);
/// The bytes that were embedded. `json` is the member's value. Errors with `corrupt`.
Result<std::string> embedded_bytes(std::string_view member, std::string_view json, const model::Fields& members);
/// Where the style of an embedded member is: "enc" for "payload", else "<member>_enc".
[[nodiscard]] std::string style_member(std::string_view member);

/// Attempts count the first try, retries do not: "3" attempts are "2" retries. Absent for what is no count from 1.
[[nodiscard]] std::optional<std::string> retries_of_attempts(std::string_view attempts);
/// The inverse. Absent for what is no count.
[[nodiscard]] std::optional<std::string> attempts_of_retries(std::string_view retries);

/// Hash fields that no table explains.
class LeftoverFields {
 public:
  void add(std::string_view field, std::string_view value) { m_items.emplace_back(field, value); }
  /// "fields" as an object of B; names that are not UTF-8 as "fields_raw", an array of pairs of B.
  void describe(model::Record& record) const;

 private:
  std::vector<std::pair<std::string, std::string>> m_items;
};

/// Collects field and value in any order; hands them over as a hash lies in a Keyspace.
class HashBuilder {
 public:
  HashBuilder() { m_items.reserve(k_usual_fields); }
  void add(std::string_view field, std::string value) { m_items.emplace_back(field, std::move(value)); }
  Result<void> add_table(std::span<const HashField> table, const model::Record& record);
  Result<void> add_leftovers(const model::Record& record);
  [[nodiscard]] model::ItemBlock take();

 private:
  static constexpr std::size_t k_usual_fields = 16;  ///< more would be a large block to malloc

  std::vector<std::pair<std::string, std::string>> m_items;
};

/// `text` if it is a canonical integer that is not negative: only such text may be an instant or a count.
[[nodiscard]] std::optional<std::int64_t> parse_count(std::string_view text);
/// Whether `text` is digits without leading zeros, and then perhaps a dot and digits: what an instant in seconds is.
[[nodiscard]] bool is_plain_decimal(std::string_view text);

/// The value of `field` in a hash's items; absent when there is none.
[[nodiscard]] std::optional<std::string_view> find_field(const model::ItemBlock& hash, std::string_view field);

/// The bytes of a member in form B. Absent without the member; errors with `corrupt` for another form.
Result<std::optional<std::string>> bytes_member(const model::Fields& members, std::string_view name);
/// The same for a member that must be there.
Result<std::string> need_bytes(const model::Fields& members, std::string_view name);
/// A member that must be an integer, if it is there.
Result<std::optional<std::int64_t>> integer_member(const model::Fields& members, std::string_view name);

}  // namespace qsnap::frameworks
