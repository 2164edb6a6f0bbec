// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/assert_observation.hpp>
#include <qsnap/app/capture_settings.hpp>
#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/resolve_documents.hpp>
#include <qsnap/base/ascii.hpp>
#include <qsnap/config/rule_arguments.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/frameworks/renamed_source.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::app {

namespace {

/// A snapshot that cannot be opened is expected of nobody, and is not to be overwritten in passing either.
Error about_snapshot(Error error, const store::SnapshotName& name) {
  if (error.code == ErrorCode::corrupt || error.code == ErrorCode::unsupported_version ||
      error.code == ErrorCode::limit_exceeded) {
    if (error.hints.empty()) {
      error.hints = {fmt::format("git qsnap fsck {} tells more", name.text()),
                     fmt::format("git restore {}/{} brings back what is committed", store::k_folder,
                                 name.relative_path().generic_string())};
    }
  }
  return error;
}

Result<std::optional<OpenedSide>> open_expected(const store::Store& store, const AssertRequest& request) {
  if (!request.name) {
    return std::optional<OpenedSide>{};
  }
  Result<Existing> found = store.find(*request.name);
  if (!found) {
    return about_snapshot(std::move(found).error(), *request.name);
  }
  if (!*found) {
    return std::optional<OpenedSide>{};
  }
  QSNAP_TRY(refuse_conflicts(**found));
  return std::optional{OpenedSide{request.name->text(), **std::move(found), {}}};
}

/// What the keys of a namespace begin with. Frameworks whose namespaces are prefixes as they stand (Celery, Laravel)
/// have mostly some that end in a separator.
std::string key_prefix(const std::string& name_space) {
  const bool ends_word = is_letter(name_space.back()) || is_digit(name_space.back());
  return ends_word ? name_space + ':' : name_space;
}

/// What the snapshot says of itself: without a snapshot, as the user or config.yaml says.
model::Scope snapshot_scope(const std::optional<OpenedSide>& snapshot, const config::Config& config,
                            const AssertRequest& request) {
  model::Scope scope = snapshot        ? snapshot->reader.metadata().scope
                       : request.scope ? *request.scope
                                       : model::Scope{config.capture.prefixes, config.capture.queues, {}};
  scope.frameworks.insert(scope.frameworks.end(), request.forced.begin(), request.forced.end());
  std::sort(scope.frameworks.begin(), scope.frameworks.end());
  scope.frameworks.erase(std::unique(scope.frameworks.begin(), scope.frameworks.end()), scope.frameworks.end());
  if (!snapshot && request.rename && scope.whole_database()) {  // the rest of the database belongs to other workers
    scope.prefixes = {key_prefix(request.rename->to)};
  }
  return scope;
}

/// The same as this worker has it: its own namespace in place of the snapshot's, and never a whole database.
model::Scope worker_scope(model::Scope scope, const frameworks::NamespaceRename& rename) {
  const std::string from = key_prefix(rename.from), to = key_prefix(rename.to);
  for (std::string& prefix : scope.prefixes) {
    if (prefix == rename.to) {
      prefix = rename.from;
    } else if (prefix.starts_with(to)) {
      prefix.replace(0, to.size(), from);
    }
  }
  if (scope.prefixes.empty()) {
    scope.prefixes = {from};
  }
  for (std::string& queue : scope.queues) {
    auto id = model::QueueId::parse(queue);
    if (id && id->name_space == rename.to) {
      id->name_space = rename.from;
      queue = id->text();
    }
  }
  for (model::ForcedFramework& forced : scope.frameworks) {
    forced.name_space = forced.name_space == rename.to ? rename.from : forced.name_space;
  }
  std::sort(scope.prefixes.begin(), scope.prefixes.end());
  std::sort(scope.queues.begin(), scope.queues.end());
  std::sort(scope.frameworks.begin(), scope.frameworks.end());
  return scope;
}

/// The document as the snapshot would have it, which is one and the same for all workers.
Result<codec::SnapshotReader> renamed(const codec::SnapshotReader& document, const Expectation& expectation,
                                      const frameworks::NamespaceRename& rename) {
  QSNAP_ASSIGN(const auto source, frameworks::RenamedSource::create(document, rename));
  model::Metadata metadata = source.metadata();
  metadata.scope = expectation.scope;
  return new_document(metadata, {}, [&](model::RecordSink& sink) {
    return model::for_each_record(source, [&](const model::Record& record) { return sink.add(record); });
  });
}

/// That of a scope without a key.
Result<codec::SnapshotReader> empty_document(const Expectation& expectation, Instant now) {
  model::Metadata metadata;
  metadata.captured_at = now;
  metadata.description = expectation.capture.description;
  metadata.tags = expectation.capture.tags;
  metadata.scope = expectation.scope;
  return new_document(metadata, {}, [](model::RecordSink& /*sink*/) { return Result<void>{}; });
}

Result<OpenedSide> capture_live(const Expectation& expectation, const AssertRequest& request, const Clock& clock,
                                const Progress& progress) {
  Result<CapturedDocument> captured = capture_document(expectation.capture, KeyNames::forget, progress);
  // A queue that is no more, or not yet: its name stands nowhere. (Of several, nothing tells which one is meant.)
  const bool queue_is_gone =
      !captured && captured.error().code == ErrorCode::not_found && expectation.capture.scope.queues.size() == 1;
  if (!captured && !queue_is_gone) {
    return std::move(captured).error();
  }
  if (queue_is_gone || captured->report.keys == 0) {
    QSNAP_ASSIGN(codec::SnapshotReader nothing,
                 empty_document(expectation, queue_is_gone ? clock.now() : captured->reader.metadata().captured_at));
    return OpenedSide{"live", std::move(nothing), queue_is_gone ? CaptureReport{} : std::move(captured->report)};
  }
  if (!request.rename) {
    return OpenedSide{"live", std::move(captured->reader), std::move(captured->report)};
  }
  QSNAP_ASSIGN(codec::SnapshotReader document, renamed(captured->reader, expectation, *request.rename));
  return OpenedSide{"live", std::move(document), std::move(captured->report)};
}

}  // namespace

