// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/cli/conflict_prompt.hpp>
#include <qsnap/report/escape.hpp>

namespace qsnap::cli {

namespace {

constexpr std::string_view k_help =
    "  o  take the first side (ours; in a rebase: upstream)\n"
    "  t  take the second side (theirs; in a rebase: your commit)\n"
    "  b  take what both sides began with\n"
    "  n  take the side that was captured later\n"
    "  s  leave it open and go on\n"
    "  u  go back to the one before and forget its decision\n"
    "  q  stop here; what was decided is kept\n";

/// What an answer decides; absent for what is no decision.
std::optional<app::Take> take_of(char answer, const app::Resolution& resolution) {
  switch (answer) {
    case 'o':
      return app::Take::ours;
    case 't':
      return app::Take::theirs;
    case 'b':
      return app::Take::base;
    case 'n':
      return resolution.newest();
    default:
      return std::nullopt;
  }
}

class Prompt {
 public:
  Prompt(Session& session, app::Resolution& resolution, const report::SideLabels& labels)
      : m_session(session), m_resolution(resolution), m_labels(labels) {
    for (std::size_t i = 0; i < resolution.conflicts().size(); ++i) {
      if (!resolution.choice(i)) {
        m_open.push_back(i);
      }
    }
  }

  enum class End : std::uint8_t { all_asked, stopped };
  Result<End> run() {
    while (m_at < m_open.size()) {
      const std::size_t conflict = m_open[m_at];
      QSNAP_TRY(m_session.print(report::conflict_text(m_resolution.view(conflict), m_labels, m_session.style())));
      QSNAP_TRY(m_session.flush());
      const auto answer =
          m_session.ask(fmt::format("{} of {}  [o]urs{} [t]heirs{} [b]ase [n]ewest [s]kip [u]ndo [q]uit ?", m_at + 1,
                                    m_open.size(), also("ours", m_labels.ours), also("theirs", m_labels.theirs)));
      if (!answer || *answer == "q") {
        return End::stopped;
      }
      QSNAP_TRY(take(conflict, *answer));
    }
    return End::all_asked;
  }

 private:
  /// What a side is called where that is not what one would think.
  static std::string also(std::string_view side, const std::string& label) {
    return label == side ? std::string{} : fmt::format(" ({})", label);
  }

  Result<void> take(std::size_t conflict, const std::string& answer) {
    const char letter = answer.size() == 1 ? answer.front() : '?';
    if (const auto side = take_of(letter, m_resolution)) {
      m_resolution.choose(conflict, *side);
      ++m_at;
    } else if (letter == 's') {
      ++m_at;
    } else if (letter == 'u') {
      m_at -= m_at > 0 ? 1 : 0;
      m_resolution.forget(m_open[m_at]);
    } else {
      return m_session.print(k_help);
    }
    return {};
  }

  Session& m_session;
  app::Resolution& m_resolution;
  const report::SideLabels& m_labels;
  std::vector<std::size_t> m_open;
  std::size_t m_at = 0;
};

}  // namespace

Result<void> ask_about_conflicts(Session& session, app::Resolution& resolution, std::string_view title) {
  if (!session.can_ask()) {
    return make_error(ErrorCode::usage, "-i needs a terminal to ask on",
                      {"git qsnap conflicts shows what is open; --ours, --theirs, --base, --newest, or --conflict N "
                       "--take SIDE decide without asking"});
  }
  QSNAP_ASSIGN(const report::SideLabels labels, app::side_labels(session.folder()));
  QSNAP_TRY(session.print(report::escape_terminal(title) + "\n"));
  for (std::size_t more = 1; more > 0;) {  // what a decision brings up is asked, too
    QSNAP_ASSIGN(const Prompt::End end, Prompt(session, resolution, labels).run());
    QSNAP_ASSIGN(more, resolution.discover(session.progress()));
    more = end == Prompt::End::stopped ? 0 : more;
  }
  return {};
}

}  // namespace qsnap::cli
