// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/assert_keeping.hpp>
#include <qsnap/app/hooks/snapshot_check.hpp>
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/report/assert_report.hpp>

namespace qsnap::app {

namespace {

using config::SecretRule;
using config::UpdateMode;

/// Writes one state, which is not what was expected, to where it may go.
class Keeper {
 public:
  Keeper(AssertOutcome outcome, const store::Store& store, const AssertRequest& request, const Expectation& expectation,
         const Observation& seen)
      : m_outcome(std::move(outcome)), m_store(store), m_request(request), m_expectation(expectation), m_seen(seen) {}

  /// A state that breaks its contract must not become what is expected, whatever the mode.
  [[nodiscard]] bool goes_to_tree() const {
    const bool by_mode = m_request.mode == UpdateMode::all ||
                         (m_request.mode == UpdateMode::new_ && m_outcome.result == AssertResult::missing);
    return by_mode && m_outcome.contract.holds();
  }

  Result<void> scan_secrets(const Progress& progress) {
    const config::Config& config = m_expectation.config;
    QSNAP_ASSIGN(const auto scan, hooks::secret_scan_of(config));
    if (!scan) {
      return {};
    }
    hooks::ChangedFile file;
    file.path = m_request.name->text();
    QSNAP_ASSIGN(const auto findings,
                 hooks::find_secrets(file, m_seen.live.reader, *scan, report::HookFinding::Weight::warning, progress));
    if (findings.empty()) {
      return {};
    }
    std::vector<std::string> places;
    for (const report::HookFinding& finding : findings) {
      places.push_back(finding.where.empty() ? finding.what : fmt::format("{} {}", finding.where, finding.what));
    }
    if (goes_to_tree() && config.scan.secrets == SecretRule::refuse) {
      return make_error(ErrorCode::refused, fmt::format("{} was not written: {}", file.path, fmt::join(places, ", ")),
                        {"redact: in config.yaml, or --redact, keeps secrets out", "scan: allow: says what is none"});
    }
    for (std::string& place : places) {
      m_outcome.warnings.push_back(std::move(place));
    }
    return {};
  }

  /// Workers of one run may assert one name: the first one writes it.
  Result<AtomicFile::NewFile> write_to_tree() {
    if (m_outcome.result == AssertResult::missing) {
      m_outcome.result = AssertResult::written;
      return write_new_snapshot(m_store, *m_request.name, m_seen.live.reader);
    }
    QSNAP_TRY(write_snapshot(m_store, *m_request.name, m_seen.live.reader));
    m_outcome.result = AssertResult::rewritten;
    return AtomicFile::NewFile::written;
  }

  /// The assertion has failed already: that nothing could be kept beside it is told and changes nothing.
  void put_pending(const store::PendingStore& pending, Instant now) {
    // Whoever accepts it elsewhere means the set that it was asserted in.
    store::PendingEntry entry{
        own_name(m_store, *m_request.name), store::PendingKind::added, std::nullopt, m_request.test, {}, now, {}};
    if (m_outcome.comparison) {
      entry.kind = store::PendingKind::changed;
      entry.expected_root = std::string{m_expectation.snapshot->reader.root()};
      entry.summary = report::summary_words(m_outcome.comparison->changes);
    } else {
      entry.summary = report::new_state_words(m_outcome.jobs, m_outcome.queues);
    }
    Result<std::filesystem::path> written = pending.put(entry, m_seen.live.reader);
    if (written) {
      m_outcome.pending = *std::move(written);
    } else {
      m_outcome.warnings.push_back(fmt::format("the new state is not kept: {}", written.error().message));
    }
  }

  [[nodiscard]] AssertOutcome& outcome() { return m_outcome; }

 private:
  AssertOutcome m_outcome;
  const store::Store& m_store;
  const AssertRequest& m_request;
  const Expectation& m_expectation;
  const Observation& m_seen;
};

/// Mostly a misspelt prefix: to accept it would make a test that cannot fail.
Error empty_state(const Expectation& expectation, const store::SnapshotName& name) {
  std::vector<std::string> hints;
  if (!expectation.capture.scope.whole_database()) {
    hints.emplace_back("check the spelling of the prefix or queue; without them the whole database is captured");
  }
  hints.emplace_back("check the database number in the URL, and that the test has enqueued something by then");
  hints.emplace_back("to expect an empty state on purpose, add --allow-empty");
  return make_error(ErrorCode::refused,
                    fmt::format("there is nothing in {} that {} could expect",
                                expectation.capture.target.endpoint.display(), name.text()),
                    std::move(hints));
}

void forget_pending(const AssertPlaces& places, const AssertRequest& request, AssertOutcome& outcome) {
  if (!places.pending || !request.name) {
    return;
  }
  if (const auto removed = places.pending->remove(*request.name); !removed) {
    outcome.warnings.push_back(fmt::format("an older state stays pending: {}", removed.error().message));
  }
}

}  // namespace

Result<std::optional<AssertOutcome>> keep_outcome(AssertOutcome outcome, const store::Store& store,
                                                  const AssertPlaces& places, const AssertRequest& request,
                                                  const Expectation& expectation, const Observation& seen, Instant now,
                                                  const Progress& progress) {
  if (outcome.result == AssertResult::as_expected) {
    if (outcome.holds()) {
      forget_pending(places, request, outcome);
    }
    return std::optional{std::move(outcome)};
  }
  const bool refused_as_empty = seen.is_empty() && request.empty == EmptyRule::refuse;
  if (refused_as_empty && outcome.result == AssertResult::missing && request.mode != UpdateMode::none) {
    return empty_state(expectation, *request.name);
  }
  if (refused_as_empty) {
    outcome.warnings.emplace_back("the live state is empty, so it is not kept: --allow-empty if that is right");
    return std::optional{std::move(outcome)};
  }
  Keeper keeper{std::move(outcome), store, request, expectation, seen};
  const bool to_tree = keeper.goes_to_tree();
  if (to_tree || places.pending) {
    QSNAP_TRY(keeper.scan_secrets(progress));
  }
  if (to_tree) {
    QSNAP_ASSIGN(const AtomicFile::NewFile written, keeper.write_to_tree());
    if (written == AtomicFile::NewFile::name_is_taken) {
      return std::optional<AssertOutcome>{};
    }
    forget_pending(places, request, keeper.outcome());
  } else if (places.pending) {
    keeper.put_pending(*places.pending, now);
  }
  return std::optional{std::move(keeper.outcome())};
}

}  // namespace qsnap::app
