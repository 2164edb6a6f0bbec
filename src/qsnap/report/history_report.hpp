// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `history list`, `push` and `pull`. Texts are plain bytes: faces escape.
namespace qsnap::report {

struct HistoryRow {
  enum class Home : std::uint8_t {
    ref,        ///< its state is in the set's ref
    tree,       ///< it is a file of the work tree
    elsewhere,  ///< its state is not here: a pull brings it
  };
  std::string name;
  Instant captured_at;
  std::uint64_t jobs = 0;
  std::uint64_t queues = 0;
  std::uint64_t raw_bytes = 0;
  std::string description;
  std::vector<std::string> tags;
  Home home = Home::ref;
};

/// "5 minutes ago"; of a clock that is ahead of ours "just now".
[[nodiscard]] std::string age_words(Instant at, Instant now);

struct HistoryListView {
  std::string set;
  Instant now;
  std::uint64_t entries = 0;     ///< of the set, wanted or not
  std::vector<HistoryRow> rows;  ///< the newest first
};
[[nodiscard]] std::string history_list_text(const HistoryListView& view, const Style& style);
/// {"schema":"qsnap.history-list/1",…}
[[nodiscard]] std::string history_list_json(const HistoryListView& view);

/// One set, brought together with that of a remote.
struct HistoryExchange {
  std::string set;
  std::uint64_t added = 0;       ///< entries that are new here
  std::uint64_t dropped = 0;     ///< entries that the other side had dropped
  std::uint64_t relabelled = 0;  ///< entries with other tags or another description
  std::uint64_t entries = 0;     ///< that are here now
  bool pushed = false;           ///< the remote was behind, and is not now
  std::vector<std::string> refused;
};

struct HistoryExchangeView {
  enum class Direction : std::uint8_t { pull, push };
  Direction direction = Direction::pull;
  std::string remote;
  std::vector<HistoryExchange> sets;
};
[[nodiscard]] std::string history_exchange_text(const HistoryExchangeView& view, const Style& style);
/// {"schema":"qsnap.history-exchange/1",…}
[[nodiscard]] std::string history_exchange_json(const HistoryExchangeView& view);

}  // namespace qsnap::report
