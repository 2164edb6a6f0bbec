// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::store {

/// The members of one of our small JSON files, which came from anywhere. A member that is not as it must be is an error
/// (corrupt): "is no WHAT: its "name" is missing or wrong". Internal to store.
class JsonMembers {
 public:
  /// `what` outlives it: "pending entry". Errors if `json` is no object, or its "schema" is another one.
  static Result<JsonMembers> parse(std::string_view what, std::string_view schema, std::string_view json);

  /// The canonical text of a value.
  [[nodiscard]] std::optional<std::string_view> json(std::string_view name) const;
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  /// 32 bytes; absent for null.
  [[nodiscard]] Result<std::optional<std::string>> digest(std::string_view name) const;
  [[nodiscard]] Result<std::uint64_t> count(std::string_view name) const;
  [[nodiscard]] Result<Instant> instant(std::string_view name) const;
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const;
  /// As SnapshotName::text() has it; a bare "x" is a name to the command line alone.
  [[nodiscard]] Result<SnapshotName> name(std::string_view name) const;

  [[nodiscard]] Error bad(std::string_view name) const;

 private:
  JsonMembers(std::string_view what, std::vector<model::Field> fields) : m_what(what), m_fields(std::move(fields)) {}

  std::string_view m_what;
  std::vector<model::Field> m_fields;
};

}  // namespace qsnap::store
