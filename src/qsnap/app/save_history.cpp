// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/save_history.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/history_index.hpp>

namespace qsnap::app {

namespace {

struct KeptFile {
  std::filesystem::path path;
  std::string ref;
};

Result<KeptFile> keep_in_ref(const store::Store& store, const store::SnapshotName& name,
                             const codec::SnapshotReader& document) {
  const store::History history{store.repository(), store.chain().current()};
  QSNAP_ASSIGN(const store::HistoryEntry entry, history.append(store::entry_of(name, document), document));
  QSNAP_ASSIGN(std::filesystem::path file,
               store::write_index_file(store.folder(), history.set(), entry, history.ref()));
  return KeptFile{std::move(file), history.ref()};
}

Result<KeptFile> keep_in_tree(const store::Store& store, const store::SnapshotName& name,
                              const codec::SnapshotReader& document) {
  QSNAP_ASSIGN(const AtomicFile::NewFile written, write_new_snapshot(store, name, document));
  if (written != AtomicFile::NewFile::written) {
    return make_error(ErrorCode::refused, fmt::format("{} is there already", name.text()));
  }
  return KeptFile{store.path_of(name), {}};
}

}  // namespace

Result<SavedHistory> save_history(const store::Store& store, const std::string& series, const SaveRequest& request,
                                  const Progress& progress) {
  QSNAP_ASSIGN(const config::Config config, store.config());
  QSNAP_ASSIGN(const CapturedDocument captured, capture_to_keep(store, request, Existing{}, progress));
  const codec::SnapshotReader& document = captured.reader;
  const store::SnapshotName name = store::new_history_name(series, document.metadata().captured_at);
  const bool in_ref = config.history.store == config::HistorySection::Store::refs;
  QSNAP_ASSIGN(KeptFile kept, in_ref ? keep_in_ref(store, name, document) : keep_in_tree(store, name, document));
  SaveOutcome outcome;
  outcome.path = std::move(kept.path);
  outcome.captured_at = document.metadata().captured_at;
  outcome.jobs = model::count_records(document, model::Section::jobs);
  outcome.queues = model::count_records(document, model::Section::queues);
  outcome.file_bytes = document.file_bytes();
  outcome.raw_bytes = document.raw_bytes();
  outcome.fingerprint = document.fingerprint();
  outcome.capture = captured.report;
  if (!in_ref) {
    QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
    outcome.storage = place ? place->storage : store::Storage::git;
  }
  return SavedHistory{name, store.chain().current(), std::move(kept.ref), std::move(outcome)};
}

}  // namespace qsnap::app
