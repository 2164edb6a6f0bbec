// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/diff_range.hpp>
#include <qsnap/app/inspect.hpp>
#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/one_sided.hpp>
#include <qsnap/app/range_versions.hpp>
#include <qsnap/app/revision_attributes.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using report::SnapshotDiff;
using report::SnapshotStatus;
using Opened = Result<codec::SnapshotReader>;

/// A pair on its way: opened, compared, told.
struct Entry {
  VersionPair files;
  std::optional<Opened> before, after;  ///< while they are compared
  std::string fingerprint;              ///< of one that is on one side alone and is no empty state
  std::optional<SnapshotDiff> diff;     ///< absent: no difference, or told with the entry that it was renamed to
};

/// Whether it is the snapshot that is wrong: the others can still be compared.
bool is_trouble(ErrorCode code) {
  switch (code) {
    case ErrorCode::corrupt:
    case ErrorCode::unsupported_version:
    case ErrorCode::limit_exceeded:
    case ErrorCode::not_found:  // the object of an LFS pointer
    case ErrorCode::refused:    // a link in the work tree
    case ErrorCode::io:
      return true;
    default:
      return false;
  }
}

Opened without_conflicts(codec::SnapshotReader reader) {
  if (reader.has_conflicts()) {
    return make_error(ErrorCode::corrupt, "has conflicts that nobody has resolved");
  }
  return reader;
}

Opened open_version(const fs::path& folder, std::unique_ptr<codec::ByteSource> blob) {
  if (!blob) {
    return make_error(ErrorCode::not_found, std::string{k_blob_is_missing});
  }
  QSNAP_ASSIGN(StageDocument version, open_blob_or_object(folder, std::move(blob)));
  return without_conflicts(std::move(version.document));
}

std::string name_text(const TrackedFile& file) {
  const auto name = store::name_of_path(file.path);
  return name ? name->text() : file.path;
}

class RangeDiff {
 public:
  RangeDiff(const fs::path& folder, const DiffRange& range, const std::optional<store::Store>& store,
            const Progress& progress)
      : m_folder(folder), m_range(range), m_store(store), m_progress(progress) {}

  Result<report::DiffReport> run(const CompareChoice& choice) {
    QSNAP_ASSIGN(m_rules, rules(choice.rules.arguments));
    m_options = {choice.listing, choice.rules.ignored};
    QSNAP_ASSIGN(RangeVersions versions, range_versions(m_folder, m_range, m_store));
    m_unchanged = versions.unchanged;
    for (VersionPair& pair : versions.pairs) {
      m_entries.emplace_back().files = std::move(pair);
    }
    QSNAP_TRY(compare_all());
    QSNAP_TRY(compare_renamed());
    return take_report();
  }

 private:
  [[nodiscard]] Result<config::Config> rules(const config::RuleArguments& arguments) const {
    config::Config config;
    if (m_store) {
      QSNAP_ASSIGN(config, m_store->config());
    } else {
      const std::string file = fmt::format("{}/config.yaml", store::k_folder);
      QSNAP_ASSIGN(const std::string tree, tree_of(m_folder, m_range.after.value_or(m_range.before)));
      QSNAP_ASSIGN(const auto text, git::find_blob(m_folder, fmt::format("{}:{}", tree, file)));
      if (text) {
        QSNAP_ASSIGN(config, config::parse_config(*text, file));
      }
    }
    return config::with_arguments(std::move(config), arguments);
  }

  /// One process of git for all blobs; at most two of them are held at a time.
  Result<void> compare_all() {
    struct Slot {
      Entry* entry;
      std::optional<Opened>* reader;
    };
    std::vector<std::string> ids;
    std::vector<Slot> slots;
    const auto want = [&](Entry& entry, const std::optional<TrackedFile>& file, std::optional<Opened>& reader) {
      if (file && is_regular(file->mode)) {
        ids.push_back(file->blob_id);
        slots.push_back({&entry, &reader});
      }
    };
    for (Entry& entry : m_entries) {
      const std::size_t wanted = ids.size();
      want(entry, entry.files.before, entry.before);
      if (m_range.after) {
        want(entry, entry.files.after, entry.after);
      }
      if (ids.size() == wanted) {
        QSNAP_TRY(finish(entry));
      }
    }
    return for_each_blob(m_folder, ids,
                         [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
                           m_progress.report("comparing", index, ids.size());
                           QSNAP_TRY(m_progress.check());
                           const Slot& slot = slots[index];
                           slot.reader->emplace(open_version(m_folder, std::move(blob)));
                           const bool is_last = index + 1 == slots.size() || slots[index + 1].entry != slot.entry;
                           return is_last ? finish(*slot.entry) : Result<void>{};
                         });
  }

