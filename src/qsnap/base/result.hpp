// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include <qsnap/base/error.hpp>

namespace qsnap {

/// A value or an Error. Ours and not boost::system::result, because an alias cannot be [[nodiscard]].
/// Reading the side that is not there is a bug and throws std::bad_variant_access (caught in main only).
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return m_state.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& operator*() & { return std::get<0>(m_state); }
  const T& operator*() const& { return std::get<0>(m_state); }
  T&& operator*() && { return std::get<0>(std::move(m_state)); }
  T* operator->() { return &std::get<0>(m_state); }
  const T* operator->() const { return &std::get<0>(m_state); }

  [[nodiscard]] const Error& error() const& { return std::get<1>(m_state); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(m_state)); }

 private:
  std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : m_error(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return !m_error.has_value(); }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const& { return m_error.value(); }
  [[nodiscard]] Error&& error() && { return std::move(m_error).value(); }

 private:
  std::optional<Error> m_error;
};

}  // namespace qsnap

#define QSNAP_CONCAT_INNER(a, b) a##b
#define QSNAP_CONCAT(a, b) QSNAP_CONCAT_INNER(a, b)

/// Leaves the function with the error of `expr`, if it has one. (__COUNTER__ and not __LINE__: a lambda inside of
/// `expr` may use these macros, too.)
#define QSNAP_TRY(expr) QSNAP_TRY_INNER(QSNAP_CONCAT(qsnap_result_, __COUNTER__), expr)
#define QSNAP_TRY_INNER(result, expr)   \
  do {                                  \
    auto result = (expr);               \
    if (!result) {                      \
      return std::move(result).error(); \
    }                                   \
  } while (false)

/// QSNAP_ASSIGN(auto x, f()): x is the value of f(), or the function is left with f()'s error.
#define QSNAP_ASSIGN(declaration, expr) QSNAP_ASSIGN_INNER(QSNAP_CONCAT(qsnap_result_, __COUNTER__), declaration, expr)
#define QSNAP_ASSIGN_INNER(result, declaration, expr) \
  auto result = (expr);                               \
  if (!result) {                                      \
    return std::move(result).error();                 \
  }                                                   \
  declaration = *std::move(result)
