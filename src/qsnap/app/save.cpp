// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include <qsnap/app/same_meaning.hpp>
#include <qsnap/app/save.hpp>

namespace qsnap::app {

namespace {

using Existing = std::optional<codec::SnapshotReader>;

Result<model::Scope> scope_for(const store::Store& store, const SaveRequest& request, const Existing& existing) {
  if (request.scope) {
    return *request.scope;
  }
  if (existing) {
    return existing->metadata().scope;
  }
  QSNAP_ASSIGN(const config::Config config, store.config());
  return model::Scope{config.capture.prefixes, config.capture.queues};
}

Result<CaptureRequest> capture_request(const store::Store& store, const SaveRequest& request,
                                       const Existing& existing) {
  CaptureRequest capture;
  capture.target = request.target;
  QSNAP_ASSIGN(capture.scope, scope_for(store, request, existing));
  if (existing) {
    capture.description = existing->metadata().description;
    capture.tags = existing->metadata().tags;
  }
  capture.description = request.description.value_or(capture.description);
  capture.tags = request.tags.value_or(capture.tags);
  return capture;
}

Result<SaveReason> reason_to_write(const SaveRequest& request, const Existing& existing,
                                   const codec::SnapshotReader& captured, const Progress& progress) {
  if (!existing) {
    return SaveReason::created;
  }
  const bool dated = request.name.text().starts_with("history/");  // there, every capture counts
  if (dated || request.refresh == RefreshRule::always_write) {
    return SaveReason::refreshed;
  }
  const model::Metadata& before = existing->metadata();
  const model::Metadata& after = captured.metadata();
  if (before.description != after.description || before.tags != after.tags || before.scope != after.scope) {
    return SaveReason::metadata_changed;
  }
  QSNAP_ASSIGN(const Meaning meaning, compare_meaning(*existing, captured, progress));
  return meaning == Meaning::same ? SaveReason::same_meaning : SaveReason::changed;
}

/// A broken file at this name must not keep anybody from saving a good one over it.
Result<Existing> find_existing(const store::Store& store, const store::SnapshotName& name) {
  Result<Existing> found = store.find(name);
  if (!found && (found.error().code == ErrorCode::corrupt || found.error().code == ErrorCode::limit_exceeded)) {
    return Existing{};
  }
  return found;
}

Error empty_capture(const CaptureRequest& request) {
  std::vector<std::string> hints;
  if (!request.scope.whole_database()) {
    hints.emplace_back("check the spelling of the prefix or queue; without them the whole database is captured");
  }
  hints.emplace_back("check the database number in the URL");
  hints.emplace_back("to keep an empty state on purpose, add --allow-empty");
  return make_error(ErrorCode::refused,
                    fmt::format("there is nothing to capture in {}", request.target.endpoint.display()),
                    std::move(hints));
}

Result<void> write_snapshot(const store::Store& store, const store::SnapshotName& name,
                            const codec::SnapshotReader& captured) {
  QSNAP_ASSIGN(AtomicFile file, store.replace(name));
  QSNAP_TRY(copy_document(captured, [&](std::string_view bytes) { return file.write(bytes); }));
  return file.commit();
}

}  // namespace

std::string_view to_text(SaveReason reason) {
  constexpr std::array<std::string_view, 5> words = {"created", "changed", "metadata-changed", "refreshed",
                                                     "same-meaning"};
  return words.at(static_cast<std::size_t>(reason));
}

Result<SaveOutcome> save(const store::Store& store, const SaveRequest& request, const Progress& progress) {
  QSNAP_ASSIGN(const Existing existing, find_existing(store, request.name));
  QSNAP_ASSIGN(const CaptureRequest capture, capture_request(store, request, existing));
  QSNAP_ASSIGN(const CapturedDocument captured, capture_document(capture, KeyNames::forget, progress));
  if (captured.report.keys == 0 && request.empty == EmptyRule::refuse) {
    return empty_capture(capture);
  }
  QSNAP_ASSIGN(const SaveReason reason, reason_to_write(request, existing, captured.reader, progress));
  if (reason != SaveReason::same_meaning) {
    QSNAP_TRY(write_snapshot(store, request.name, captured.reader));
  }
  const codec::SnapshotReader& kept = reason == SaveReason::same_meaning ? *existing : captured.reader;
  return SaveOutcome{store.path_of(request.name),
                     reason,
                     kept.metadata().captured_at,
                     model::count_records(kept, model::Section::jobs),
                     model::count_records(kept, model::Section::queues),
                     kept.file_bytes(),
                     kept.raw_bytes(),
                     std::string{kept.fingerprint()},
                     captured.report};
}

}  // namespace qsnap::app
