// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/codec/value_shapes.hpp>

namespace qsnap::codec {

/// Names whose values are secrets. A name is one of them if it ends with a listed name: case, '_', '-', '.' and spaces
/// do not count, and a listed name of fewer than five letters must be a whole word. So "api_key" is also X-Api-Key and
/// stripeApiKey, and "pwd" is dbPwd but not "cpwd".
class SecretNames {
 public:
  explicit SecretNames(std::span<const std::string> names);

  [[nodiscard]] bool empty() const { return m_names.empty(); }
  [[nodiscard]] bool contains(std::string_view name) const;
  /// The values in a text of no known grammar: password=…, "token": "…", Authorization: Bearer …, ?api_key=….
  [[nodiscard]] std::vector<Span> find_values(std::string_view text) const;

 private:
  std::vector<std::string> m_names;  ///< letters and digits alone, lower case
};

}  // namespace qsnap::codec
