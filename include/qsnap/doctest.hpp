// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/test_name.hpp>

/// Queue snapshots in doctest. Assertions that hold are counted; main() is whose it was.
///
///   QSNAP_CHECK(session);                              // named by suite, test and subcases; then …/2, …/3
///   QSNAP_CHECK(session, "checkout-flow");
///   QSNAP_REQUIRE(session, "checkout-flow", {.within = 5s});
namespace qsnap::detail {

#ifndef DOCTEST_CONFIG_DISABLE

/// What doctest tells only to listeners: which subcases are open, and when a test begins once more.
struct DoctestRun {
  std::vector<std::string> subcases;
  CallCounter calls;

  static DoctestRun& instance() {
    static DoctestRun run;
    return run;
  }
  void begin() {
    subcases.clear();
    calls.reset();
  }
};

class DoctestListener final : public ::doctest::IReporter {
 public:
  explicit DoctestListener(const ::doctest::ContextOptions& /*options*/) {}

  void report_query(const ::doctest::QueryData& /*query*/) override {}
  void test_run_start() override {}
  void test_run_end(const ::doctest::TestRunStats& /*stats*/) override {}
  void test_case_start(const ::doctest::TestCaseData& /*test*/) override { DoctestRun::instance().begin(); }
  void test_case_reenter(const ::doctest::TestCaseData& /*test*/) override { DoctestRun::instance().begin(); }
  void test_case_end(const ::doctest::CurrentTestCaseStats& /*stats*/) override {}
  void test_case_exception(const ::doctest::TestCaseException& /*thrown*/) override {}
  void subcase_start(const ::doctest::SubcaseSignature& subcase) override {
    DoctestRun::instance().subcases.emplace_back(subcase.m_name.c_str());
  }
  void subcase_end() override {
    if (!DoctestRun::instance().subcases.empty()) {
      DoctestRun::instance().subcases.pop_back();
    }
  }
  void log_assert(const ::doctest::AssertData& /*assertion*/) override {}
  void log_message(const ::doctest::MessageData& /*message*/) override {}
  void test_case_skipped(const ::doctest::TestCaseData& /*test*/) override {}
};

inline const int k_doctest_listener = ::doctest::registerReporter<DoctestListener>("qsnap", 1, false);

inline std::vector<std::string> doctest_parts() {
  std::vector<std::string> parts;
  if (const ::doctest::TestCaseData* test = ::doctest::getContextOptions()->currentTest) {
    if (test->m_test_suite != nullptr && *test->m_test_suite != '\0') {
      parts.emplace_back(test->m_test_suite);
    }
    parts.emplace_back(test->m_name);
    const std::vector<std::string>& subcases = DoctestRun::instance().subcases;
    parts.insert(parts.end(), subcases.begin(), subcases.end());
  }
  return parts;
}

inline Verdict doctest_check(Session& session, std::string_view name, const CheckOptions& options = {}) {
  return session.check(name, with_test(options, doctest_parts()));
}
inline Verdict doctest_check(Session& session, const CheckOptions& options = {}) {
  const std::vector<std::string> parts = doctest_parts();
  return session.check(DoctestRun::instance().calls.next_name(parts), with_test(options, parts));
}

#endif

}  // namespace qsnap::detail

#ifdef DOCTEST_CONFIG_DISABLE
#define QSNAP_DOCTEST(assertion, ...) static_cast<void>(0)
#else
#define QSNAP_DOCTEST(assertion, ...)                                                   \
  do {                                                                                  \
    const ::qsnap::Verdict qsnap_verdict = ::qsnap::detail::doctest_check(__VA_ARGS__); \
    const bool queues_are_as_expected = qsnap_verdict.ok;                               \
    assertion(queues_are_as_expected, qsnap_verdict.message);                           \
  } while (false)
#endif
#define QSNAP_CHECK(...) QSNAP_DOCTEST(DOCTEST_CHECK_MESSAGE, __VA_ARGS__)
#define QSNAP_REQUIRE(...) QSNAP_DOCTEST(DOCTEST_REQUIRE_MESSAGE, __VA_ARGS__)
