// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/decision_memory.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_batches = 20;

fs::path folder_of_batches() {
  return fs::path{"qsnap"} / "decided";
}

struct NumberedBatch {
  std::int64_t number = 0;
  DecidedBatch batch;
};

/// "12-accept"; absent for what is no batch.
std::optional<NumberedBatch> parse_batch(const fs::path& folder, std::string_view name) {
  const std::size_t dash = name.find('-');
  const auto number = dash != std::string_view::npos ? parse_integer(name.substr(0, dash)) : std::nullopt;
  for (const Decision decision : {Decision::accept, Decision::reject}) {
    if (number && *number >= 0 && name.substr(dash + 1) == to_text(decision)) {
      return NumberedBatch{*number, {folder / name, decision}};
    }
  }
  return std::nullopt;
}

/// From the oldest to the last.
Result<std::vector<NumberedBatch>> all_batches(const fs::path& git_dir) {
  std::vector<NumberedBatch> batches;
  QSNAP_ASSIGN(const auto folder, store::open_folder(git_dir, folder_of_batches()));
  if (!folder) {
    return batches;
  }
  const fs::path path = git_dir / folder_of_batches();
  QSNAP_ASSIGN(const std::vector<store::Entry> entries, store::read_folder(*folder, path));
  for (const store::Entry& entry : entries) {
    auto batch = parse_batch(path, entry.name);
    if (batch && entry.kind == store::EntryKind::folder) {
      batches.push_back(*std::move(batch));
    }
  }
  std::sort(batches.begin(), batches.end(),
            [](const NumberedBatch& a, const NumberedBatch& b) { return a.number < b.number; });
  return batches;
}

}  // namespace

std::string_view to_text(Decision decision) {
  return decision == Decision::accept ? "accept" : "reject";
}

Result<DecidedBatch> begin_batch(const fs::path& git_dir, Decision decision) {
  QSNAP_ASSIGN(const std::vector<NumberedBatch> batches, all_batches(git_dir));
  for (std::size_t i = 0; i + k_most_batches <= batches.size(); ++i) {
    QSNAP_TRY(forget_batch(batches[i].batch));
  }
  const std::int64_t number = batches.empty() ? 1 : batches.back().number + 1;
  const fs::path below = folder_of_batches() / fmt::format("{}-{}", number, to_text(decision));
  QSNAP_TRY(store::make_folders(git_dir, below, store::k_private_mode));
  return DecidedBatch{git_dir / below, decision};
}

Result<std::optional<DecidedBatch>> last_batch(const fs::path& git_dir, Decision decision) {
  QSNAP_ASSIGN(const std::vector<NumberedBatch> batches, all_batches(git_dir));
  const auto found = std::find_if(batches.rbegin(), batches.rend(),
                                  [&](const NumberedBatch& one) { return one.batch.decision == decision; });
  return found != batches.rend() ? std::optional{found->batch} : std::nullopt;
}

Result<void> forget_batch(const DecidedBatch& batch) {
  std::error_code failed;
  std::filesystem::remove_all(batch.folder, failed);
  return failed ? file_error("remove", batch.folder, failed.value()) : Result<void>{};
}

}  // namespace qsnap::app
