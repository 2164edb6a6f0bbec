// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/api/options.hpp>
#include <qsnap/app/assert_mode.hpp>
#include <qsnap/app/assert_state.hpp>
#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/load.hpp>
#include <qsnap/base/clock.hpp>
#include <qsnap/base/error.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/update_mode.hpp>
#include <qsnap/store/run_ledger.hpp>
#include <qsnap/store/store.hpp>

/// libqsnap behind its C interface (include/qsnap/qsnap.h says what each call does).
namespace qsnap::api {

/// What a call gives back.
struct Answer {
  int status = 0;       ///< report/exit_code.hpp
  std::string message;  ///< for people
  std::string json;     ///< what the command line prints with --json
};

[[nodiscard]] Answer answer_of(const Error& error);

/// A repository with its snapshots, a Redis, and how assertions treat differences. What is not said in the options, the
/// environment says: when the session is opened, and for the mode and its places at each call. One thread at a time.
class Session {
 public:
  static Result<Session> open(std::string_view options_json, app::Environment environment);

  Result<Answer> check(std::string_view name, std::string_view options_json);
  Result<Answer> check_contract(std::string_view file, std::string_view options_json);
  Result<Answer> capture(std::string_view name, std::string_view options_json);
  Result<Answer> load(std::string_view name, std::string_view options_json);

 private:
  Session(store::Store store, app::Environment environment);

  /// Errors with `usage` where nobody named a Redis.
  [[nodiscard]] Result<app::Target> target() const;
  /// Of the test run that the environment names; absent where it names none.
  Result<std::optional<store::RunLedger>> ledger();
  Result<app::AssertPlaces> places(config::UpdateMode mode);
  Result<Answer> captured(const store::SnapshotName& name, Options options);
  Result<Answer> loaded(const store::Side& side, app::LoadRequest request);
  /// Tells the test run that it referred to a snapshot, whatever came of it. What cannot be told is said in the answer.
  Result<Answer> recorded(store::RunEventKind kind, const store::SnapshotName& name, Result<Answer> finished);
  /// Asserts what the request says, of our Redis in our mode.
  Result<Answer> assert_request(app::AssertRequest request);

  store::Store m_store;
  app::Environment m_environment;
  std::optional<redis::Endpoint> m_endpoint;
  app::HostRule m_hosts = app::HostRule::loopback_only;
  std::optional<config::UpdateMode> m_update;
  std::optional<store::RunLedger> m_ledger;  ///< made at the first assertion; one for the session
  SystemClock m_clock;
};

/// "prefixes", "queues" and "frameworks" of a call.
Result<model::Scope> scope_options(Options& options);

}  // namespace qsnap::api
