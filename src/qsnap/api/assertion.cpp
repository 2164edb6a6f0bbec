// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/api/names.hpp>
#include <qsnap/api/session.hpp>
#include <qsnap/app/assert_state.hpp>
#include <qsnap/app/assert_view.hpp>
#include <qsnap/app/contract_files.hpp>
#include <qsnap/report/assert_report.hpp>
#include <qsnap/report/exit_code.hpp>

namespace qsnap::api {

namespace {

/// All of a request that is said in its options.
Result<app::AssertRequest> request_of(Options& options) {
  app::AssertRequest request;
  QSNAP_ASSIGN(const auto within, options.milliseconds("within_ms"));
  QSNAP_ASSIGN(const auto stable, options.milliseconds("stable_ms"));
  request.settling = {within.value_or(request.settling.within), stable.value_or(request.settling.stable)};
  config::RuleArguments& rules = request.choice.rules.arguments;
  QSNAP_ASSIGN(rules.ignore, options.texts("ignore"));
  QSNAP_ASSIGN(rules.tolerance, options.texts("tolerance"));
  QSNAP_ASSIGN(rules.order, options.texts("order"));
  request.choice.listing = diff::Listing::complete;  // the answer has a JSON document
  QSNAP_ASSIGN(model::Scope scope, scope_options(options));
  request.forced = std::exchange(scope.frameworks, {});
  if (scope != model::Scope{}) {
    request.scope = std::move(scope);
  }
  QSNAP_ASSIGN(const std::optional<std::string> rename, options.text("rename_prefix"));
  if (rename) {
    QSNAP_ASSIGN(request.rename, frameworks::NamespaceRename::parse(*rename));
  }
  QSNAP_ASSIGN(const std::optional<bool> allow_empty, options.flag("allow_empty"));
  request.empty = allow_empty.value_or(false) ? app::EmptyRule::allow : app::EmptyRule::refuse;
  QSNAP_ASSIGN(const std::optional<std::string> test, options.text("test"));
  request.test = test.value_or("");
  return request;
}

/// Renders by `write`, which takes an Output.
template <class Write>
Result<std::string> rendered(const Write& write) {
  std::string text;
  QSNAP_TRY(write([&text](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  }));
  return text;
}

Result<Answer> answer_of(const report::AssertView& view) {
  const report::FaceOptions plain;
  QSNAP_ASSIGN(std::string message,
               rendered([&](const report::Output& out) { return report::write_assert_text(view, plain, out); }));
  QSNAP_ASSIGN(std::string json,
               rendered([&](const report::Output& out) { return report::write_assert_json(view, plain, out); }));
  return Answer{view.holds ? report::k_exit_ok : report::k_exit_differs, std::move(message), std::move(json)};
}

}  // namespace

Result<app::AssertPlaces> Session::places(config::UpdateMode mode) {
  app::AssertPlaces places;
  QSNAP_ASSIGN(places.ledger, ledger());
  if (auto folder = app::pending_folder(m_store.git_dir(), mode, m_environment)) {
    places.pending.emplace(*std::move(folder));
  }
  return places;
}

Result<Answer> Session::assert_request(app::AssertRequest request) {
  QSNAP_ASSIGN(request.target, target());
  QSNAP_ASSIGN(const config::Config config, m_store.config());
  QSNAP_ASSIGN(app::ModeChoice mode, app::choose_mode(m_update, m_environment, config.assertion));
  if (m_update) {
    mode.reason = "the option \"update\"";
  }
  request.mode = mode.mode;
  QSNAP_ASSIGN(const app::AssertPlaces where, places(mode.mode));
  QSNAP_ASSIGN(app::AssertOutcome outcome, app::assert_state(m_store, where, request, m_clock, {}));
  return answer_of(app::view_of(m_store, where, request, mode, std::move(outcome)));
}

Result<Answer> Session::check(std::string_view name, std::string_view options_json) {
  QSNAP_ASSIGN(Options options, Options::parse(options_json));
  QSNAP_ASSIGN(app::AssertRequest request, request_of(options));
  QSNAP_ASSIGN(const std::vector<std::string> contracts, options.texts("contract"));
  QSNAP_TRY(options.expect_end());
  QSNAP_ASSIGN(request.name, snapshot_name(name));
  QSNAP_ASSIGN(request.contracts, app::read_contracts(contracts));
  return assert_request(std::move(request));
}

Result<Answer> Session::check_contract(std::string_view file, std::string_view options_json) {
  QSNAP_ASSIGN(Options options, Options::parse(options_json));
  QSNAP_ASSIGN(app::AssertRequest request, request_of(options));
  QSNAP_TRY(options.expect_end());
  QSNAP_ASSIGN(const std::string contract, file_name(file));
  QSNAP_ASSIGN(request.contracts, app::read_contracts({contract}));
  return assert_request(std::move(request));
}

}  // namespace qsnap::api
