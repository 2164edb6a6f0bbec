// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/history_compact.hpp>
#include <qsnap/app/repack.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/gc_lock.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/object_sizes.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

struct Payload {
  std::string id;
  std::string series;
};

/// The series in "entries/[SERIES/]2026-11/21/045232.123Z-3f9c2a1b/dated-state.qsnap".
std::string series_of(std::string_view path) {
  constexpr std::size_t k_parts_with_series = 6;
  const auto parts = split(path, '/');
  return parts.size() == k_parts_with_series ? std::string{parts[1]} : std::string{};
}

/// The states that the histories reach, each once.
Result<std::vector<Payload>> find_payloads(const fs::path& folder) {
  QSNAP_ASSIGN(const std::string listed,
               git::git_output(
                   {folder,
                    {"rev-list", "--objects", fmt::format("--glob={}", store::k_history_refs), "--missing=allow-any"},
                    {}}));
  const std::string ending = fmt::format("/{}", store::k_payload_file);
  std::vector<Payload> payloads;
  for (const std::string_view line : split(listed, '\n')) {
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos && line.ends_with(ending)) {
      payloads.push_back({std::string{line.substr(0, space)}, series_of(line.substr(space + 1))});
    }
  }
  return payloads;
}

/// Fills in what is here and what it takes; forgets the others.
Result<report::CompactView> measure(const fs::path& folder, std::vector<Payload>& payloads) {
  std::vector<std::string> ids;
  for (const Payload& payload : payloads) {
    ids.push_back(payload.id);
  }
  QSNAP_ASSIGN(const std::vector<std::optional<std::uint64_t>> sizes, git::sizes_on_disk(folder, ids));
  report::CompactView view;
  std::vector<Payload> here;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    if (sizes[i]) {
      view.before_bytes += *sizes[i];
      here.push_back(std::move(payloads[i]));
    }
  }
  view.missing = payloads.size() - here.size();
  view.states = here.size();
  payloads = std::move(here);
  return view;
}

/// The name of a pack with these states and nothing else.
Result<std::string> pack(const fs::path& folder, const std::vector<Payload>& payloads) {
  QSNAP_ASSIGN(const std::string base,
               git::git_line({folder, {"rev-parse", "--path-format=absolute", "--git-path", "objects/pack/pack"}, {}}));
  // One thread and a bounded window, as in a repack. Names are what Git sorts by: those of one series are alike.
  git::GitCommand command{
      folder,
      {"-c", "pack.threads=1", "-c", "pack.windowMemory=64m", "pack-objects", "-q", "--no-reuse-delta", base},
      {}};
  for (const Payload& payload : payloads) {
    command.input += fmt::format("{} {}.{}\n", payload.id, store::k_payload_file, payload.series);
  }
  QSNAP_ASSIGN(const std::string hash, git::git_line(command));
  return fmt::format("pack-{}.pack", hash);
}

}  // namespace

Result<report::CompactView> compact_history(const store::Store& store, CompactRun run, const Progress& progress) {
  const fs::path& folder = store.folder();
  QSNAP_ASSIGN(std::vector<Payload> payloads, find_payloads(folder));
  QSNAP_ASSIGN(report::CompactView view, measure(folder, payloads));
  if (run == CompactRun::tell || payloads.empty()) {
    return view;
  }
  progress.report("packing", 0, 0);
  QSNAP_ASSIGN(const git::GcLock lock, git::GcLock::take(folder));
  QSNAP_ASSIGN(report::GcPlan plan, plan_repack(folder));
  QSNAP_ASSIGN(std::string made, pack(folder, payloads));
  // It stays as it is: merged with older packs it might get their deltas back.
  plan.kept_packs.push_back(std::move(made));
  QSNAP_ASSIGN(view.repack, repack(lock, folder, std::move(plan)));
  QSNAP_ASSIGN(const report::CompactView after, measure(folder, payloads));
  view.after_bytes = after.before_bytes;
  return view;
}

}  // namespace qsnap::app