  /// Opens what is in the work tree, compares, and closes both.
  Result<void> finish(Entry& entry) {
    const VersionPair& files = entry.files;
    if (!m_range.after) {
      open_in_tree(entry);
    }
    for (auto [file, reader] : {std::pair{&files.before, &entry.before}, std::pair{&files.after, &entry.after}}) {
      if (*file && !*reader) {
        reader->emplace(make_error(ErrorCode::corrupt, "is not a regular file"));
      }
    }
    for (auto [label, reader] :
         {std::pair{before_label(files), &entry.before}, std::pair{after_label(files), &entry.after}}) {
      if (*reader && !**reader && !entry.diff) {
        const Error& error = (*reader)->error();
        if (!is_trouble(error.code)) {
          return error;
        }
        entry.diff = identity(files, SnapshotStatus::unreadable);
        const bool names_it = !m_range.after && reader == &entry.after;  // errors of the store do
        entry.diff->trouble = names_it ? error.message : fmt::format("{}: {}", label, error.message);
      }
    }
    Result<void> done = entry.diff ? Result<void>{} : entry.before && entry.after ? compare(entry) : count(entry);
    entry.before.reset();
    entry.after.reset();
    return done;
  }

  void open_in_tree(Entry& entry) const {
    const auto name = store::name_of_path(entry.files.after ? entry.files.after->path : entry.files.before->path);
    auto found = m_store->find(*name);
    if (!found) {  // also where nothing is listed: what is no regular file is not
      entry.after.emplace(std::move(found).error());
    } else if (*found) {
      entry.after.emplace(without_conflicts(**std::move(found)));
    } else if (entry.files.after) {
      entry.after.emplace(make_error(ErrorCode::io, fmt::format("{} was removed meanwhile", name->text())));
    }
  }

  Result<void> compare(Entry& entry) {
    OpenedSide before{before_label(entry.files), std::move(**entry.before), {}};
    OpenedSide after{after_label(entry.files), std::move(**entry.after), {}};
    const bool same_state = before.reader.root() == after.reader.root();  // then no rule is asked
    auto compared = compare_opened(before, after, m_rules, m_options, m_progress);
    if (!compared && !is_trouble(compared.error().code)) {
      return std::move(compared).error();
    }
    SnapshotDiff diff = identity(entry.files, SnapshotStatus::unreadable);
    if (!compared) {
      diff.trouble = compared.error().message;
    } else {
      if (!same_state) {
        note_unmatched(compared->changes.unmatched_rules);
      }
      diff = snapshot_diff_of(*std::move(compared));
      diff.name = name_text(*entry.files.after);
      diff.file = entry.files.after->path;
      if (entry.files.before->path != entry.files.after->path) {
        diff.sides.notes.push_back(fmt::format("renamed from {}", name_text(*entry.files.before)));
      }
    }
    keep(entry, std::move(diff));
    return {};
  }

  /// A snapshot that is equal because a rule says so is told: else a rule that leaves out everything would be silent.
  /// With --show-ignored, so is what defaults left out.
  void keep(Entry& entry, SnapshotDiff diff) {
    const auto& ignored = diff.changes.ignored;
    const bool by_rule = std::any_of(ignored.begin(), ignored.end(), [](const diff::Ignored& one) {
      return one.count > 0 && !diff::is_default_reason(one.rule);
    });
    if (diff.is_equal() && diff.sides.notes.empty() && diff.changes.ignored_list.empty() && !by_rule) {
      ++m_unchanged;
    } else {
      entry.diff = std::move(diff);
    }
  }

  /// Of a snapshot that is on one side alone.
  Result<void> count(Entry& entry) {
    const bool is_added = entry.after.has_value();
    const codec::SnapshotReader& reader = is_added ? **entry.after : **entry.before;
    SnapshotDiff diff = identity(entry.files, is_added ? SnapshotStatus::added : SnapshotStatus::removed);
    const auto view = summarize(diff.name, reader);
    if (!view) {
      diff.status = SnapshotStatus::unreadable;
      diff.trouble = view.error().message;
    } else {
      diff.changes = one_sided_diff(diff.status, *view).changes;
      // Two empty states have the same meaning, and need not be the same test.
      entry.fingerprint = view->jobs + view->keys > 0 ? view->fingerprint : std::string{};
    }
    entry.diff = std::move(diff);
    return {};
  }

