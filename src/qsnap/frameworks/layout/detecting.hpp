// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/frameworks/layout/key_pattern.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/keyspace.hpp>

/// Looking for a framework in a keyspace without reading much of it: names and types are in memory, values are not.
/// Every function here is one pass over the names at most, which looks at the type first: bodies of jobs are many
/// keys, structures are few.
namespace qsnap::frameworks::layout {

/// How many keys of a kind, and how many elements of each, a look takes. Enough for a few odd ones in front.
inline constexpr std::size_t k_sampled_keys = 64;
inline constexpr std::size_t k_sampled_elements = 8;

/// A key that a framework's namespaces have. A pattern that begins with a hole is tried with the name's first part
/// (up to the first separator) as the namespace; one that begins with text, at the first place where that text is.
struct Probe {
  KeyPattern key;
  model::RedisType type = model::RedisType::list;
};

/// A namespace whose key names could be the framework's. Whether they are is another question.
struct Candidate {
  std::string name_space;
  /// For each probe, its keys in byte order, k_sampled_keys at most.
  std::vector<std::vector<model::KeyId>> keys;
};

/// Sorted by namespace. REQUIRES: separator is not empty
[[nodiscard]] std::vector<Candidate> find_candidates(const model::Keyspace& keyspace, std::span<const Probe> probes,
                                                     std::string_view separator = ":");

/// What stands in front of `suffix` in the names of this type, sorted: of ":queues" and "a:b:queues", "a:b". The
/// suffix without its first character, alone, is the empty namespace. REQUIRES: suffix is not empty
[[nodiscard]] std::vector<std::string> prefixes_before(const model::Keyspace& keyspace, std::string_view suffix,
                                                       model::RedisType type);

/// "" without a namespace, else with the separator behind it.
[[nodiscard]] std::string key_prefix(std::string_view name_space, std::string_view separator = ":");

/// The key of this name, if it is of this type.
[[nodiscard]] std::optional<model::KeyId> find_typed(const model::Keyspace& keyspace, std::string_view name,
                                                     model::RedisType type);

/// The first `count` elements as they lie in a keyspace (of a hash field, value…), reading no more than one block.
/// Fewer if the value, or its first block, is shorter; none of a stream.
Result<model::ItemBlock> first_items(const model::Keyspace& keyspace, model::KeyId key,
                                     std::size_t count = k_sampled_elements);
/// The same without what belongs to an element: elements of a list, members of a set or a zset, values of a hash, the
/// bytes of a string.
Result<std::vector<std::string>> first_elements(const model::Keyspace& keyspace, model::KeyId key,
                                                std::size_t count = k_sampled_elements);

/// Whether the bytes look like a JSON object with these members. A path may go one object down: "headers.task".
[[nodiscard]] bool looks_like_json_with(std::string_view bytes, std::initializer_list<std::string_view> paths);
/// The same of one of the first elements.
Result<bool> begins_with_json(const model::Keyspace& keyspace, model::KeyId key,
                              std::initializer_list<std::string_view> paths);

}  // namespace qsnap::frameworks::layout
