// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include <qsnap/test_name.hpp>

/// Queue snapshots in GoogleTest; main() is whose it was.
///
///   QSNAP_EXPECT(session);                              // named by suite and test; then …/2, …/3
///   QSNAP_EXPECT(session, "checkout-flow");
///   QSNAP_ASSERT(session, "checkout-flow", {.within = 5s});
///   EXPECT_TRUE(qsnap::as_expected(session, "checkout-flow"));
namespace qsnap {

namespace detail {

inline CallCounter& gtest_calls() {
  static CallCounter calls;
  return calls;
}

/// --gtest_repeat runs a test once more under the same name.
class GtestListener final : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo& /*test*/) override { gtest_calls().reset(); }
};

inline void listen_to_gtest() {
  static const bool listens = [] {
    ::testing::UnitTest::GetInstance()->listeners().Append(new GtestListener);  // which owns it
    return true;
  }();
  static_cast<void>(listens);
}

inline std::vector<std::string> gtest_parts() {
  const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
  return test == nullptr ? std::vector<std::string>{} : std::vector<std::string>{test->test_suite_name(), test->name()};
}

inline ::testing::AssertionResult gtest_result(const Verdict& verdict) {
  return verdict.ok ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << verdict.message;
}

/// The verdict alone is what GoogleTest shall print.
inline ::testing::AssertionResult gtest_holds(const char* /*expression*/, const ::testing::AssertionResult& result) {
  return result;
}

}  // namespace detail

inline ::testing::AssertionResult as_expected(Session& session, std::string_view name,
                                              const CheckOptions& options = {}) {
  return detail::gtest_result(session.check(name, detail::with_test(options, detail::gtest_parts())));
}

inline ::testing::AssertionResult as_expected(Session& session, const CheckOptions& options = {}) {
  detail::listen_to_gtest();
  const std::vector<std::string> parts = detail::gtest_parts();
  return detail::gtest_result(session.check(detail::gtest_calls().next_name(parts), detail::with_test(options, parts)));
}

}  // namespace qsnap

#define QSNAP_EXPECT(...) EXPECT_PRED_FORMAT1(::qsnap::detail::gtest_holds, ::qsnap::as_expected(__VA_ARGS__))
#define QSNAP_ASSERT(...) ASSERT_PRED_FORMAT1(::qsnap::detail::gtest_holds, ::qsnap::as_expected(__VA_ARGS__))
