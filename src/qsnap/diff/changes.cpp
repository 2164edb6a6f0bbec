// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/diff/changes.hpp>

namespace qsnap::diff {

std::string_view to_text(ChangeKind kind) {
  constexpr std::array<std::string_view, 14> names = {"added",
                                                      "removed",
                                                      "moved",
                                                      "retried",
                                                      "error_changed",
                                                      "payload_changed",
                                                      "priority_changed",
                                                      "schedule_changed",
                                                      "flow_changed",
                                                      "paused",
                                                      "resumed",
                                                      "limit_changed",
                                                      "reordered",
                                                      "changed"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view to_text(Subject subject) {
  constexpr std::array<std::string_view, 5> names = {"job", "queue", "worker", "config", "key"};
  return names.at(static_cast<std::size_t>(subject));
}

}  // namespace qsnap::diff
