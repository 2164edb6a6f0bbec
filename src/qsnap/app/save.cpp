// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/capture_settings.hpp>
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/save.hpp>

namespace qsnap::app {

namespace {

Result<CaptureRequest> capture_request(const store::Store& store, const SaveRequest& request,
                                       const Existing& existing) {
  QSNAP_ASSIGN(Labels labels, complete_labels(store, request.keep, existing));
  Target target = request.target;
  if (existing) {
    target.redaction = choice_like(std::move(target.redaction), existing->metadata());
  }
  QSNAP_ASSIGN(CaptureRequest capture, configured_request(store, std::move(target), std::move(labels.scope)));
  capture.description = std::move(labels.description);
  capture.tags = std::move(labels.tags);
  return capture;
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

}  // namespace

std::string_view to_text(SaveReason reason) {
  constexpr std::array<std::string_view, 6> words = {"created",   "changed",      "metadata-changed",
                                                     "refreshed", "same-meaning", "inherited"};
  return words.at(static_cast<std::size_t>(reason));
}

Result<CapturedDocument> capture_to_keep(const store::Store& store, const SaveRequest& request,
                                         const Existing& existing, const Progress& progress) {
  QSNAP_ASSIGN(const CaptureRequest capture, capture_request(store, request, existing));
  QSNAP_ASSIGN(CapturedDocument captured, capture_document(capture, KeyNames::forget, progress));
  if (captured.report.keys == 0 && request.keep.empty == EmptyRule::refuse) {
    return empty_capture(capture);
  }
  return captured;
}

Result<SaveOutcome> save(const store::Store& store, const SaveRequest& request, const Progress& progress) {
  QSNAP_ASSIGN(const Existing existing, find_existing(store, request.keep.name));
  QSNAP_ASSIGN(const CapturedDocument captured, capture_to_keep(store, request, existing, progress));
  QSNAP_ASSIGN(SaveOutcome outcome, keep_snapshot(store, request.keep, existing, captured.reader, progress));
  outcome.capture = captured.report;
  return outcome;
}

}  // namespace qsnap::app
