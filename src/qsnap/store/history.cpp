// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/ranges.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/store/blocks.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/history_change.hpp>
#include <qsnap/store/history_json.hpp>
#include <qsnap/store/history_name.hpp>

namespace qsnap::store {

namespace {

Error no_entry_name(const SnapshotName& name) {
  return make_error(ErrorCode::usage, fmt::format("{} is no name of an entry of history", name.text()),
                    {"git qsnap history list"});
}

Result<HistoryNameParts> parts_of(const SnapshotName& name) {
  auto parts = history_parts(name);
  return parts ? Result<HistoryNameParts>{*std::move(parts)} : no_entry_name(name);
}

/// `entry` is the blob of entry.json in `folder`.
Result<HistoryEntry> read_entry(const git::RefTree& tree, const std::string& folder, const std::string& entry_id) {
  QSNAP_ASSIGN(const std::string json, tree.read(entry_id, k_most_history_entry_bytes));
  auto entry = parse_history_entry(json);
  const auto parts = entry ? history_parts(entry->name) : std::nullopt;
  if (entry && parts->folder == folder) {
    return entry;
  }
  const std::string where = fmt::format("{} of {}", entry_path(folder), tree.ref());
  return entry ? make_error(ErrorCode::corrupt, fmt::format("{} names {}", where, entry->name.text()))
               : with_context(std::move(entry).error(), where);
}

/// The form that the clean filter gives.
Result<std::string> write_payload(const git::RefTree& tree, const codec::SnapshotReader& state) {
  return tree.write_blob([&](const git::RefTree::Sink& sink) {
    return codec::belongs_stored(state.encoding(), state.raw_bytes())
               ? codec::reencode(state, codec::Encoding::stored, sink)
               : read_blocks(state.source(), sink);
  });
}

Result<std::string> write_entry(const git::RefTree& tree, const HistoryEntry& entry) {
  const std::string json = format_history_entry(entry, {});
  if (json.size() > k_most_history_entry_bytes) {
    return make_error(ErrorCode::limit_exceeded,
                      fmt::format("{} says too much of itself: {} bytes, of {}", entry.name.text(), json.size(),
                                  k_most_history_entry_bytes));
  }
  return tree.write_blob(json);
}

Result<std::optional<std::string>> find_file(const git::RefTree& tree, const std::optional<std::string>& tip,
                                             const std::string& path) {
  return tip ? tree.find(*tip, path) : std::optional<std::string>{};
}

/// The list of dropped names of a month with some more.
Result<git::TreeEdit> remember_dropped(const git::RefTree& tree, const std::string& tip, const std::string& month,
                                       std::set<std::string> names) {
  const std::string path = fmt::format("{}{}", k_dropped_folder, month);
  QSNAP_ASSIGN(const std::optional<std::string> known, tree.find(tip, path));
  if (known) {
    QSNAP_ASSIGN(const std::string text, tree.read(*known, k_most_dropped_bytes));
    for (const std::string_view name : split(text, '\n')) {
      names.emplace(name);
    }
  }
  QSNAP_ASSIGN(std::string id, tree.write_blob(fmt::format("{}\n", fmt::join(names, "\n"))));
  return git::TreeEdit{path, std::move(id)};
}

}  // namespace

HistoryEntry entry_of(SnapshotName name, const codec::SnapshotReader& state) {
  const model::Metadata& metadata = state.metadata();
  return {std::move(name),
          metadata.captured_at,
          std::string{state.root()},
          std::string{state.fingerprint()},
          model::count_records(state, model::Section::jobs),
          model::count_records(state, model::Section::queues),
          state.raw_bytes(),
          metadata.description,
          metadata.tags,
          {}};
}

bool is_older(const HistoryEntry& a, const HistoryEntry& b) {
  return a.captured_at != b.captured_at ? a.captured_at < b.captured_at : a.name.text() < b.name.text();
}

History::History(const git::Repository& repository, SetName set) : m_repository(&repository), m_set(std::move(set)) {}

std::string History::ref() const {
  return fmt::format("{}{}", k_history_refs, m_set.encoded());
}

Result<std::optional<std::string>> History::tip() const {
  return git::RefTree{*m_repository, ref()}.tip();
}

Result<std::vector<HistoryEntry>> History::list() const {
  const git::RefTree tree{*m_repository, ref()};
  QSNAP_ASSIGN(const std::optional<std::string> tip, tree.tip());
  std::vector<HistoryEntry> entries;
  if (!tip) {
    return entries;
  }
  QSNAP_ASSIGN(const std::vector<git::TreeFile> files, tree.files(*tip));
  for (const git::TreeFile& file : files) {
    const std::string folder = file.path.substr(0, file.path.rfind('/'));
    if (file.path == entry_path(folder) && name_of_entry_folder(folder)) {
      QSNAP_ASSIGN(HistoryEntry entry, read_entry(tree, folder, file.blob_id));
      entries.push_back(std::move(entry));
    }
  }
  std::sort(entries.begin(), entries.end(), is_older);
  return entries;
}

Result<std::vector<SnapshotName>> History::names() const {
  const git::RefTree tree{*m_repository, ref()};
  QSNAP_ASSIGN(const std::optional<std::string> tip, tree.tip());
  std::vector<SnapshotName> names;
  if (!tip) {
    return names;
  }
  constexpr int k_without_series = 3, k_with_series = 4;
  for (const int depth : {k_without_series, k_with_series}) {
    QSNAP_ASSIGN(const std::vector<std::string> folders, tree.folders(*tip, "entries", depth));
    for (const std::string& folder : folders) {
      if (auto name = name_of_entry_folder(folder)) {
        names.push_back(*std::move(name));
      }
    }
  }
  sort_by_age(names);
  return names;
}

Result<std::optional<HistoryEntry>> History::find(const SnapshotName& name) const {
  const auto parts = history_parts(name);
  const git::RefTree tree{*m_repository, ref()};
  QSNAP_ASSIGN(const std::optional<std::string> tip, tree.tip());
  QSNAP_ASSIGN(const std::optional<std::string> entry_id,
               find_file(tree, parts ? tip : std::nullopt, parts ? entry_path(parts->folder) : std::string{}));
  if (!entry_id) {
    return std::optional<HistoryEntry>{};
  }
  QSNAP_ASSIGN(HistoryEntry entry, read_entry(tree, parts->folder, *entry_id));
  return std::optional{std::move(entry)};
}

Result<bool> History::has_state(const HistoryEntry& entry) const {
  return git::RefTree{*m_repository, ref()}.has(entry.payload_id);
}

Result<codec::SnapshotReader> History::open(const HistoryEntry& entry) const {
  const git::RefTree tree{*m_repository, ref()};
  QSNAP_ASSIGN(const bool here, has_state(entry));
  if (!here) {
    return make_error(ErrorCode::not_found, fmt::format("the state of {} is not here", entry.name.text()),
                      {"git qsnap history pull"});
  }
  QSNAP_ASSIGN(std::string bytes, tree.read(entry.payload_id, limits::k_document_bytes));
  auto reader = codec::SnapshotReader::open(codec::memory_source(std::move(bytes)));
  if (!reader) {
    return with_context(std::move(reader).error(), fmt::format("snapshot {}", entry.name.text()));
  }
  if (reader->root() != entry.root) {
    return make_error(ErrorCode::corrupt, fmt::format("{} holds another state than its entry says", entry.name.text()));
  }
  return reader;
}

Result<HistoryEntry> History::append(HistoryEntry entry, const codec::SnapshotReader& state) const {
  const git::RefTree tree{*m_repository, ref()};
  entry.name = entry.name.bare();
  QSNAP_ASSIGN(const HistoryNameParts parts, parts_of(entry.name));
  QSNAP_ASSIGN(entry.payload_id, write_payload(tree, state));
  QSNAP_ASSIGN(const std::string entry_id, write_entry(tree, entry));
  const auto plan = [&](const std::optional<std::string>& tip) -> Result<HistoryChange> {
    QSNAP_ASSIGN(const auto taken, find_file(tree, tip, entry_path(parts.folder)));
    if (taken) {
      return make_error(ErrorCode::refused, fmt::format("{} is there already", entry.name.text()));
    }
    return HistoryChange{{{entry_path(parts.folder), entry_id}, {payload_path(parts.folder), entry.payload_id}},
                         git::CommitParent::tip,
                         fmt::format("save {}\n", entry.name.text())};
  };
  QSNAP_TRY(change_history(*m_repository, ref(), entry.captured_at, plan));
  return entry;
}

Result<void> History::relabel(const HistoryEntry& entry) const {
  const git::RefTree tree{*m_repository, ref()};
  QSNAP_ASSIGN(const HistoryNameParts parts, parts_of(entry.name));
  const auto plan = [&](const std::optional<std::string>& tip) -> Result<HistoryChange> {
    QSNAP_ASSIGN(const auto entry_id, find_file(tree, tip, entry_path(parts.folder)));
    if (!entry_id) {
      return make_error(ErrorCode::not_found, fmt::format("there is no entry {}", entry.name.text()),
                        {"git qsnap history list"});
    }
    QSNAP_ASSIGN(HistoryEntry labelled, read_entry(tree, parts.folder, *entry_id));
    labelled.description = entry.description;
    labelled.tags = entry.tags;
    QSNAP_ASSIGN(std::string labelled_id, write_entry(tree, labelled));
    HistoryChange change{{}, git::CommitParent::tip, fmt::format("label {}\n", entry.name.text())};
    if (labelled_id != *entry_id) {
      change.edits.push_back({entry_path(parts.folder), std::move(labelled_id)});
    }
    return change;
  };
  QSNAP_TRY(change_history(*m_repository, ref(), entry.captured_at, plan));
  return {};
}

Result<HistoryDrop> History::drop(std::span<const HistoryEntry> entries, Instant now) const {
  const git::RefTree tree{*m_repository, ref()};
  HistoryDrop drop;
  const auto plan = [&](const std::optional<std::string>& tip) -> Result<HistoryChange> {
    HistoryChange change{{}, git::CommitParent::none, {}};
    drop = {};
    std::map<std::string, std::set<std::string>> by_month;
    for (const HistoryEntry& entry : entries) {
      QSNAP_ASSIGN(const HistoryNameParts parts, parts_of(entry.name));
      QSNAP_ASSIGN(const auto there, find_file(tree, tip, entry_path(parts.folder)));
      if (!there) {
        continue;
      }
      QSNAP_ASSIGN(const HistoryEntry current, read_entry(tree, parts.folder, *there));
      if (current.tags != entry.tags) {
        drop.retagged.push_back(entry.name);
        continue;
      }
      change.edits.push_back({entry_path(parts.folder), {}});
      change.edits.push_back({payload_path(parts.folder), {}});
      by_month[parts.month].insert(entry.name.bare().text());
      ++drop.dropped;
    }
    for (auto& [month, dropped] : by_month) {
      QSNAP_ASSIGN(git::TreeEdit edit, remember_dropped(tree, *tip, month, std::move(dropped)));
      change.edits.push_back(std::move(edit));
    }
    change.message = fmt::format("drop {} entries of history\n", drop.dropped);
    return change;
  };
  QSNAP_ASSIGN(ChangedHistory changed, change_history(*m_repository, ref(), now, plan));
  if (drop.dropped > 0) {
    drop.before = std::move(changed.before);
    drop.after = std::move(changed.tip);
  }
  return drop;
}

Result<std::optional<codec::SnapshotReader>> find_in_history(const git::Repository& repository,
                                                             const SnapshotName& name, const SetName& set) {
  using Found = std::optional<codec::SnapshotReader>;
  const History history{repository, name.set().value_or(set)};
  QSNAP_ASSIGN(const std::optional<HistoryEntry> entry, history.find(name));
  if (!entry) {
    return Found{};
  }
  QSNAP_ASSIGN(codec::SnapshotReader reader, history.open(*entry));
  return Found{std::move(reader)};
}

}  // namespace qsnap::store
