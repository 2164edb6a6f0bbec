// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/named_snapshot.hpp>
#include <qsnap/store/history_point.hpp>

namespace qsnap::app {

Result<store::SnapshotName> named_snapshot(const store::Store& store, std::string_view text, Instant now) {
  QSNAP_ASSIGN(const store::Side side, store::parse_side(text));
  if (side.kind == store::Side::Kind::name) {
    return store::SnapshotName::parse(side.name);
  }
  if (side.kind != store::Side::Kind::history) {
    return make_error(ErrorCode::usage,
                      fmt::format("\"{}\" is neither the name of a snapshot nor a point of history", text),
                      {"git qsnap list", "git qsnap history list"});
  }
  QSNAP_ASSIGN(const store::HistoryPoint point, store::parse_history_point(text, now));
  const store::History history{store.repository(), store.chain().current()};
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, history.names());
  std::optional<store::SnapshotName> name = store::find_point(names, point);
  if (!name) {
    return make_error(ErrorCode::not_found, fmt::format("no entry of history is {}", text), {"git qsnap history list"});
  }
  return *std::move(name);
}

}  // namespace qsnap::app
