// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/document_spool.hpp>
#include <qsnap/codec/snapshot_writer.hpp>

namespace qsnap::app {

namespace {

/// One attempt of the composer at writing the document. Only the last one is good. As a sink it tells how far it is,
/// and ends the work when the user wants to stop.
class Attempt final : public model::RecordSink {
 public:
  static Result<std::unique_ptr<Attempt>> begin(const model::Metadata& metadata, const Progress& progress) {
    QSNAP_ASSIGN(std::unique_ptr<DocumentSpool> spool, DocumentSpool::create());
    DocumentSpool* bytes = spool.get();
    const auto append = [bytes](std::string_view more) { return bytes->append(more); };
    QSNAP_ASSIGN(codec::SnapshotWriter writer, codec::SnapshotWriter::begin(metadata, codec::Encoding::packed, append));
    return std::make_unique<Attempt>(std::move(spool), std::move(writer), progress);
  }

  Attempt(std::unique_ptr<DocumentSpool> spool, codec::SnapshotWriter writer, const Progress& progress)
      : m_spool(std::move(spool)), m_writer(std::move(writer)), m_progress(progress) {}

  Result<void> add(const model::Record& record) override {
    constexpr std::uint64_t k_every = 256;
    if (++m_records % k_every == 0) {
      m_progress.report("writing records", m_records, 0);
      QSNAP_TRY(m_progress.check());
    }
    return m_writer.add(record);
  }

  Result<codec::SnapshotReader> finish() {
    QSNAP_TRY(m_writer.finish());
    return codec::SnapshotReader::open(std::move(m_spool));
  }

 private:
  std::unique_ptr<DocumentSpool> m_spool;
  codec::SnapshotWriter m_writer;
  const Progress& m_progress;  ///< not owned; outlives the capture
  std::uint64_t m_records = 0;
};

model::Metadata metadata_of(const CaptureRequest& request, const redis::Capture& capture,
                            const frameworks::Composition& composition) {
  model::Metadata metadata;
  metadata.captured_at = capture.captured_at;
  metadata.description = request.description;
  metadata.tags = request.tags;
  metadata.scope = request.scope;
  metadata.frameworks = composition.frameworks;
  return metadata;
}

std::vector<std::string> names_of(const model::Keyspace& keyspace, const std::vector<bool>& selected) {
  std::vector<std::string> names;
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    if (selected[key]) {
      names.emplace_back(keyspace.name(key));
    }
  }
  return names;
}

std::uint64_t count_selected(const std::vector<bool>& selected) {
  return static_cast<std::uint64_t>(std::count(selected.begin(), selected.end(), true));
}

}  // namespace

Result<void> check_host(const Target& target) {
  if (target.hosts == HostRule::any || target.endpoint.is_loopback()) {
    return {};
  }
  return make_error(ErrorCode::refused, fmt::format("{} is not on this machine", target.endpoint.display()),
                    {"if you mean it, add --allow-host"});
}

Result<CapturedDocument> capture_document(const CaptureRequest& request, KeyNames names, const Progress& progress) {
  QSNAP_TRY(check_host(request.target));
  redis::CaptureOptions options;
  options.prefixes = request.scope.prefixes;
  QSNAP_ASSIGN(const redis::Capture capture, redis::capture(request.target.endpoint, options, progress));

  frameworks::Composer composer{*capture.keyspace};
  if (!request.scope.queues.empty()) {
    QSNAP_TRY(composer.select_queues(request.scope.queues));
  }
  std::unique_ptr<Attempt> attempt;
  QSNAP_TRY(composer.run([&](const frameworks::Composition& composition) -> Result<model::RecordSink*> {
    QSNAP_ASSIGN(attempt, Attempt::begin(metadata_of(request, capture, composition), progress));
    return attempt.get();
  }));
  QSNAP_ASSIGN(codec::SnapshotReader reader, attempt->finish());
  CaptureReport report{capture.mode, capture.pause, count_selected(composer.selected()), composer.refuted()};
  std::vector<std::string> key_names;
  if (names == KeyNames::remember) {
    key_names = names_of(*capture.keyspace, composer.selected());
  }
  return CapturedDocument{std::move(reader), report, std::move(key_names)};
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
