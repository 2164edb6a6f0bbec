// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <utility>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/document_spool.hpp>
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/app/tag.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::app {

namespace {

/// The same document under other words.
Result<codec::SnapshotReader> relabelled(const codec::SnapshotReader& snapshot, const LabelWords& labels) {
  model::Metadata metadata = snapshot.metadata();
  metadata.description = labels.description;
  metadata.tags = labels.tags;
  QSNAP_ASSIGN(std::unique_ptr<DocumentSpool> spool, DocumentSpool::create());
  DocumentSpool* const bytes = spool.get();
  QSNAP_TRY(codec::relabel(snapshot, metadata, [bytes](std::string_view more) { return bytes->append(more); }));
  return codec::SnapshotReader::open(std::move(spool));
}

Result<report::TagView> tag_in_tree(const store::Store& store, const store::SnapshotName& name,
                                    const LabelChange& change) {
  QSNAP_ASSIGN(const codec::SnapshotReader snapshot, open_snapshot(store, name));
  const LabelWords before{snapshot.metadata().description, snapshot.metadata().tags};
  QSNAP_ASSIGN(const LabelWords after, changed_labels(before, change, name.text()));
  if (after != before) {
    QSNAP_TRY(refuse_conflicts(snapshot));
    QSNAP_ASSIGN(const codec::SnapshotReader changed, relabelled(snapshot, after));
    QSNAP_TRY(write_snapshot(store, name, changed));
  }
  return report::TagView{name.text(), store.path_of(name).native(), after != before, after.description, after.tags};
}

/// Absent when there is no such entry.
Result<std::optional<report::TagView>> tag_in_history(const store::Store& store, const store::SnapshotName& name,
                                                      const LabelChange& change) {
  const store::History history{store.repository(), name.set().value_or(store.chain().current())};
  QSNAP_ASSIGN(std::optional<store::HistoryEntry> entry, history.find(name.bare()));
  if (!entry) {
    return std::optional<report::TagView>{};
  }
  const LabelWords before{entry->description, entry->tags};
  QSNAP_ASSIGN(const LabelWords after, changed_labels(before, change, name.text()));
  if (after != before) {
    entry->description = after.description;
    entry->tags = after.tags;
    QSNAP_TRY(history.relabel(*entry));
  }
  return std::optional{report::TagView{name.text(), {}, after != before, after.description, after.tags}};
}

}  // namespace

Result<report::TagView> change_tags(store::Store store, const store::SnapshotName& name, const LabelChange& change) {
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
  if (!place && name.is_history()) {
    QSNAP_ASSIGN(std::optional<report::TagView> tagged, tag_in_history(store, name, change));
    if (tagged) {
      return *std::move(tagged);
    }
  }
  if (place) {  // what a bare name means from here on
    store.select(place->set.is_default() ? store::SetChain{} : store::SetChain{{place->set}});
  }
  return tag_in_tree(store, place ? name.bare() : name, change);
}

}  // namespace qsnap::app
