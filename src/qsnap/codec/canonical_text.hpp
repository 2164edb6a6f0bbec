// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>

/// The one JSON parser pass that everything in json.hpp and record_json.hpp is made of. Private to codec.
namespace qsnap::codec {

/// A member of an object inside canonical text: [begin, value) is `"name":`, [value, end) the value.
struct MemberSpan {
  std::size_t begin = 0;
  std::size_t value = 0;
  std::size_t end = 0;
};

/// Canonical text and where its first level divides. Spans are offsets into `text`.
struct CanonicalText {
  std::string text;
  std::vector<MemberSpan> members;    ///< of the object at the top
  std::vector<MemberSpan> volatiles;  ///< of the object that is the top's member "volatile"
  std::vector<std::size_t> elements;  ///< where each element of the array at the top begins
};

enum class MemberOrder : std::uint8_t { as_found, by_name };

struct CanonicalOptions {
  /// With by_name, the spans of CanonicalText are empty or without meaning: only `text` counts.
  MemberOrder order = MemberOrder::as_found;
  std::size_t depth = limits::k_json_depth;
};

/// Errors with `corrupt` for what Boost.JSON refuses, for duplicate names, lone surrogates and trailing bytes.
Result<CanonicalText> canonicalize(std::string_view text, const CanonicalOptions& options);

/// The name and the value of a member. The name is decoded.
[[nodiscard]] model::Field to_field(const CanonicalText& json, const MemberSpan& member);

}  // namespace qsnap::codec