Result<Expectation> expectation_of(const store::Store& store, const AssertRequest& request) {
  QSNAP_ASSIGN(config::Config config, store.config());
  QSNAP_ASSIGN(config::Config rules, config::with_arguments(config, request.choice.rules.arguments));
  QSNAP_ASSIGN(std::optional<OpenedSide> snapshot, open_expected(store, request));
  Target target = request.target;
  if (snapshot) {
    target.redaction = choice_like(std::move(target.redaction), snapshot->reader.metadata());
  }
  model::Scope scope = snapshot_scope(snapshot, config, request);
  QSNAP_ASSIGN(
      CaptureRequest capture,
      configured_request(store, std::move(target), request.rename ? worker_scope(scope, *request.rename) : scope));
  if (snapshot) {  // whatever is written in its place says the same of itself
    capture.description = snapshot->reader.metadata().description;
    capture.tags = snapshot->reader.metadata().tags;
  }
  return Expectation{std::move(snapshot), std::move(config), std::move(rules), std::move(scope), std::move(capture)};
}

Result<Observation> observe(const Expectation& expectation, const AssertRequest& request, const Clock& clock,
                            const Progress& progress) {
  QSNAP_ASSIGN(OpenedSide live, capture_live(expectation, request, clock, progress));
  std::optional<Comparison> comparison;
  if (expectation.snapshot) {
    const diff::CompareOptions options{request.choice.listing, request.choice.rules.ignored};
    QSNAP_ASSIGN(Comparison compared,
                 compare_opened(*expectation.snapshot, live, expectation.rules, options, progress));
    compared.name = request.name->text();
    comparison.emplace(std::move(compared));
  }
  contract::ContractReport contract;
  if (!request.contracts.empty()) {
    const frameworks::decode::DecodingPayloadReader payloads;
    QSNAP_ASSIGN(contract, contract::check_contract(live.reader, request.contracts, payloads, progress));
  }
  return Observation{std::move(live), std::move(comparison), std::move(contract)};
}

AssertResult verdict_on(const AssertRequest& request, const Observation& observation) {
  if (!request.name) {
    return AssertResult::as_expected;
  }
  if (!observation.comparison) {
    return AssertResult::missing;
  }
  return observation.comparison->changes.empty() ? AssertResult::as_expected : AssertResult::different;
}

}  // namespace qsnap::app
