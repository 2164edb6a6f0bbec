// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/store/run_event_json.hpp>
#include <qsnap/store/run_list.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_file_bytes = 64 * limits::k_mib;
constexpr std::size_t k_most_events = 4'000'000;
constexpr int k_most_depth = 4;  ///< of folders that artifacts were unpacked into

/// Reads ledgers one after the other.
class EventReader {
 public:
  Result<void> read_file(const fs::path& path) {
    QSNAP_ASSIGN(const std::string text, qsnap::read_file(path, k_most_file_bytes));
    const std::vector<std::string_view> lines = split(text, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
      auto event = parse_run_event(lines[i]);
      if (event) {
        m_events.push_back(*std::move(event));
      } else if (i + 1 < lines.size() || text.ends_with('\n')) {  // else its writer was killed while writing
        return with_context(std::move(event).error(), fmt::format("{}:{}", path.native(), i + 1));
      }
    }
    if (m_events.size() > k_most_events) {
      return make_error(ErrorCode::limit_exceeded, fmt::format("more than {} events of test runs", k_most_events));
    }
    return {};
  }

  Result<void> read_folder(const UniqueFd& folder, const fs::path& path, int depth_left) {
    QSNAP_ASSIGN(const std::vector<Entry> entries, store::read_folder(folder, path));
    for (const Entry& entry : entries) {
      QSNAP_TRY(read_entry(entry, path, depth_left));
    }
    return {};
  }

  [[nodiscard]] std::vector<RunEvent> take() { return std::move(m_events); }

 private:
  Result<void> read_entry(const Entry& entry, const fs::path& folder, int depth_left) {
    const fs::path path = folder / entry.name;
    if (entry.kind == EntryKind::other) {
      return make_error(ErrorCode::refused, fmt::format("{} is neither a file nor a folder", path.native()),
                        {"links are not followed: copy what it names"});
    }
    if (entry.kind == EntryKind::file) {
      return path.native().ends_with(k_ledger_suffix) ? read_file(path) : Result<void>{};
    }
    if (depth_left == 0) {
      return make_error(ErrorCode::limit_exceeded, fmt::format("{} lies too deep for a ledger", path.native()));
    }
    QSNAP_ASSIGN(const std::optional<UniqueFd> below, open_folder(folder, entry.name));
    return below ? read_folder(*below, path, depth_left - 1) : Result<void>{};
  }

  std::vector<RunEvent> m_events;
};

KnownRun summary_of(RunId id, const std::vector<RunEvent>& events) {
  KnownRun run{std::move(id), events.front().at, events.front().at, events.size(), 0};
  std::set<std::string_view> names;
  for (const RunEvent& event : events) {
    run.first_at = std::min(run.first_at, event.at);
    run.last_at = std::max(run.last_at, event.at);
    names.insert(event.name.text());
  }
  run.snapshots = names.size();
  return run;
}

/// Absent for what is none of ours.
std::optional<KnownRun> known_run(const fs::path& runs, const Entry& entry) {
  auto id = RunId::parse(entry.name);
  if (entry.kind != EntryKind::folder || !id) {
    return std::nullopt;
  }
  const Result<std::vector<RunEvent>> events = read_run_events(runs / entry.name);
  return events && !events->empty() ? std::optional{summary_of(*std::move(id), *events)} : std::nullopt;
}

bool is_older(const KnownRun& a, const KnownRun& b) {
  return a.last_at != b.last_at ? a.last_at < b.last_at : a.id.text() < b.id.text();
}

struct RunFolder {
  fs::path path;
  fs::file_time_type changed;
};

/// What may be a run, the newest first: by the folders' times, so that a run which begins does not read all others.
std::vector<RunFolder> run_folders(const fs::path& runs) {
  std::vector<RunFolder> folders;
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(runs, failure)) {
    const fs::file_time_type changed = entry.last_write_time(failure);
    if (!failure && !entry.is_symlink(failure) && RunId::parse(entry.path().filename().native())) {
      folders.push_back({entry.path(), changed});
    }
  }
  std::sort(folders.begin(), folders.end(), [](const RunFolder& a, const RunFolder& b) {
    return a.changed != b.changed ? a.changed > b.changed : a.path.native() > b.path.native();
  });
  return folders;
}

/// Whether all that lies in it are sound ledgers without an event since `instant`.
bool is_quiet_since(const fs::path& folder, Instant instant) {
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failure)) {
    if (!entry.is_regular_file(failure) || !entry.path().native().ends_with(k_ledger_suffix)) {
      return false;
    }
  }
  const Result<std::vector<RunEvent>> events = read_run_events(folder);
  return !failure && events && !events->empty() &&
         std::all_of(events->begin(), events->end(), [&](const RunEvent& event) { return event.at < instant; });
}

/// Only the files of ledgers.
void remove_run(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().native().ends_with(k_ledger_suffix)) {
      fs::remove(entry.path(), ignored);
    }
  }
  fs::remove(folder, ignored);
}

}  // namespace

Result<std::vector<RunEvent>> read_run_events(const fs::path& file_or_folder) {
  std::error_code failure;
  const fs::file_status status = fs::status(file_or_folder, failure);
  if (!fs::exists(status)) {
    return make_error(ErrorCode::not_found, fmt::format("there is no ledger {}", file_or_folder.native()));
  }
  EventReader reader;
  if (fs::is_directory(status)) {
    QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(file_or_folder, {}));
    QSNAP_TRY(reader.read_folder(*folder, file_or_folder, k_most_depth));
  } else {
    QSNAP_TRY(reader.read_file(file_or_folder));
  }
  return reader.take();
}

Result<std::vector<KnownRun>> list_runs(const fs::path& runs) {
  std::vector<KnownRun> known;
  std::error_code failure;
  if (!fs::exists(runs, failure)) {
    return known;
  }
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(runs, {}));
  QSNAP_ASSIGN(const std::vector<Entry> entries, read_folder(*folder, runs));
  for (const Entry& entry : entries) {
    if (auto run = known_run(runs, entry)) {
      known.push_back(*std::move(run));
    }
  }
  std::sort(known.begin(), known.end(), [](const KnownRun& a, const KnownRun& b) { return is_older(b, a); });
  return known;
}

void sweep_old_runs(const fs::path& runs, Instant now) {
  constexpr std::size_t k_kept_runs = 50;
  constexpr std::chrono::hours k_quiet{24};
  const std::vector<RunFolder> folders = run_folders(runs);
  for (std::size_t i = k_kept_runs; i < folders.size(); ++i) {
    if (is_quiet_since(folders[i].path, now - k_quiet)) {
      remove_run(folders[i].path);
    }
  }
}

}  // namespace qsnap::store
