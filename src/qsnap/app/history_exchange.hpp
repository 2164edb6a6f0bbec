// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/history_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

enum class ExchangedSets : std::uint8_t { current, all };

struct ExchangeRequest {
  std::string remote;  ///< a name or a URL; empty: the only remote, or origin
  ExchangedSets sets = ExchangedSets::current;
};

/// Takes in what a remote has more of the dated captures, and drops what it has dropped. Errors with `usage` where it
/// is not clear which remote.
Result<report::HistoryExchangeView> pull_history(const store::Store& store, const ExchangeRequest& request,
                                                 const Clock& clock);

/// The same, then gives the remote the union: its ref moves from the state that was taken in, or it is taken in once
/// more. So nothing that others push at the same time is lost.
Result<report::HistoryExchangeView> push_history(const store::Store& store, const ExchangeRequest& request,
                                                 const Clock& clock);

}  // namespace qsnap::app
