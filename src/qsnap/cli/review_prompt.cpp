// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/pending_view.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/app/show.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/cli/review_prompt.hpp>
#include <qsnap/cli/standard_error.hpp>

namespace qsnap::cli {

namespace {

using app::Decision;
using store::PendingEntry;

constexpr std::string_view k_help =
    "  a  accept: it becomes the snapshot\n"
    "  r  reject: it is dropped, the snapshot stays\n"
    "  s  skip: it stays pending\n"
    "  u  go back to the one before and take its decision back\n"
    "  d  the difference, by turns unified and side by side\n"
    "  f  the difference, every job and every field\n"
    "  o  the old state, as it is in the snapshot\n"
    "  n  the new state, which is pending\n"
    "  A  accept all that are left\n"
    "  R  reject all that are left\n"
    "  q  stop here; what was decided is done\n";

/// Whole words say the same as letters; a capital letter is a word of its own.
constexpr std::array<std::pair<std::string_view, char>, 9> k_words = {{
    {"accept", 'a'},
    {"reject", 'r'},
    {"skip", 's'},
    {"undo", 'u'},
    {"diff", 'd'},
    {"full", 'f'},
    {"old", 'o'},
    {"new", 'n'},
    {"quit", 'q'},
}};

char letter_of(std::string_view answer) {
  const auto* const word =
      std::find_if(k_words.begin(), k_words.end(), [&](const auto& known) { return known.first == answer; });
  return word != k_words.end() ? word->second : answer.size() == 1 ? answer.front() : '?';
}

enum class Verdict : std::uint8_t { open, accepted, rejected, skipped };

class Review {
 public:
  Review(Session& session, const app::ApprovalContext& context, std::vector<PendingEntry> entries)
      : m_session(session),
        m_context(context),
        m_entries(std::move(entries)),
        m_verdicts(m_entries.size(), Verdict::open) {}

  Result<void> run() {
    while (m_at < m_entries.size() && !m_stopped) {
      if (!m_shown) {
        QSNAP_TRY(show_entry());
      }
      const auto answer = m_session.ask(fmt::format(
          "{} of {}  [a]ccept [r]eject [s]kip [u]ndo [d]iff [o]ld [n]ew [q]uit ?", m_at + 1, m_entries.size()));
      m_stopped = !answer;
      if (answer) {
        report_problem(take(letter_of(*answer)));
      }
      QSNAP_TRY(m_session.flush());
    }
    QSNAP_TRY(m_session.print(report::review_ending(totals(), count(Verdict::open))));
    return forget_empty_batches();
  }

 private:
  /// What could not be done is said, and asked about again.
  void report_problem(const Result<void>& done) {
    if (!done) {
      m_session.print_error(done.error());
    }
  }

  [[nodiscard]] const PendingEntry& entry() const { return m_entries[m_at]; }

  Result<void> show_entry() {
    m_shown = true;
    QSNAP_ASSIGN(const report::PendingRow row, app::pending_row(m_context.store, m_context.pending, entry(),
                                                                app::PendingDetail::differences, m_session.progress()));
    QSNAP_TRY(m_session.print(fmt::format("\n{}", report::pending_heading(row, m_session.style()))));
    report::FaceOptions face;
    face.style = m_session.style();
    face.detail = m_detail;
    QSNAP_TRY(report::write_pending_diff(row, m_format, face, printer()));
    return m_session.flush();
  }

  /// The state before or after, as `git qsnap show` has it.
  Result<void> show_state(char which) {
    const bool is_old = which == 'o';
    if (!is_old && entry().kind == store::PendingKind::removed) {
      return m_session.print("there is no new state: an accept deletes the snapshot\n");
    }
    QSNAP_ASSIGN(auto snapshot, is_old ? app::find_seen(m_context.store, entry().name) : new_state());
    if (!snapshot) {
      return m_session.print("there is no snapshot yet\n");
    }
    const app::OpenedSide side{is_old ? entry().name.text() : "pending", *std::move(snapshot), {}};
    return app::show_text(side, {}, app::ShowDetail::rows, m_session.style(), printer());
  }

  Result<std::optional<codec::SnapshotReader>> new_state() {
    QSNAP_ASSIGN(codec::SnapshotReader state, m_context.pending.content(entry()));
    return std::optional{std::move(state)};
  }

