// SPDX-License-Identifier: Apache-2.0
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <new>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/search/pattern.hpp>

namespace qsnap::search {

namespace {

/// What any sensible pattern needs for a text of megabytes; a hostile one is at its end after a second.
constexpr std::uint32_t k_most_steps = 10'000'000;
constexpr std::uint32_t k_most_depth = 100'000;
constexpr std::uint32_t k_most_heap_kib = 32 * 1024;
constexpr std::size_t k_least_stack_bytes = 32 * 1024, k_most_stack_bytes = 1024 * 1024;  // of compiled patterns
constexpr std::size_t k_most_pattern_bytes = 64 * 1024;

std::string error_text(int code) {
  constexpr std::size_t k_text_bytes = 256;
  std::array<PCRE2_UCHAR8, k_text_bytes> text{};
  const int size = ::pcre2_get_error_message_8(code, text.data(), text.size());
  return size < 0 ? fmt::format("error {}", code) : std::string{text.begin(), text.begin() + size};
}

PCRE2_SPTR8 units(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR8>(text.data());
}

}  // namespace

void Pattern::FreeMatch::operator()(pcre2_real_match_data_8* data) const {
  ::pcre2_match_data_free_8(data);
}
void Pattern::FreeMatch::operator()(pcre2_real_match_context_8* context) const {
  ::pcre2_match_context_free_8(context);
}
void Pattern::FreeMatch::operator()(pcre2_real_jit_stack_8* stack) const {
  ::pcre2_jit_stack_free_8(stack);
}

Pattern::Pattern(std::shared_ptr<pcre2_real_code_8> code)
    : m_code(std::move(code)),
      m_data(::pcre2_match_data_create_from_pattern_8(m_code.get(), nullptr)),
      m_context(::pcre2_match_context_create_8(nullptr)),
      m_jit_stack(::pcre2_jit_stack_create_8(k_least_stack_bytes, k_most_stack_bytes, nullptr)) {
  if (!m_data || !m_context) {
    throw std::bad_alloc{};
  }
  ::pcre2_set_match_limit_8(m_context.get(), k_most_steps);
  ::pcre2_set_depth_limit_8(m_context.get(), k_most_depth);
  ::pcre2_set_heap_limit_8(m_context.get(), k_most_heap_kib);
  ::pcre2_jit_stack_assign_8(m_context.get(), nullptr, m_jit_stack.get());
}
Pattern::Pattern(const Pattern& other) : Pattern(other.m_code) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view text, PatternKind kind, PatternCase letters) {
  if (text.size() > k_most_pattern_bytes) {
    return make_error(ErrorCode::usage, "the pattern has more than 64 KiB");
  }
  // Bytes that are no UTF-8 match nothing, instead of being an error.
  std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
  options |= kind == PatternKind::fixed ? PCRE2_LITERAL : PCRE2_UCP;
  options |= letters == PatternCase::ignored ? PCRE2_CASELESS : 0U;
  options &= kind == PatternKind::fixed ? ~PCRE2_NEVER_BACKSLASH_C : ~0U;
  int failure = 0;
  PCRE2_SIZE offset = 0;
  std::shared_ptr<pcre2_real_code_8> code{
      ::pcre2_compile_8(units(text), text.size(), options, &failure, &offset, nullptr), ::pcre2_code_free_8};
  if (!code) {
    return make_error(
        ErrorCode::usage,
        fmt::format("the pattern is no regular expression: {} at character {}", error_text(failure), offset),
        {"-F takes it as a text"});
  }
  // Several times as fast. Where memory may not be executed, the interpreter does.
  (void)::pcre2_jit_compile_8(code.get(), PCRE2_JIT_COMPLETE);
  return Pattern{std::move(code)};
}

Result<std::optional<Mark>> Pattern::find(std::string_view text) const {
  const int matched = ::pcre2_match_8(m_code.get(), units(text), text.size(), 0, 0, m_data.get(), m_context.get());
  if (matched == PCRE2_ERROR_NOMATCH) {
    return std::optional<Mark>{};
  }
  if (matched < 0) {
    return make_error(ErrorCode::usage, fmt::format("the pattern asks for too much: {}", error_text(matched)),
                      {"a pattern with fewer nested repetitions, or -F"});
  }
  const PCRE2_SIZE* const places = ::pcre2_get_ovector_pointer_8(m_data.get());
  const std::size_t begin = places[0], end = places[1];
  return std::optional{Mark{begin, end > begin ? end - begin : 0}};  // \K can put the end in front
}

}  // namespace qsnap::search
