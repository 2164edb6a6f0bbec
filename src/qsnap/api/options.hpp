// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::api {

/// The options of one call: a JSON object of at most 1 MiB, of which each member is taken once. Errors with `usage`,
/// and names the member. A member that is null is one that is not there.
class Options {
 public:
  /// An empty text has no members.
  static Result<Options> parse(std::string_view json);

  Result<std::optional<std::string>> text(std::string_view name);
  /// An array of texts, or one text alone.
  Result<std::vector<std::string>> texts(std::string_view name);
  Result<std::optional<bool>> flag(std::string_view name);
  /// A whole number from 0 to a day.
  Result<std::optional<std::chrono::milliseconds>> milliseconds(std::string_view name);
  /// What nobody has taken is unknown.
  [[nodiscard]] Result<void> expect_end() const;

 private:
  explicit Options(std::vector<model::Field> members) : m_members(std::move(members)) {}
  /// Its JSON text; absent when it is not there.
  std::optional<std::string> take(std::string_view name);

  std::vector<model::Field> m_members;
};

}  // namespace qsnap::api
