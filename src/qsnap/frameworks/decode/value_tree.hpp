// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>

/// What the decoders build and what is printed as JSON in the end. A value may be used in several places (pickle's
/// memo, PHP's references), also inside itself.
namespace qsnap::frameworks::decode {

/// Which value of a tree.
using ValueId = std::uint32_t;

struct Value {
  enum class Kind : std::uint8_t {
    json,   ///< `text` is the JSON of a scalar
    text,   ///< `text` in form B: what is not UTF-8 is printed as {"$b64":"…"}
    bytes,  ///< `text` as {"$b64":"…"}, UTF-8 or not
    array,  ///< `items` are its elements
    map,    ///< `items` are key, value, key, value, …; an object if every key is text, else {"$dict":[[k,v],…]}
  };

  Kind kind = Kind::json;
  std::string text;
  std::vector<ValueId> items;
  bool unique_keys = false;  ///< of a map: repeated keys are out, the last value of each is in
};

/// Owns the values of one payload. One thread.
class ValueTree {
 public:
  /// All of them error with `limit_exceeded` beyond limits::k_decoded_values, and when the texts of all values are
  /// more than limits::k_decoded_bytes.
  Result<ValueId> add(Value value);
  Result<ValueId> json(std::string text) { return add({Value::Kind::json, std::move(text), {}}); }
  Result<ValueId> text(std::string text) { return add({Value::Kind::text, std::move(text), {}}); }
  Result<ValueId> bytes(std::string bytes) { return add({Value::Kind::bytes, std::move(bytes), {}}); }
  Result<ValueId> array(std::vector<ValueId> items) { return add({Value::Kind::array, {}, std::move(items)}); }
  /// An object with names of ours: distinct, and UTF-8.
  Result<ValueId> object(std::initializer_list<std::pair<std::string_view, ValueId>> members);
  /// {"$datetime":"2026-11-20T10:00:00"} and such.
  Result<ValueId> tagged(std::string_view tag, std::string text);

  /// Puts another value in the place of one that others refer to.
  Result<void> replace(ValueId id, Value value);
  /// Counts so many bytes against the limit of all texts: for who reads a text that may be used a million times.
  Result<void> charge(std::size_t bytes);

  [[nodiscard]] Value& operator[](ValueId id) { return m_values[id]; }
  [[nodiscard]] const Value& operator[](ValueId id) const { return m_values[id]; }
  [[nodiscard]] std::size_t size() const { return m_values.size(); }
  /// Forgets what was added since size() was `size`. REQUIRES: nothing that stays refers to it
  void rewind(std::size_t size);

  /// The canonical JSON text of a value. What is shared is printed in every place; a value inside itself is
  /// {"$ref":n} there: n values further out. Errors with `limit_exceeded` beyond limits::k_decoded_bytes and
  /// limits::k_decoded_depth, so a few bytes that refer to each other cannot grow without bound.
  Result<std::string> print(ValueId root);

 private:
  std::vector<Value> m_values;
  std::size_t m_text_bytes = 0;
};

/// A double as the JSON number that Python's repr and PHP print (1.0, 1e+16), or {"$float":"nan"}.
[[nodiscard]] std::string float_json(double value);

}  // namespace qsnap::frameworks::decode
