// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/history_exchange.hpp>
#include <qsnap/app/history_sets.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/git/ref_exchange.hpp>
#include <qsnap/git/ref_tree.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::app {

namespace {

using report::HistoryExchange;
using report::HistoryExchangeView;

Result<std::string> choose_remote(const store::Store& store, const std::string& asked) {
  if (!asked.empty()) {
    return asked;
  }
  QSNAP_ASSIGN(const std::vector<std::string> remotes, git::remotes(store.folder()));
  constexpr std::string_view k_usual = "origin";
  const bool usual = std::find(remotes.begin(), remotes.end(), k_usual) != remotes.end();
  if (remotes.size() == 1 || usual) {
    return usual ? std::string{k_usual} : remotes.front();
  }
  return remotes.empty() ? make_error(ErrorCode::usage, "this repository has no remote",
                                      {"git remote add origin URL", "git qsnap history pull URL"})
                         : make_error(ErrorCode::usage, fmt::format("which of {} remotes?", remotes.size()),
                                      {fmt::format("git qsnap history pull {}", remotes.front())});
}

/// A remote may be a URL or a path; as the name of a set is, it is one component of a ref. What cannot be one, or would
/// be too long, goes by its digest. Everybody who lists refs reads it.
Result<std::string> tracking_ref(const std::string& url, const store::SetName& set) {
  constexpr std::size_t k_most_bytes = 60, k_digest_bytes = 8;
  const std::string remote = git::without_credentials(url);
  auto name = store::SetName::parse(remote);
  if (!name || remote.size() > k_most_bytes) {
    const std::string digest = codec::sha256(remote).substr(0, k_digest_bytes);
    name = store::SetName::parse("url-" + to_hex(digest));
  }
  QSNAP_ASSIGN(const store::SetName component, std::move(name));
  return fmt::format("refs/qsnap/remotes/{}/history/{}", component.encoded(), set.encoded());
}

/// One set and one remote.
class Exchange {
 public:
  Exchange(const store::Store& store, std::string remote, store::SetName set)
      : m_store(&store), m_remote(std::move(remote)), m_history(store.repository(), std::move(set)) {
    m_view.set = m_history.set().text();
  }

  /// What the remote has, and the remote's commit; absent where it has none of this set.
  Result<std::optional<std::string>> pull(Instant now) {
    QSNAP_ASSIGN(const std::vector<git::RemoteRef> refs,
                 git::remote_refs(m_store->folder(), m_remote, m_history.ref()));
    const auto theirs =
        std::find_if(refs.begin(), refs.end(), [&](const git::RemoteRef& ref) { return ref.ref == m_history.ref(); });
    if (theirs == refs.end()) {
      return std::optional<std::string>{};
    }
    QSNAP_ASSIGN(const std::string tracking, tracking_ref(m_remote, m_history.set()));
    const git::RefTree tracked{m_store->repository(), tracking};
    QSNAP_TRY(tracked.tip());  // a symbolic one is an error: git would move its target, a branch maybe
    QSNAP_TRY(git::fetch_ref(m_store->folder(), m_remote, m_history.ref(), tracking));
    QSNAP_ASSIGN(std::optional<std::string> fetched, tracked.tip());
    if (!fetched) {
      return make_error(ErrorCode::git, fmt::format("git fetched nothing to {}", tracking));
    }
    QSNAP_ASSIGN(store::HistoryUnion united, m_history.unite(*fetched, now));
    m_view.added += united.added;
    m_view.dropped += united.dropped;
    m_view.relabelled += united.relabelled;
    m_view.refused = std::move(united.refused);
    return fetched;
  }

  Result<void> push(const Clock& clock) {
    constexpr int k_attempts = 20;
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
      QSNAP_ASSIGN(const std::optional<std::string> theirs, pull(clock.now()));
      QSNAP_ASSIGN(const std::optional<std::string> ours, m_history.tip());
      if (!ours || ours == theirs) {
        return {};
      }
      QSNAP_ASSIGN(const git::PushOutcome outcome,
                   git::push_ref(m_store->folder(), m_remote, m_history.ref(), *ours, theirs));
      if (outcome == git::PushOutcome::pushed) {
        m_view.pushed = true;
        return {};
      }
    }
    return make_error(ErrorCode::git,
                      fmt::format("{} did not take {}: others pushed again and again, or it refuses",
                                  git::without_credentials(m_remote), m_history.ref()),
                      {"what was pulled is here; try again"});
  }

  Result<HistoryExchange> view() {
    QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, m_history.names());
    m_view.entries = names.size();
    return m_view;
  }

 private:
  const store::Store* m_store;
  std::string m_remote;
  store::History m_history;
  HistoryExchange m_view;
};

/// Of both sides, sorted.
Result<std::vector<store::SetName>> all_sets(const store::Store& store, const std::string& remote) {
  QSNAP_ASSIGN(const std::vector<store::SetName> ours, history_sets(store.folder()));
  QSNAP_ASSIGN(const std::vector<git::RemoteRef> refs,
               git::remote_refs(store.folder(), remote, std::string{store::k_history_refs}));
  std::map<std::string, store::SetName> sets;
  for (const store::SetName& set : ours) {
    sets.emplace(set.text(), set);
  }
  for (const git::RemoteRef& ref : refs) {
    if (const auto set = store::SetName::from_encoded(std::string_view{ref.ref}.substr(store::k_history_refs.size()))) {
      sets.emplace(set->text(), *set);
    }
  }
  std::vector<store::SetName> sorted;
  for (const auto& [text, set] : sets) {
    sorted.push_back(set);
  }
  return sorted;
}

Result<HistoryExchangeView> exchange(const store::Store& store, const ExchangeRequest& request,
                                     HistoryExchangeView::Direction direction, const Clock& clock) {
  QSNAP_ASSIGN(const std::string remote, choose_remote(store, request.remote));
  std::vector<store::SetName> sets = {store.chain().current()};
  if (request.sets == ExchangedSets::all) {
    QSNAP_ASSIGN(sets, all_sets(store, remote));
  }
  HistoryExchangeView view{direction, git::without_credentials(remote), {}};
  for (const store::SetName& set : sets) {
    Exchange one{store, remote, set};
    if (direction == HistoryExchangeView::Direction::push) {
      QSNAP_TRY(one.push(clock));
    } else {
      QSNAP_TRY(one.pull(clock.now()));
    }
    QSNAP_ASSIGN(HistoryExchange done, one.view());
    view.sets.push_back(std::move(done));
  }
  return view;
}

}  // namespace

Result<HistoryExchangeView> pull_history(const store::Store& store, const ExchangeRequest& request,
                                         const Clock& clock) {
  return exchange(store, request, HistoryExchangeView::Direction::pull, clock);
}

Result<HistoryExchangeView> push_history(const store::Store& store, const ExchangeRequest& request,
                                         const Clock& clock) {
  return exchange(store, request, HistoryExchangeView::Direction::push, clock);
}

}  // namespace qsnap::app
