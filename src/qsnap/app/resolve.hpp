// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/resolve_choices.hpp>
#include <qsnap/app/resolve_documents.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/model/merge_journal.hpp>
#include <qsnap/report/conflict_report.hpp>
#include <qsnap/store/store.hpp>

/// Deciding what a merge left open.
namespace qsnap::app {

/// A merge whose conflicts are being decided: the same decisions give the same document, in whatever order they were
/// made. One thread.
class Resolution {
 public:
  /// From the versions: the merge is done once more, and what is in the work tree does not matter.
  static Result<Resolution> of_sides(DocumentSides sides, config::Config rules, const Progress& progress);
  /// From a document that carries its conflicts, where the versions are gone.
  static Result<Resolution> of_document(codec::SnapshotReader document);

  [[nodiscard]] const std::vector<model::Conflict>& conflicts() const { return m_conflicts; }
  [[nodiscard]] std::optional<Take> choice(std::size_t conflict) const;
  void choose(std::size_t conflict, Take take);
  void forget(std::size_t conflict);
  [[nodiscard]] std::size_t left() const;

  /// For a journal: how often each side was taken, and for what.
  void note_decisions(model::MergeJournalEntry& entry) const;

  /// The side that was captured later. Absent where the versions are gone.
  [[nodiscard]] std::optional<Take> newest() const;
  [[nodiscard]] const Choices& choices() const { return m_choices; }
  /// Of those decisions, what belongs to conflicts of this merge.
  void adopt(const Choices& choices);
  /// The same by conflict_digest(), for conflicts that nobody decided yet. How many.
  std::size_t adopt_remembered(const Choices& remembered);
  [[nodiscard]] Choices to_remember() const;

  /// A decision may lead to another conflict (a job that is removed now is referred to): adds those to the others. How
  /// many there were.
  Result<std::size_t> discover(const Progress& progress);
  /// What has been decided is decided in it; the rest are its conflicts. Errors with `refused` for a decision that
  /// cannot be carried out.
  Result<codec::SnapshotReader> document(const Progress& progress) const;
  [[nodiscard]] report::ConflictView view(std::size_t conflict) const;

 private:
  Resolution() = default;
  Result<codec::SnapshotReader> decide(const Progress& progress) const;

  std::optional<DocumentSides> m_sides;
  config::Config m_rules;
  std::optional<codec::SnapshotReader> m_document;  ///< with nothing decided
  std::vector<model::Conflict> m_conflicts;
  std::vector<std::string> m_ids;  ///< conflict_id() of each
  Choices m_choices;
};

/// A snapshot in conflict, as the index or its document has it.
struct OpenMerge {
  std::filesystem::path top;  ///< of the work tree
  std::filesystem::path git_dir;
  std::filesystem::path common_dir;
  std::string path;  ///< from there
  store::SnapshotName name;
  std::optional<MergeStages> stages;     ///< absent: the versions are gone
  std::optional<Resolution> resolution;  ///< absent: one side deleted the file
};
/// Without looking into the versions: there is no resolution. Errors with `not_found` for a snapshot that is not in
/// conflict.
Result<OpenMerge> find_merge(const std::filesystem::path& folder, const store::SnapshotName& name);
/// Decisions of earlier commands are in it already. Errors with `not_found` for a snapshot that is not in conflict.
Result<OpenMerge> open_merge(const std::filesystem::path& folder, const store::SnapshotName& name,
                             const Progress& progress);

/// Writes what has been decided into the work tree, old file or new one. With nothing left, Git's index gets it too, so
/// that a commit goes on; Git remembers the versions until then (unresolve). Otherwise the decisions are kept.
Result<report::ResolveView> keep_decisions(const OpenMerge& merge, const Progress& progress);

/// Makes one version the result as it is, with nothing of what the other side did: works where nothing else does.
/// Errors with `refused` where Git does not have that version any more, or never had it.
Result<report::ResolveView> take_version(const OpenMerge& merge, Take take);

/// For a file that one side deleted and the other one changed.
enum class DeletedFile : std::uint8_t { keep, remove };
Result<report::ResolveView> settle_deleted(const OpenMerge& merge, DeletedFile choice);

/// Puts the conflict back, as it was before anything was decided. Errors with `not_found` where Git has no versions.
Result<report::UnresolveView> unresolve(const std::filesystem::path& folder, const store::SnapshotName& name,
                                        const Progress& progress);

}  // namespace qsnap::app
