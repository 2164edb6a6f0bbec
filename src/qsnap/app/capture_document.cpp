// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/capture_document.hpp>

namespace qsnap::app {

Result<void> check_host(const Target& target) {
  if (target.hosts == HostRule::any || target.endpoint.is_loopback()) {
    return {};
  }
  return make_error(ErrorCode::refused, fmt::format("{} is not on this machine", target.endpoint.display()),
                    {"if you mean it, add --allow-host"});
}

namespace {

Result<CapturedDocument> capture_openly(const CaptureRequest& request, KeyNames names, const Progress& progress) {
  redis::CaptureOptions options;
  options.prefixes = request.scope.prefixes;
  options.consistency = request.target.consistency.value_or(redis::Consistency::automatic);
  options.retries = request.target.retries;
  QSNAP_ASSIGN(redis::Capture capture, redis::capture(request.target.endpoint, options, progress));

  DocumentRequest document;
  document.captured_at = capture.captured_at;
  document.consistency =
      capture.mode == redis::CaptureMode::none ? model::Consistency::none : model::Consistency::point_in_time;
  document.scope = request.scope;
  document.description = request.description;
  document.tags = request.tags;
  document.names = names;
  document.threads = request.target.threads;
  document.redaction = request.redaction;
  QSNAP_ASSIGN(ComposedDocument composed, compose_document(*capture.keyspace, document, progress));
  CaptureReport report{capture.mode,   capture.pause,
                       capture.waited, std::move(capture.reasons),
                       composed.keys,  std::move(composed.refuted)};
  return CapturedDocument{std::move(composed.reader), std::move(report), std::move(composed.key_names)};
}

}  // namespace

Result<CapturedDocument> capture_document(const CaptureRequest& request, KeyNames names, const Progress& progress) {
  QSNAP_TRY(check_host(request.target));
  Result<CapturedDocument> captured = capture_openly(request, names, progress);
  if (!captured) {
    return discreet(request.redaction, std::move(captured).error());
  }
  CaptureReport& report = captured->report;  // names of keys and namespaces may be in it
  report.refuted = discreet(request.redaction, std::move(report.refuted));
  for (std::string& reason : report.reasons) {
    reason = discreet(request.redaction, std::move(reason));
  }
  return captured;
}

Result<void> copy_document(const codec::SnapshotReader& reader, const codec::ByteSink& sink) {
  constexpr std::size_t k_step = 1U << 20U;
  const codec::ByteSource& source = reader.source();
  for (std::uint64_t at = 0; at < source.size(); at += k_step) {
    QSNAP_ASSIGN(const std::string bytes, source.read(at, std::min<std::uint64_t>(k_step, source.size() - at)));
    QSNAP_TRY(sink(bytes));
  }
  return {};
}

}  // namespace qsnap::app
