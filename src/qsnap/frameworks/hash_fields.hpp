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
  instant,   ///< a canonical integer that is not negative; its member's name ends in _at_ms
  embedded,  ///< codec::embed; the style is in "<member>_enc" unless it is json ("enc", always, for "payload")
};
enum class Place : std::uint8_t { fields, volatiles };

struct HashField {
  std::string_view field;
  std::string_view member;
  Form form;
  Place place;
};

[[nodiscard]] model::Fields& members_of(model::Record& record, Place place);
[[nodiscard]] const model::Fields& members_of(const model::Record& record, Place place);

/// Adds the member for a hash field. False, and nothing is added, when the value has not the form.
[[nodiscard]] bool describe_field(const HashField& field, std::string_view value, model::Record& record);
/// The value that describe_field was given; absent without the member. Errors with `corrupt`.
Result<std::optional<std::string>> field_value(const HashField& field, const model::Record& record);

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

/// The value of `field` in a hash's items; absent when there is none.
[[nodiscard]] std::optional<std::string_view> find_field(const model::ItemBlock& hash, std::string_view field);

/// The bytes of a member in form B. Absent without the member; errors with `corrupt` for another form.
Result<std::optional<std::string>> bytes_member(const model::Fields& members, std::string_view name);
/// The same for a member that must be there.
Result<std::string> need_bytes(const model::Fields& members, std::string_view name);
/// A member that must be an integer, if it is there.
Result<std::optional<std::int64_t>> integer_member(const model::Fields& members, std::string_view name);

}  // namespace qsnap::frameworks
