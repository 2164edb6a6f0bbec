// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/report/layout.hpp>
#include <qsnap/report/test_verdict.hpp>

namespace qsnap::report {

std::string_view failure_type(SnapshotStatus status) {
  switch (status) {
    case SnapshotStatus::compared:
      return "mismatch";
    case SnapshotStatus::added:
    case SnapshotStatus::removed:
      return "missing";
    case SnapshotStatus::broken:
      return "contract";
    case SnapshotStatus::unreadable:
      break;
  }
  return "unreadable";
}

std::string unchanged_words(std::uint64_t unchanged) {
  return unchanged == 0
             ? "no snapshot to compare"
             : fmt::format("{} {} not differ", quantity(unchanged, "snapshot"), unchanged == 1 ? "does" : "do");
}

}  // namespace qsnap::report
