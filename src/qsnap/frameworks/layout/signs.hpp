// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/key_pattern.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/model/keyspace.hpp>

/// The usual way to find a framework: a key of this name and type, with an element that only this framework writes.
namespace qsnap::frameworks::layout {

struct Sign {
  KeyPattern key;
  model::RedisType type = model::RedisType::list;
  std::function<bool(std::string_view element)> shows;  ///< asked of the first elements (of a hash, of values)
  std::string_view in_words;                            ///< "JSON with class and jid"
};

/// Namespaces with at least one sign, sorted. Their evidence has one key for each sign: "list queue:mail holds JSON
/// with class and jid". REQUIRES: separator is not empty
Result<std::vector<Found>> find_by_signs(const model::Keyspace& keyspace, std::span<const Sign> signs,
                                         std::string_view separator = ":");

/// The same for a framework whose keys have no namespace: the empty one, or none.
Result<std::vector<Found>> find_without_namespace(const model::Keyspace& keyspace, std::span<const Sign> signs);

}  // namespace qsnap::frameworks::layout
