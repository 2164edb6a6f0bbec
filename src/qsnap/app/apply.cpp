// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/apply.hpp>
#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/document_spool.hpp>
#include <qsnap/app/inspect.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/report/assert_report.hpp>
#include <qsnap/store/pending_archive.hpp>
#include <qsnap/store/pending_json.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using store::ArchivedFile;
using store::PendingArchive;
using store::PendingEntry;
using store::PendingKind;

constexpr std::string_view k_entry_suffix = ".json";
/// What all states of one artifact may have together: a zip may unfold to a thousand times its size.
constexpr std::uint64_t k_most_bytes = 4 * limits::k_gib;

constexpr std::array<std::pair<ApplyResult, std::string_view>, 3> k_apply_results = {{
    {ApplyResult::pending, "pending"},
    {ApplyResult::already_pending, "already-pending"},
    {ApplyResult::older, "older"},
}};

/// Up to and with the last '/'.
std::string_view folder_of(std::string_view path) {
  return path.substr(0, path.rfind('/') + 1);
}

class Artifact {
 public:
  Artifact(const PendingArchive& archive, const store::PendingStore& pending, ApplyRule rule, const Progress& progress)
      : m_archive(archive), m_pending(pending), m_rule(rule), m_progress(progress) {
    for (std::size_t i = 0; i < archive.files().size(); ++i) {
      m_index.emplace(archive.files()[i].path, i);
    }
  }

  Result<Applied> run() {
    Applied applied;
    const std::vector<ArchivedFile>& files = m_archive.files();
    applied.files = files.size();
    for (std::size_t i = 0; i < files.size(); ++i) {
      QSNAP_TRY(m_progress.check());
      if (!files[i].path.ends_with(k_entry_suffix) || files[i].bytes > store::k_most_entry_bytes) {
        continue;
      }
      m_progress.report("applying", i, files.size());
      auto one = apply(i);
      if (!one) {
        applied.problems.push_back(with_context(std::move(one).error(), files[i].path));
      } else if (*one) {
        applied.entries.push_back(**std::move(one));
      }
    }
    return applied;
  }

 private:
  /// Absent for a file that is no entry.
  Result<std::optional<AppliedEntry>> apply(std::size_t index) {
    std::string text;
    QSNAP_TRY(m_archive.read(index, store::k_most_entry_bytes, [&](std::string_view piece) -> Result<void> {
      text += piece;
      return {};
    }));
    if (text.find("qsnap.pending-entry/") == std::string::npos) {  // a report of something else
      return std::optional<AppliedEntry>{};
    }
    QSNAP_ASSIGN(PendingEntry entry, store::parse_pending_entry(text));
    QSNAP_ASSIGN(const ApplyResult result, put(entry, m_archive.files()[index].path));
    return std::optional{AppliedEntry{std::move(entry), result}};
  }

  Result<ApplyResult> put(const PendingEntry& entry, std::string_view path) {
    auto here = m_pending.find(entry.name);
    if (here && *here && (*here)->content_digest == entry.content_digest && (*here)->kind == entry.kind) {
      return ApplyResult::already_pending;
    }
    const bool is_later_here = here && *here && (*here)->asserted_at > entry.asserted_at;
    if (is_later_here && m_rule == ApplyRule::newer_wins) {
      return ApplyResult::older;
    }
    if (entry.kind == PendingKind::removed) {
      QSNAP_TRY(m_pending.propose_removal(entry));
      return ApplyResult::pending;
    }
    QSNAP_ASSIGN(const codec::SnapshotReader state, content(entry, path));
    QSNAP_TRY(refuse_conflicts(state));
    QSNAP_TRY(m_pending.put(entry, state));
    return ApplyResult::pending;
  }

