// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>

#include <qsnap/app/compose_document.hpp>
#include <qsnap/app/document_spool.hpp>
#include <qsnap/codec/snapshot_writer.hpp>

namespace qsnap::app {

namespace {

/// How many threads pack. The other stages wait for them while they pack the beginning, which costs most: so there are
/// as many as may work at once.
std::size_t packers(std::size_t threads) {
  return threads > 1 ? threads : 0;
}

/// One attempt of the composer at writing the document. Only the last one is good. As a sink it tells how far it is,
/// and ends the work when the user wants to stop.
class Attempt final : public model::RecordSink {
 public:
  static Result<std::unique_ptr<Attempt>> begin(const model::Metadata& metadata, const DocumentRequest& request,
                                                const Progress& progress) {
    QSNAP_ASSIGN(std::unique_ptr<DocumentSpool> spool, DocumentSpool::create());
    DocumentSpool* bytes = spool.get();
    const auto append = [bytes](std::string_view more) { return bytes->append(more); };
    QSNAP_ASSIGN(codec::SnapshotWriter writer,
                 codec::SnapshotWriter::begin(metadata, codec::Encoding::packed, append, packers(request.threads)));
    return std::make_unique<Attempt>(std::move(spool), std::move(writer), request, progress);
  }

  Attempt(std::unique_ptr<DocumentSpool> spool, codec::SnapshotWriter writer, const DocumentRequest& request,
          const Progress& progress)
      : m_spool(std::move(spool)), m_writer(std::move(writer)), m_progress(progress) {
    if (request.redaction) {
      m_redactor.emplace(*request.redaction, m_writer);
    }
  }

  Result<void> add(const model::Record& record) override {
    constexpr std::uint64_t k_every = 256;
    if (++m_records % k_every == 0) {
      m_progress.report("writing records", m_records, 0);
      QSNAP_TRY(m_progress.check());
    }
    return m_redactor ? m_redactor->add(record) : m_writer.add(record);
  }

  Result<codec::SnapshotReader> finish() {
    if (m_redactor) {
      QSNAP_TRY(m_redactor->finish());
    }
    QSNAP_TRY(m_writer.finish());
    return codec::SnapshotReader::open(std::move(m_spool));
  }

 private:
  std::unique_ptr<DocumentSpool> m_spool;
  codec::SnapshotWriter m_writer;
  std::optional<codec::Redactor> m_redactor;  ///< in front of the writer, if there is one
  const Progress& m_progress;                 ///< not owned; outlives the capture
  std::uint64_t m_records = 0;
};

model::Metadata metadata_of(const DocumentRequest& request, const frameworks::Composition& composition) {
  model::Metadata metadata;
  metadata.captured_at = request.captured_at;
  metadata.consistency = request.consistency;
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

}  // namespace

Result<ComposedDocument> compose_document(const model::Keyspace& keyspace, const DocumentRequest& request,
                                          const Progress& progress) {
  frameworks::Composer composer{keyspace, frameworks::adapters(), request.scope.frameworks};
  if (!request.scope.queues.empty()) {
    QSNAP_TRY(composer.select_queues(request.scope.queues));
  }
  std::unique_ptr<Attempt> attempt;
  const auto begin = [&](const frameworks::Composition& composition) -> Result<model::RecordSink*> {
    model::Metadata metadata = metadata_of(request, composition);
    if (request.redaction) {
      QSNAP_ASSIGN(metadata, codec::redacted_metadata(*request.redaction, std::move(metadata)));
    }
    QSNAP_ASSIGN(attempt, Attempt::begin(metadata, request, progress));
    return attempt.get();
  };
  QSNAP_TRY(composer.run(begin, request.threads));
  QSNAP_ASSIGN(codec::SnapshotReader reader, attempt->finish());
  const std::vector<bool>& selected = composer.selected();
  const auto keys = static_cast<std::uint64_t>(std::count(selected.begin(), selected.end(), true));
  std::vector<std::string> key_names;
  if (request.names == KeyNames::remember) {
    key_names = names_of(keyspace, selected);
  }
  return ComposedDocument{std::move(reader), keys, composer.refuted(), std::move(key_names)};
}

}  // namespace qsnap::app
