// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/api/names.hpp>
#include <qsnap/api/session.hpp>
#include <qsnap/app/forced_frameworks.hpp>
#include <qsnap/app/load.hpp>
#include <qsnap/app/save.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/report/exit_code.hpp>

/// What tests begin with, and what is kept of them: load and capture.
namespace qsnap::api {

namespace {

/// The value that `word` names, among all that there are.
template <class Value, std::size_t Count>
Result<Value> named(std::string_view option, std::string_view word, const std::array<Value, Count>& values) {
  const auto* const at =
      std::find_if(values.begin(), values.end(), [&](Value value) { return app::to_text(value) == word; });
  if (at == values.end()) {
    return make_error(ErrorCode::usage, fmt::format("option \"{}\" is \"{}\"", option, word));
  }
  return *at;
}

void sort_distinct(std::vector<std::string>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

Result<app::LoadRequest> load_options(std::string_view json) {
  using app::LoadTime;
  using frameworks::ActiveRule;
  QSNAP_ASSIGN(Options options, Options::parse(json));
  app::LoadRequest request;
  QSNAP_ASSIGN(const std::optional<std::string> time, options.text("time"));
  if (time) {
    QSNAP_ASSIGN(request.time, named("time", *time, std::array{LoadTime::shift, LoadTime::keep, LoadTime::due}));
  }
  QSNAP_ASSIGN(const std::optional<std::string> active, options.text("active"));
  if (active) {
    QSNAP_ASSIGN(request.active,
                 named("active", *active, std::array{ActiveRule::keep, ActiveRule::requeue, ActiveRule::stalled}));
  }
  QSNAP_ASSIGN(request.queues, options.texts("queues"));
  QSNAP_ASSIGN(const std::optional<bool> paused, options.flag("paused"));
  request.pause = paused.value_or(false) ? frameworks::PauseRule::paused : frameworks::PauseRule::as_captured;
  QSNAP_ASSIGN(const std::optional<bool> replace, options.flag("replace"));
  if (replace.value_or(false)) {
    request.replace = [](const app::Replacement&) { return true; };
  }
  QSNAP_ASSIGN(const std::optional<bool> backup, options.flag("backup"));
  request.backup = backup.value_or(true) ? app::BackupRule::keep : app::BackupRule::none;
  QSNAP_ASSIGN(const std::optional<std::string> rename, options.text("rename_prefix"));
  if (rename) {
    QSNAP_ASSIGN(request.rename, frameworks::NamespaceRename::parse(*rename));
  }
  QSNAP_TRY(options.expect_end());
  return request;
}

}  // namespace

Result<model::Scope> scope_options(Options& options) {
  model::Scope scope;
  QSNAP_ASSIGN(scope.prefixes, options.texts("prefixes"));
  QSNAP_ASSIGN(scope.queues, options.texts("queues"));
  QSNAP_ASSIGN(const std::vector<std::string> frameworks, options.texts("frameworks"));
  QSNAP_ASSIGN(scope.frameworks, app::forced_frameworks(frameworks));
  sort_distinct(scope.prefixes);
  sort_distinct(scope.queues);
  for (const auto& [option, words] : {std::pair{"prefixes", &scope.prefixes}, std::pair{"queues", &scope.queues}}) {
    if (!words->empty() && words->front().empty()) {
      return make_error(ErrorCode::usage, fmt::format("option \"{}\" holds an empty text", option));
    }
  }
  return scope;
}

Result<Answer> Session::captured(const store::SnapshotName& name, Options options) {
  app::KeepRequest keep{name, {}, {}, {}, {}, {}};
  QSNAP_ASSIGN(model::Scope scope, scope_options(options));
  if (scope != model::Scope{}) {
    keep.scope = std::move(scope);
  }
  QSNAP_ASSIGN(keep.description, options.text("description"));
  QSNAP_ASSIGN(std::vector<std::string> tags, options.texts("tags"));
  sort_distinct(tags);
  if (!tags.empty()) {
    keep.tags = std::move(tags);
  }
  QSNAP_ASSIGN(const std::optional<bool> allow_empty, options.flag("allow_empty"));
  keep.empty = allow_empty.value_or(false) ? app::EmptyRule::allow : app::EmptyRule::refuse;
  QSNAP_TRY(options.expect_end());
  QSNAP_ASSIGN(app::Target live, target());
  const app::SaveRequest request{std::move(keep), std::move(live)};
  QSNAP_ASSIGN(const app::SaveOutcome outcome, app::save(m_store, request, {}));
  const report::SaveView view = app::view_of(name.text(), outcome);
  return Answer{report::k_exit_ok, report::save_text(view, {}), report::save_json(view)};
}

Result<Answer> Session::capture(std::string_view name, std::string_view options_json) {
  QSNAP_ASSIGN(Options options, Options::parse(options_json));
  QSNAP_ASSIGN(const store::SnapshotName parsed, snapshot_name(name));
  return recorded(store::RunEventKind::saved, parsed, captured(parsed, std::move(options)));
}

Result<Answer> Session::loaded(const store::Side& side, app::LoadRequest request) {
  QSNAP_ASSIGN(request.target, target());
  request.threads = request.target.threads;
  QSNAP_ASSIGN(const app::OpenedSide snapshot, app::open_side(m_store, side, std::nullopt, {}, {}));
  QSNAP_ASSIGN(const app::LoadOutcome outcome, app::load(m_store, snapshot.reader, request, m_clock, {}));
  const report::LoadView view = app::view_of(snapshot.label, request, outcome);
  return Answer{report::k_exit_ok, report::load_text(view, {}), report::load_json(view)};
}

Result<Answer> Session::load(std::string_view name, std::string_view options_json) {
  QSNAP_ASSIGN(app::LoadRequest request, load_options(options_json));
  QSNAP_ASSIGN(const store::Side side, snapshot_side(name));
  Result<Answer> finished = loaded(side, std::move(request));
  if (side.kind != store::Side::Kind::name) {
    return finished;
  }
  QSNAP_ASSIGN(const store::SnapshotName parsed, store::SnapshotName::parse(side.name));
  return recorded(store::RunEventKind::loaded, parsed, std::move(finished));
}

}  // namespace qsnap::api
