// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(CATCH_VERSION_MAJOR) || defined(CATCH_AMALGAMATED_HPP_INCLUDED)  // what the test has included itself
#elif __has_include(<catch2/catch_test_macros.hpp>)                          // version 3, installed
#include <catch2/catch_test_macros.hpp>
#include <catch2/interfaces/catch_interfaces_capture.hpp>
#elif __has_include(<catch_amalgamated.hpp>)  // version 3 as two files
#include <catch_amalgamated.hpp>
#elif __has_include(<catch2/catch.hpp>)  // version 2, installed
#include <catch2/catch.hpp>
#else
#include <catch.hpp>  // version 2 as one file
#endif

#include <qsnap/test_name.hpp>

/// Queue snapshots in Catch2, versions 2 and 3. Assertions that hold are counted; main() is whose it was.
///
///   QSNAP_CHECK(session);                              // named by the test
///   QSNAP_CHECK(session, "checkout-flow");
///   QSNAP_REQUIRE(session, "checkout-flow", {.within = 5s});
///
/// Catch2 tells nobody which section runs, so only one place in a test may leave the name out.
namespace qsnap::detail {

/// A line of source.
using Place = std::pair<std::string, int>;

inline std::vector<std::string> catch2_parts() {
  return {std::string{::Catch::getResultCapture().getCurrentTestName()}};
}

/// Whether it is the place where the running test leaves the name out.
inline bool is_unnamed_place(const std::string& test, const Place& place) {
  static std::map<std::string, Place> places;
  return places.emplace(test, place).first->second == place;
}

inline Verdict catch2_check(const Place& /*place*/, Session& session, std::string_view name,
                            const CheckOptions& options = {}) {
  return session.check(name, with_test(options, catch2_parts()));
}
inline Verdict catch2_check(const Place& place, Session& session, const CheckOptions& options = {}) {
  const std::vector<std::string> parts = catch2_parts();
  if (!is_unnamed_place(parts.front(), place)) {
    return {false, Status::usage, "a second assertion without a name in one test: give it one", {}};
  }
  return session.check(snapshot_name(parts), with_test(options, parts));
}

}  // namespace qsnap::detail

#ifdef CATCH_CONFIG_PREFIX_ALL
#define QSNAP_CATCH_INFO CATCH_UNSCOPED_INFO
#define QSNAP_CATCH_CHECK CATCH_CHECK
#define QSNAP_CATCH_REQUIRE CATCH_REQUIRE
#else
#define QSNAP_CATCH_INFO UNSCOPED_INFO
#define QSNAP_CATCH_CHECK CHECK
#define QSNAP_CATCH_REQUIRE REQUIRE
#endif

#define QSNAP_CATCH(assertion, ...)                                                                          \
  do {                                                                                                       \
    const ::qsnap::Verdict qsnap_verdict = ::qsnap::detail::catch2_check({__FILE__, __LINE__}, __VA_ARGS__); \
    const bool queues_are_as_expected = qsnap_verdict.ok;                                                    \
    if (!qsnap_verdict.ok) {                                                                                 \
      QSNAP_CATCH_INFO(qsnap_verdict.message);                                                               \
    }                                                                                                        \
    assertion(queues_are_as_expected);                                                                       \
  } while (false)
#define QSNAP_CHECK(...) QSNAP_CATCH(QSNAP_CATCH_CHECK, __VA_ARGS__)
#define QSNAP_REQUIRE(...) QSNAP_CATCH(QSNAP_CATCH_REQUIRE, __VA_ARGS__)
