// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/search/query.hpp>

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;
struct pcre2_real_jit_stack_8;

namespace qsnap::search {

enum class PatternKind : std::uint8_t { expression, fixed };
enum class PatternCase : std::uint8_t { sensitive, ignored };

/// A regular expression of Perl's kind (PCRE2), or a fixed text. Texts are bytes; UTF-8 in them is seen as characters.
/// A pattern is hostile: steps, depth and memory of a match are bounded. One thread; copies share what is compiled.
class Pattern {
 public:
  /// Errors with `usage`, and where in the pattern.
  static Result<Pattern> compile(std::string_view text, PatternKind kind, PatternCase letters);
  Pattern(const Pattern& other);
  Pattern(Pattern&&) noexcept;
  ~Pattern();

  /// The first place that matches; its size may be 0. Errors with `usage` where that takes too long.
  [[nodiscard]] Result<std::optional<Mark>> find(std::string_view text) const;

 private:
  struct FreeMatch {
    void operator()(pcre2_real_match_data_8* data) const;
    void operator()(pcre2_real_match_context_8* context) const;
    void operator()(pcre2_real_jit_stack_8* stack) const;
  };
  explicit Pattern(std::shared_ptr<pcre2_real_code_8> code);

  std::shared_ptr<pcre2_real_code_8> m_code;
  std::unique_ptr<pcre2_real_match_data_8, FreeMatch> m_data;
  std::unique_ptr<pcre2_real_match_context_8, FreeMatch> m_context;
  std::unique_ptr<pcre2_real_jit_stack_8, FreeMatch> m_jit_stack;  ///< null: a small one is used
};

}  // namespace qsnap::search