  /// What went with one name and came with another, with the same meaning.
  Result<void> compare_renamed() {
    std::map<std::string_view, Entry*> removed;
    for (Entry& entry : m_entries) {
      if (entry.diff && entry.diff->status == SnapshotStatus::removed && !entry.fingerprint.empty()) {
        removed.emplace(entry.fingerprint, &entry);
      }
    }
    for (Entry& entry : m_entries) {
      const bool is_added = entry.diff && entry.diff->status == SnapshotStatus::added && !entry.fingerprint.empty();
      const auto from = is_added ? removed.find(entry.fingerprint) : removed.end();
      if (from == removed.end()) {
        continue;
      }
      Entry& old = *from->second;
      entry.files.before = std::move(old.files.before);
      entry.diff.reset();
      old.diff.reset();
      removed.erase(from);
      QSNAP_TRY(reopen(entry.files.before, entry.before));
      if (m_range.after) {
        QSNAP_TRY(reopen(entry.files.after, entry.after));
      }
      QSNAP_TRY(finish(entry));
    }
    return {};
  }

  Result<void> reopen(const std::optional<TrackedFile>& file, std::optional<Opened>& reader) const {
    return for_each_blob(m_folder, std::array{file->blob_id},
                         [&](std::size_t /*index*/, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
                           reader.emplace(open_version(m_folder, std::move(blob)));
                           return {};
                         });
  }

  /// A rule that matched in one snapshot is a rule that matched.
  void note_unmatched(std::vector<std::string>& rules) {
    std::set<std::string> here{rules.begin(), rules.end()};
    if (m_unmatched) {
      std::erase_if(*m_unmatched, [&](const std::string& rule) { return !here.contains(rule); });
    } else {
      m_unmatched = std::move(here);
    }
    rules.clear();
  }

  [[nodiscard]] std::string before_label(const VersionPair& files) const {
    return files.before ? fmt::format("{}:{}", m_range.before_label, name_text(*files.before)) : std::string{};
  }
  [[nodiscard]] std::string after_label(const VersionPair& files) const {
    const auto& file = files.after ? files.after : files.before;  // of a link that stands where a snapshot was
    return m_range.after ? fmt::format("{}:{}", *m_range.after, name_text(*file)) : name_text(*file);
  }

  [[nodiscard]] SnapshotDiff identity(const VersionPair& files, SnapshotStatus status) const {
    SnapshotDiff diff;
    const TrackedFile& file = files.after ? *files.after : *files.before;
    diff.name = name_text(file);
    diff.file = file.path;
    diff.status = status;
    diff.sides.before = before_label(files);
    diff.sides.after = files.after ? after_label(files) : std::string{};
    return diff;
  }

  report::DiffReport take_report() {
    report::DiffReport report;
    report.range = m_range.text;
    report.unchanged = m_unchanged;
    for (Entry& entry : m_entries) {
      if (entry.diff) {
        report.snapshots.push_back(std::move(*entry.diff));
      }
    }
    if (m_unmatched) {
      report.unmatched_rules.assign(m_unmatched->begin(), m_unmatched->end());
    }
    return report;
  }

  const fs::path& m_folder;
  const DiffRange& m_range;
  const std::optional<store::Store>& m_store;
  const Progress& m_progress;
  config::Config m_rules;
  diff::CompareOptions m_options;
  std::vector<Entry> m_entries;
  std::uint64_t m_unchanged = 0;
  std::optional<std::set<std::string>> m_unmatched;  ///< absent before the first comparison
};

/// Absent where there is no work tree, or none with snapshots.
Result<std::optional<store::Store>> open_store(const fs::path& folder, const DiffRange& range) {
  auto store = store::Store::open(folder);
  if (store) {
    return std::optional{*std::move(store)};
  }
  Error error = std::move(store).error();
  if (range.after && (error.code == ErrorCode::refused || error.code == ErrorCode::not_found)) {
    return std::optional<store::Store>{};
  }
  if (error.code == ErrorCode::refused) {
    error.hints.emplace_back("git qsnap diff REV..REV compares two commits");
  }
  return error;
}

}  // namespace

Result<report::DiffReport> diff_range(const fs::path& folder, const DiffRange& range, const CompareChoice& choice,
                                      const Progress& progress) {
  QSNAP_ASSIGN(const std::optional<store::Store> store, open_store(folder, range));
  return RangeDiff{folder, range, store, progress}.run(choice);
}

}  // namespace qsnap::app
