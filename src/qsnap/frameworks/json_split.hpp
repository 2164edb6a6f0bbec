// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>

/// Frameworks keep meaning and noise side by side in one JSON object. Here members are taken out of such an object,
/// to become members of the record, and put back where they were, so that no byte of the object is lost.
///
/// Objects are canonical text (codec::embed made it); the style of the original bytes is the caller's to keep.
namespace qsnap::frameworks {

/// One object in two parts.
struct SplitObject {
  std::string rest;                  ///< the object without the taken members, canonical
  std::vector<model::Field> taken;   ///< the taken members, in order of appearance; values canonical
  std::optional<std::string> order;  ///< JSON array of all names in order of appearance; absent for the usual order
};

/// Takes the members that `take` chooses. The usual order is: the rest as it stands, then the taken members sorted by
/// name. Errors with `corrupt` if `object` is no JSON object.
Result<SplitObject> split_object(std::string_view object, const std::function<bool(const model::Field&)>& take);

/// The inverse: join_object(s.rest, s.taken, s.order) is the canonical object that s was split from. `taken` may come
/// in any order. Errors with `corrupt` if `order` does not name every member once.
Result<std::string> join_object(std::string_view rest, std::vector<model::Field> taken,
                                const std::optional<std::string>& order);

/// The canonical text of an object with these members in this order.
[[nodiscard]] std::string object_text(const std::vector<model::Field>& members);

}  // namespace qsnap::frameworks
