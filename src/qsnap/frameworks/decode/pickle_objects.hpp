// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <unordered_map>

#include <qsnap/frameworks/decode/value_tree.hpp>

/// What a pickle calls, put into words. Private to the pickle decoder.
namespace qsnap::frameworks::decode {

/// What a pickle says about one object: what to call with what, and what to put into it afterwards.
struct PickledObject {
  ValueId callable = 0;
  std::optional<ValueId> args;    ///< an array
  std::optional<ValueId> kwargs;  ///< a map
  std::optional<ValueId> items;   ///< appended or added: an array
  std::optional<ValueId> dict;    ///< set by key: a map
  std::optional<ValueId> state;
};

/// The texts "module.name" of the values that are classes and functions.
using Globals = std::unordered_map<ValueId, ValueId>;

/// Makes value `id` of the tree what PickledObject says: a well-known type in its readable form, else the general one.
/// REQUIRES: objects among the arguments were described before, so in the order of their ids
Result<void> describe_object(ValueTree& tree, const Globals& globals, ValueId id, PickledObject object);

}  // namespace qsnap::frameworks::decode