  /// What lies beside the entry under the name that its digest gives.
  Result<codec::SnapshotReader> content(const PendingEntry& entry, std::string_view path) {
    const std::string file = fmt::format("{}{}", folder_of(path), store::content_file_name(entry));
    const auto found = m_index.find(file);
    if (found == m_index.end()) {
      return make_error(ErrorCode::corrupt, fmt::format("its state {} is not in the artifact", file));
    }
    QSNAP_ASSIGN(std::unique_ptr<DocumentSpool> spool, DocumentSpool::create());
    codec::Sha256 hash;
    QSNAP_TRY(m_archive.read(found->second, k_most_bytes - m_bytes, [&](std::string_view piece) -> Result<void> {
      QSNAP_TRY(m_progress.check());
      if (spool->size() == 0 && codec::file_kind(piece) != codec::FileKind::snapshot) {
        return make_error(ErrorCode::corrupt, fmt::format("{} is no snapshot", file));  // before all of it is unpacked
      }
      hash.update(piece);
      return spool->append(piece);
    }));
    m_bytes += spool->size();
    if (hash.digest() != entry.content_digest) {
      return make_error(ErrorCode::corrupt, fmt::format("{} is not what its entry says: its SHA-256 differs", file));
    }
    return codec::SnapshotReader::open(std::move(spool));
  }

  const PendingArchive& m_archive;
  const store::PendingStore& m_pending;
  ApplyRule m_rule;
  const Progress& m_progress;
  std::map<std::string, std::size_t, std::less<>> m_index;  ///< by path
  std::uint64_t m_bytes = 0;                                ///< of states so far
};

}  // namespace

std::string_view to_text(ApplyResult result) {
  return std::find_if(k_apply_results.begin(), k_apply_results.end(),
                      [&](const auto& known) { return known.first == result; })
      ->second;
}

void Applied::add(Applied other) {
  std::move(other.entries.begin(), other.entries.end(), std::back_inserter(entries));
  std::move(other.problems.begin(), other.problems.end(), std::back_inserter(problems));
  files += other.files;
}

Result<Applied> apply_artifact(const store::PendingStore& pending, const fs::path& artifact, ApplyRule rule,
                               const Progress& progress) {
  QSNAP_ASSIGN(const std::unique_ptr<PendingArchive> archive, store::open_pending_archive(artifact));
  return Artifact(*archive, pending, rule, progress).run();
}

Result<Applied> apply_snapshot(const store::Store& store, const store::PendingStore& pending, const fs::path& file,
                               const store::SnapshotName& name, ApplyRule rule, Instant now) {
  QSNAP_ASSIGN(const codec::SnapshotReader state, codec::SnapshotReader::open_file(file));
  QSNAP_TRY(refuse_conflicts(state));
  const store::SnapshotName own = own_name(store, name);
  QSNAP_ASSIGN(const auto here, pending.find(own));
  if (here && rule == ApplyRule::newer_wins) {
    return make_error(ErrorCode::refused, fmt::format("another state of {} is pending", name.text()),
                      {"--force puts this one in its place"});
  }
  QSNAP_ASSIGN(const auto tree, store.find(name));
  QSNAP_ASSIGN(const report::SnapshotView view, summarize(name.text(), state));
  PendingEntry entry{own, PendingKind::added, {}, {}, report::new_state_words(view.jobs, view.queues.size()), now};
  if (tree) {
    entry.kind = PendingKind::changed;
    entry.expected_root = std::string{tree->root()};
    entry.summary = fmt::format("from {}", file.filename().native());
  }
  QSNAP_TRY(pending.put(entry, state));
  return Applied{{{std::move(entry), ApplyResult::pending}}, {}, 1};
}

Result<Decided> accept_applied(const ApprovalContext& context, const Applied& applied, const Progress& progress) {
  std::set<std::string, std::less<>> names;
  for (const AppliedEntry& one : applied.entries) {
    if (one.result != ApplyResult::older) {
      names.insert(one.entry.name.text());
    }
  }
  QSNAP_ASSIGN(std::vector<PendingEntry> entries, context.pending.list());
  std::erase_if(entries, [&](const PendingEntry& entry) { return !names.contains(entry.name.text()); });
  return decide(context, Decision::accept, entries, progress);
}

}  // namespace qsnap::app
