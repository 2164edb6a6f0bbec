// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <qsnap/codec/digest.hpp>
#include <qsnap/frameworks/adapter.hpp>

/// The proof of a capture: does what a rebuild writes equal the keyspace? See docs/architecture.md, "The proof".
namespace qsnap::frameworks {

/// What a value is known by when it comes in pieces: SHA-256 over the items in order for lists and streams, the sum
/// of the elements' SHA-256 for sets, hashes and zsets, whose order the server makes.
class ValueDigest {
 public:
  using Direction = model::Keyspace::Direction;

  explicit ValueDigest(model::RedisType type);

  /// Adds all elements of a block; backward takes them from right to left (lists).
  void add(const model::ItemBlock& items, Direction direction);
  [[nodiscard]] std::string digest() const;

 private:
  void add_in_order(std::string_view item);
  void add_to_sum(const model::ItemBlock& items);

  std::size_t m_per_element;
  std::optional<codec::Sha256> m_order;  ///< absent for multisets
  codec::Sha256 m_element;               ///< of nothing between two elements
  std::array<std::uint64_t, 4> m_sum{};  ///< modulo 2^64 each
  std::uint64_t m_items = 0;
  std::string m_scratch;
};

/// What a proof found. `guilty`: keys that a reading said it models and that did not come out equal, ascending.
/// `strayed`: readings whose rebuild wrote what is not theirs to write: a key that does not exist, that is kept
/// verbatim, or that another reading owns.
struct Verdict {
  std::vector<model::KeyId> guilty;
  std::set<std::uint32_t> strayed;
};

/// Compares the writes of rebuilds with a keyspace, as they come. A key that is written in one piece is compared item
/// by item at once (job bodies), others by a ValueDigest at the end; so no value is ever held as a whole.
class KeyProof {
 public:
  /// Only selected keys are judged; writes to other existing keys are let go. The arguments must outlive the proof.
  KeyProof(const model::Keyspace& keyspace, const KeyPlan& plan, const std::vector<bool>& selected);

  /// One write of the rebuild of reading `owner`. Errors only when the keyspace cannot be read.
  Result<void> write(std::uint32_t owner, const model::KeyWrite& write);
  /// After the last write of all readings: every selected modelled key must have come out equal.
  Result<Verdict> finish();

 private:
  enum class State : std::uint8_t { untouched, partial, equal, guilty };
  struct Partial {
    ValueDigest digest;
    model::KeyWrite::ListEnd end = model::KeyWrite::ListEnd::right;
  };

  Result<State> judge(model::KeyId key, const model::KeyWrite& write);
  Result<State> judge_first(model::KeyId key, const model::KeyWrite& write);
  State add_piece(Partial& partial, const model::KeyWrite& write);
  Result<bool> is_whole_value(model::KeyId key, const model::ItemBlock& items) const;
  Result<bool> came_out_equal(model::KeyId key, const Partial& partial) const;

  const model::Keyspace& m_keyspace;
  const KeyPlan& m_plan;
  const std::vector<bool>& m_selected;
  std::vector<State> m_states;
  std::unordered_map<model::KeyId, Partial> m_partials;
  std::set<std::uint32_t> m_strayed;
};

}  // namespace qsnap::frameworks
