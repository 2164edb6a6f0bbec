// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/canonical_scan.hpp>
#include <qsnap/model/record.hpp>

/// The one pass over JSON that everything in json.hpp and record_json.hpp is made of. Private to codec.
namespace qsnap::codec {

/// Where the first level of canonical text divides: offsets into it.
struct CanonicalSpans {
  std::vector<MemberSpan> members;    ///< of the object at the top
  std::vector<MemberSpan> volatiles;  ///< of the object that is the top's member "volatile"
  std::vector<std::size_t> elements;  ///< where each element of the array at the top begins
};

struct CanonicalText {
  std::string text;
  CanonicalSpans spans;
};

enum class MemberOrder : std::uint8_t { as_found, by_name };

struct CanonicalOptions {
  /// With by_name, the spans are empty or without meaning: only the text counts.
  MemberOrder order = MemberOrder::as_found;
  std::size_t depth = limits::k_json_depth;
};

/// Errors with `corrupt` for what Boost.JSON refuses, for duplicate names, lone surrogates and trailing bytes.
Result<CanonicalText> canonicalize(std::string_view text, const CanonicalOptions& options);
/// The same, always by the parser: what canonicalize() asks where a scan cannot tell.
Result<CanonicalText> parse_to_canonical(std::string_view text, const CanonicalOptions& options);

/// The spans of text that is canonical already. Absent where only the parser can tell (canonical_scan.hpp).
[[nodiscard]] std::optional<CanonicalSpans> canonical_spans(std::string_view text);
/// Whether text is canonical for sure.
[[nodiscard]] bool is_canonical(std::string_view text);
/// Whether text is canonical with the members of every object in order, for sure.
[[nodiscard]] bool is_sorted_json(std::string_view text);
/// Appends the text of canonicalize(text, {.order = by_name}), and nothing where that errors.
Result<void> append_sorted_json(std::string& out, std::string_view text);

/// The name and the value of a member. The name is decoded.
[[nodiscard]] model::Field to_field(std::string_view text, const MemberSpan& member);

}  // namespace qsnap::codec
