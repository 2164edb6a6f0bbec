// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/assert_settling.hpp>
#include <qsnap/config/tolerance.hpp>

namespace qsnap::app {

namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;
using Moment = SteadyClock::time_point;

/// A state that nobody has described yet is complete when it has not changed for so long. Not said: workers take jobs
/// within this time.
constexpr milliseconds k_still{500};

/// The pause between two looks: what comes soon is seen soon, and what takes long costs the server little.
class Pauses {
 public:
  /// Not shorter than the last look took, so that half of the time nobody looks.
  SteadyClock::duration next(SteadyClock::duration look) {
    constexpr milliseconds k_longest{250};
    const SteadyClock::duration pause = std::max<SteadyClock::duration>(m_next, look);
    m_next = std::min(k_longest, m_next * 3 / 2);
    return pause;
  }

 private:
  milliseconds m_next{25};
};

Result<void> wait_until(Moment moment, const Progress& progress) {
  constexpr milliseconds k_slice{50};
  for (Moment now = SteadyClock::now(); now < moment; now = SteadyClock::now()) {
    QSNAP_TRY(progress.check());
    std::this_thread::sleep_for(std::min<SteadyClock::duration>(moment - now, k_slice));
  }
  return progress.check();
}

/// Whether it would do if it stays so: nothing, or what must stay the same meanwhile.
std::optional<std::string> what_holds(const AssertRequest& request, const Observation& seen) {
  if (!seen.contract.holds()) {
    return std::nullopt;
  }
  const AssertResult verdict = verdict_on(request, seen);
  if (verdict == AssertResult::as_expected) {
    return std::string{};
  }
  const bool will_be_written = verdict == AssertResult::missing || request.mode == config::UpdateMode::all;
  return will_be_written ? std::optional{std::string{seen.live.reader.fingerprint()}} : std::nullopt;
}

Result<milliseconds> parse_time(std::string_view option, std::string_view text) {
  if (text.empty()) {
    return milliseconds{0};
  }
  const auto duration = config::parse_duration(text);
  if (!duration) {
    return make_error(ErrorCode::usage, fmt::format("{}: {}", option, duration.error().message));
  }
  return std::chrono::ceil<milliseconds>(*duration);
}

class Settler {
 public:
  Settler(const Expectation& expectation, const AssertRequest& request, const Clock& clock, const Progress& progress)
      : m_expectation(expectation), m_request(request), m_clock(clock), m_progress(progress) {}

  Result<Settled> run() {
    while (true) {
      const Moment begun = SteadyClock::now();
      Result<Observation> seen = observe(m_expectation, m_request, m_clock, m_progress);
      ++m_captures;
      const bool is_last = begun >= m_deadline;
      if (!seen && (seen.error().code != ErrorCode::inconsistent || is_last)) {
        return std::move(seen).error();
      }
      const bool goes_on = note(seen ? what_holds(m_request, *seen) : std::nullopt);
      const bool done = m_holds && (needed().count() == 0 || begun - m_since >= needed());
      if (seen && (done || (is_last && !goes_on))) {
        return settled(*std::move(seen), done);
      }
      const Moment now = SteadyClock::now();
      m_progress.report("waiting for the state", elapsed(now),
                        static_cast<std::uint64_t>(m_request.settling.within.count()));
      QSNAP_TRY(wait_until(std::max(now + milliseconds{1}, std::min(now + m_pauses.next(now - begun), next_event(now))),
                           m_progress));
    }
  }

 private:
  /// Whether what held at the look before, holds still.
  bool note(std::optional<std::string> holds) {
    const bool goes_on = holds.has_value() && (holds == m_holds || !m_holds);
    if (holds != m_holds) {
      m_since = SteadyClock::now();
    }
    m_holds = std::move(holds);
    return goes_on;
  }

  /// How long that has to go on.
  [[nodiscard]] milliseconds needed() const {
    const Settling& settling = m_request.settling;
    const bool is_as_expected = m_holds->empty();
    return is_as_expected || settling.stable.count() > 0 ? settling.stable : std::min(k_still, settling.within);
  }

  /// A last look is due then.
  [[nodiscard]] Moment next_event(Moment now) const {
    const Moment enough = m_holds ? m_since + needed() : Moment::max();
    return m_deadline > now ? std::min(m_deadline, enough) : enough;
  }

  [[nodiscard]] std::uint64_t elapsed(Moment now) const {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now - m_start).count());
  }

  Settled settled(Observation last, bool stood_still) const {
    return {std::move(last), m_captures, milliseconds{elapsed(SteadyClock::now())}, stood_still};
  }

  const Expectation& m_expectation;
  const AssertRequest& m_request;
  const Clock& m_clock;
  const Progress& m_progress;
  Pauses m_pauses;
  Moment m_start = SteadyClock::now();
  Moment m_deadline = m_start + m_request.settling.within;
  Moment m_since = m_start;
  std::optional<std::string> m_holds;  ///< at the last look; the empty text: what is expected
  std::uint64_t m_captures = 0;
};

}  // namespace

Result<Settling> parse_settling(std::string_view within, std::string_view stable) {
  Settling settling;
  QSNAP_ASSIGN(settling.within, parse_time("--within", within));
  QSNAP_ASSIGN(settling.stable, parse_time("--stable", stable));
  return settling;
}

Result<Settled> settle(const Expectation& expectation, const AssertRequest& request, const Clock& clock,
                       const Progress& progress) {
  return Settler{expectation, request, clock, progress}.run();
}

}  // namespace qsnap::app
