// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>
#include <vector>

#include <qsnap/base/json_writer.hpp>

namespace qsnap::codec::testing {

/// Random JSON in canonical text, with what is dear to get wrong: escapes, non-ASCII, big numbers, deep and empty
/// containers.
class RandomJson {
 public:
  explicit RandomJson(std::uint32_t seed) : m_random(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>{0, bound - 1}(m_random); }

  std::string text() {
    static const std::vector<std::string> pieces = {
        "a", "Z",      "/",          "\\",          "\"",   "\n", "\x01",      "\x7f",
        "é", "\u2028", "\U0001F600", "plain words", ", : ", "\t", "</script>", "\U0010FFFF"};
    std::string out;
    for (std::size_t i = below(5); i > 0; --i) {
      out += pieces[below(pieces.size())];
    }
    return out;
  }

  std::string bytes() {
    std::string out;
    for (std::size_t i = below(12); i > 0; --i) {
      out += static_cast<char>(below(256));
    }
    return out;
  }

  std::string value(std::size_t depth) {
    static const std::vector<std::string> scalars = {"null", "true", "false", "0",
                                                     "-0",   "1e-7", "1E400", "12345678901234567890123"};
    const std::size_t kind = below(depth == 0 ? 2 : 4);
    if (kind == 0) {
      return scalars[below(scalars.size())];
    }
    if (kind == 1) {
      return json_string(text());
    }
    std::string out(1, kind == 2 ? '[' : '{');
    const std::size_t count = below(4);
    for (std::size_t i = 0; i < count; ++i) {
      out += i == 0 ? "" : ",";
      out += kind == 2 ? value(depth - 1) : json_string(text() + std::to_string(i)) + ":" + value(depth - 1);
    }
    return out + (kind == 2 ? "]" : "}");
  }

 private:
  std::mt19937 m_random;
};

}  // namespace qsnap::codec::testing
