// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/same_meaning.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/app/store_snapshot.hpp>

namespace qsnap::app {

namespace {

Result<model::Scope> scope_for(const store::Store& store, const std::optional<model::Scope>& given,
                               const Existing& existing) {
  if (given) {
    return *given;
  }
  if (existing) {
    return existing->metadata().scope;
  }
  QSNAP_ASSIGN(const config::Config config, store.config());
  return model::Scope{config.capture.prefixes, config.capture.queues, {}};
}

Result<SaveReason> reason_to_write(const KeepRequest& request, const Existing& existing,
                                   const codec::SnapshotReader& document, const Progress& progress) {
  if (!existing) {
    return SaveReason::created;
  }
  const bool dated = request.name.text().starts_with("history/");  // there, every capture counts
  if (dated || request.refresh == RefreshRule::always_write) {
    return SaveReason::refreshed;
  }
  const model::Metadata& before = existing->metadata();
  const model::Metadata& after = document.metadata();
  const bool better =
      before.consistency == model::Consistency::none && after.consistency == model::Consistency::point_in_time;
  const bool other_key = before.redaction_key_id != after.redaction_key_id;
  if (better || other_key || before.description != after.description || before.tags != after.tags ||
      before.scope != after.scope) {
    return SaveReason::metadata_changed;
  }
  QSNAP_ASSIGN(const Meaning meaning, compare_meaning(*existing, document, progress));
  return meaning == Meaning::same ? SaveReason::same_meaning : SaveReason::changed;
}

/// A set holds only what differs from its parent. Absent where it has to hold the document itself, and where it holds
/// nothing already.
Result<Existing> parent_with_same_meaning(const store::Store& store, const KeepRequest& request,
                                          const Existing& existing, SaveReason reason,
                                          const codec::SnapshotReader& document, const Progress& progress) {
  const store::SnapshotName target = own_name(store, request.name);
  if (!target.set() || target.is_history() || request.refresh == RefreshRule::always_write) {
    return Existing{};
  }
  QSNAP_ASSIGN(const std::optional<store::Place> now, store.locate(request.name));
  if (existing && reason == SaveReason::same_meaning && now && now->set != *target.set()) {
    return Existing{};
  }
  QSNAP_ASSIGN(Existing candidate, find_inherited(store, target));
  if (!candidate) {
    return candidate;
  }
  QSNAP_ASSIGN(const SaveReason difference, reason_to_write(request, candidate, document, progress));
  return difference == SaveReason::same_meaning ? std::move(candidate) : Existing{};
}

}  // namespace

Result<void> write_snapshot(const store::Store& store, const store::SnapshotName& name,
                            const codec::SnapshotReader& document) {
  QSNAP_ASSIGN(const config::Config config, store.config());
  QSNAP_TRY(store_snapshot(store, name, document, config.lfs.threshold_bytes));
  return {};
}

Result<AtomicFile::NewFile> write_new_snapshot(const store::Store& store, const store::SnapshotName& name,
                                               const codec::SnapshotReader& document) {
  QSNAP_ASSIGN(const config::Config config, store.config());
  return store_new_snapshot(store, name, document, config.lfs.threshold_bytes);
}

Result<Existing> find_existing(const store::Store& store, const store::SnapshotName& name) {
  Result<Existing> found = store.find(name);
  if (!found && (found.error().code == ErrorCode::corrupt || found.error().code == ErrorCode::limit_exceeded)) {
    return Existing{};
  }
  return found;
}

Result<Labels> complete_labels(const store::Store& store, const KeepRequest& request, const Existing& existing) {
  Labels labels;
  QSNAP_ASSIGN(labels.scope, scope_for(store, request.scope, existing));
  labels.description = request.description.value_or(existing ? existing->metadata().description : std::string{});
  labels.tags = request.tags.value_or(existing ? existing->metadata().tags : std::vector<std::string>{});
  return labels;
}

Result<SaveOutcome> keep_snapshot(const store::Store& store, const KeepRequest& request, const Existing& existing,
                                  const codec::SnapshotReader& document, const Progress& progress) {
  QSNAP_ASSIGN(SaveReason reason, reason_to_write(request, existing, document, progress));
  QSNAP_ASSIGN(Existing parents, parent_with_same_meaning(store, request, existing, reason, document, progress));
  if (parents) {
    QSNAP_TRY(store.inherit(request.name));
    reason = SaveReason::inherited;
  } else if (reason != SaveReason::same_meaning) {
    QSNAP_TRY(write_snapshot(store, request.name, document));
  }
  const codec::SnapshotReader& kept = parents ? *parents : reason == SaveReason::same_meaning ? *existing : document;
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(request.name));
  return SaveOutcome{store.path_of(request.name),
                     reason,
                     kept.metadata().captured_at,
                     model::count_records(kept, model::Section::jobs),
                     model::count_records(kept, model::Section::queues),
                     kept.file_bytes(),
                     kept.raw_bytes(),
                     std::string{kept.fingerprint()},
                     place ? place->storage : store::Storage::git,
                     place ? owner_of(store, *place) : std::nullopt,
                     {}};
}

}  // namespace qsnap::app
