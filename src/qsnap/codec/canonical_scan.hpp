// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// What is read most is canonical text already: every record, every part of one, and what JavaScript wrote. One scan
/// finds that out for a fraction of what a parser costs, and then there is nothing to print anew. Private to codec.
namespace qsnap::codec {

/// A member of an object inside canonical text: [begin, value) is `"name":`, [value, end) the value.
struct MemberSpan {
  std::size_t begin = 0;
  std::size_t value = 0;
  std::size_t end = 0;
};

/// `"name":` without the quotes and the colon.
[[nodiscard]] inline std::string_view escaped_name(std::string_view text, const MemberSpan& member) {
  return text.substr(member.begin + 1, member.value - member.begin - 3);
}

/// ascending: sorted by bytes, so no name is there twice.
enum class NameOrder : std::uint8_t { ascending, other };

/// An object at whose end a scan has come.
struct ScannedObject {
  std::span<MemberSpan> members;       ///< as found; the scan needs them no more, so they may be rearranged
  NameOrder names = NameOrder::other;  ///< not ascending: some may be the same
  std::size_t level = 1;               ///< how many objects and arrays are open, this one among them
  const MemberSpan* holder = nullptr;  ///< the innermost member that the object is in; null if it is in none
};

class ScanVisitor {
 public:
  virtual ~ScanVisitor() = default;
  /// Inner objects come before the one that they are in. False ends the scan.
  virtual bool on_object(const ScannedObject& object) = 0;
  /// An element of the array that is the whole text begins.
  virtual void on_element(std::size_t /*at*/) {}
};

/// True: `text` is exactly one value in canonical text, and the visitor took every object of it; looking for equal
/// names is the visitor's business. False: only the parser can tell. The text may be no JSON, or not canonical, or it
/// has what is rare: escapes in names, exponents and long numbers, deep nesting, very many members. What the visitor
/// was told means nothing then.
[[nodiscard]] bool scan_canonical(std::string_view text, ScanVisitor& visitor);

}  // namespace qsnap::codec
