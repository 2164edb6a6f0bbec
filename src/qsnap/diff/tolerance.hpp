// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <qsnap/base/clock.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/model/snapshot.hpp>

/// Whether two values are the same under a tolerance. Exact: what is a hair beyond a bound is beyond it.
namespace qsnap::diff {

/// When each side was captured: what instants are relative to.
struct CaptureTimes {
  Instant before;
  Instant after;
};

/// How long something is on both sides.
struct Lengths {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
};

/// The lengths of the arrays inside two values, by path.
class ArrayLengths {
 public:
  /// Every array that both sides have. `path` is that of the values themselves.
  void add(std::string_view path, std::span<const model::PayloadReader::Leaf> before,
           std::span<const model::PayloadReader::Leaf> after);
  void set(std::string path, Lengths lengths) { m_by_path.insert_or_assign(std::move(path), lengths); }
  /// Absent where one side has no array there.
  [[nodiscard]] std::optional<Lengths> find(std::string_view path) const;

 private:
  std::map<std::string, Lengths, std::less<>> m_by_path;
};

/// Two leaves of JSON, under a tolerance of numbers or instants. False for any other values.
[[nodiscard]] bool values_agree(const config::Tolerance& tolerance, std::string_view before, std::string_view after,
                                const CaptureTimes& captured, const model::PayloadReader& payloads);

/// Under a tolerance of lengths. `counts` is what a rule means that names no bound of its own.
[[nodiscard]] bool lengths_agree(const config::Tolerance& tolerance, Lengths lengths,
                                 const config::CountTolerance& counts);

/// The larger of the two bounds; a percentage is one of `before`.
[[nodiscard]] bool is_within(const config::CountTolerance& counts, std::uint64_t difference, std::uint64_t before);

/// In characters; absent unless both are texts.
[[nodiscard]] std::optional<Lengths> text_lengths(std::string_view before, std::string_view after,
                                                  const model::PayloadReader& payloads);

}  // namespace qsnap::diff