  Result<void> take(char letter) {
    switch (letter) {
      case 'a':
        return decide(Decision::accept);
      case 'r':
        return decide(Decision::reject);
      case 's':
        return next(Verdict::skipped);
      case 'u':
        return go_back();
      case 'd':
      case 'f':
        return show_again(letter);
      case 'o':
      case 'n':
        return show_state(letter);
      case 'A':
        return decide_rest(Decision::accept);
      case 'R':
        return decide_rest(Decision::reject);
      case 'q':
        m_stopped = true;
        return {};
      default:
        return m_session.print(k_help);
    }
  }

  Result<void> next(Verdict verdict) {
    m_verdicts[m_at] = verdict;
    ++m_at;
    m_shown = false;
    return {};
  }

  Result<void> decide(Decision decision) {
    QSNAP_ASSIGN(const app::DecidedBatch batch, batch_of(decision));
    if (decision == Decision::accept) {
      QSNAP_TRY(app::accept(m_context, batch, entry(), m_session.progress()));
    } else {
      QSNAP_TRY(app::reject(m_context, batch, entry()));
    }
    return next(decision == Decision::accept ? Verdict::accepted : Verdict::rejected);
  }

  /// Those that cannot be decided about are told, and stay.
  Result<void> decide_rest(Decision decision) {
    const std::size_t rest = m_entries.size() - m_at;
    if (!m_session.confirm(
            fmt::format("{} {} that {} left?", app::to_text(decision), rest, rest == 1 ? "is" : "are"))) {
      return {};
    }
    while (m_at < m_entries.size()) {
      QSNAP_TRY(m_session.progress().check());
      const Result<void> done = decide(decision);
      report_problem(done);
      if (!done) {
        QSNAP_TRY(next(Verdict::skipped));
      }
    }
    return {};
  }

  Result<void> go_back() {
    if (m_at == 0) {
      return m_session.print("this is the first one\n");
    }
    const std::size_t before = m_at - 1;
    const Verdict verdict = m_verdicts[before];
    if (verdict == Verdict::accepted || verdict == Verdict::rejected) {
      QSNAP_ASSIGN(const app::DecidedBatch batch,
                   batch_of(verdict == Verdict::accepted ? Decision::accept : Decision::reject));
      QSNAP_TRY(app::undo(m_context, batch, m_entries[before]));
    }
    m_at = before;
    m_verdicts[m_at] = Verdict::open;
    m_shown = false;
    return {};
  }

  Result<void> show_again(char how) {
    if (how == 'd') {
      const bool unified = m_format == report::DiffFormat::text;
      m_format = unified ? report::DiffFormat::side_by_side : report::DiffFormat::text;
    } else {
      m_detail = m_detail == report::Detail::full ? report::Detail::folded : report::Detail::full;
    }
    m_shown = false;
    return {};
  }

  /// One for all accepts of this review and one for all rejects, made at the first one.
  Result<app::DecidedBatch> batch_of(Decision decision) {
    std::optional<app::DecidedBatch>& batch = decision == Decision::accept ? m_accepts : m_rejects;
    if (!batch) {
      QSNAP_ASSIGN(batch, app::begin_batch(m_context.store.git_dir(), decision));
    }
    return *batch;
  }

  /// What was undone to the last one must not stand in the way of --undo.
  Result<void> forget_empty_batches() {
    for (const auto& batch : {m_accepts, m_rejects}) {
      if (!batch) {
        continue;
      }
      QSNAP_ASSIGN(const std::vector<PendingEntry> kept, batch->pending().list());
      if (kept.empty()) {
        QSNAP_TRY(app::forget_batch(*batch));
      }
    }
    return {};
  }

  [[nodiscard]] std::uint64_t count(Verdict verdict) const {
    return static_cast<std::uint64_t>(std::count(m_verdicts.begin(), m_verdicts.end(), verdict));
  }
  [[nodiscard]] report::ReviewTotals totals() const {
    return {count(Verdict::accepted), count(Verdict::rejected), count(Verdict::skipped)};
  }
  [[nodiscard]] report::Output printer() {
    return [this](std::string_view text) { return m_session.print(text); };
  }

  Session& m_session;
  const app::ApprovalContext& m_context;
  std::vector<PendingEntry> m_entries;
  std::vector<Verdict> m_verdicts;
  std::optional<app::DecidedBatch> m_accepts, m_rejects;
  report::DiffFormat m_format = report::DiffFormat::text;
  report::Detail m_detail = report::Detail::folded;
  std::size_t m_at = 0;
  bool m_shown = false, m_stopped = false;
};

}  // namespace

Result<void> review_pending(Session& session, const app::ApprovalContext& context, std::vector<PendingEntry> entries) {
  QSNAP_TRY(Review(session, context, std::move(entries)).run());
  return session.progress().check();  // Ctrl-C ends the question, too
}

}  // namespace qsnap::cli
