// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <random>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <qsnap/redis/capture.hpp>
#include <qsnap/redis/capture_choice.hpp>
#include <qsnap/redis/fork_capture.hpp>
#include <qsnap/redis/plain_capture.hpp>
#include <qsnap/redis/tracking_capture.hpp>

namespace qsnap::redis {

namespace {

using std::chrono::milliseconds;

/// What the mode itself tells of its choice, once it is over.
std::optional<std::string> outcome_reason(const Capture& capture) {
  if (capture.mode != CaptureMode::rounds) {
    return std::nullopt;
  }
  return fmt::format("writers could not be paused, so what they wrote was read again until a round was clean: round {}",
                     capture.rounds);
}

/// Tries the modes in the order of the choice. The first failure is the one that is told in the end: it is of the mode
/// that suits the server best.
Result<Capture> capture_automatically(const Endpoint& endpoint, const CaptureOptions& options,
                                      const Progress& progress) {
  CaptureChoice choice;
  {
    QSNAP_ASSIGN(Connection connection, Connection::open(endpoint, ConnectionOptions{}, progress));
    QSNAP_ASSIGN(const ServerFacts facts, look_at_server(connection, endpoint.database, options.prefixes));
    choice = choose_capture(facts);
  }
  std::optional<Error> failure;
  for (const CaptureMode mode : choice.order) {
    Result<Capture> capture = mode == CaptureMode::fork ? capture_by_fork(endpoint, options, progress)
                                                        : capture_by_tracking(endpoint, options, progress);
    if (capture) {
      capture->reasons = std::move(choice.reasons);
      if (auto reason = outcome_reason(*capture)) {
        capture->reasons.push_back(*std::move(reason));
      }
      return capture;
    }
    if (!may_fall_back(capture.error().code)) {
      return capture;
    }
    choice.reasons.push_back(fmt::format("{} was tried: {}", to_text(mode), capture.error().message));
    failure = failure ? std::move(failure) : std::move(capture).error();
    if (mode != choice.order.front()) {
      failure->hints.push_back(choice.reasons.back());
    }
  }
  return *std::move(failure);
}

Result<Capture> capture_once(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress) {
  switch (options.consistency) {
    case Consistency::automatic:
      return capture_automatically(endpoint, options, progress);
    case Consistency::fork:
      return capture_by_fork(endpoint, options, progress);
    case Consistency::none:
      return capture_plainly(endpoint, options, progress);
    case Consistency::freeze:
    case Consistency::rounds:
      break;
  }
  return capture_by_tracking(endpoint, options, progress);
}

/// So long that many clients of a server that comes back do not come at once.
milliseconds back_off(milliseconds first, int retry) {
  constexpr milliseconds k_most{10'000};
  constexpr int k_most_doublings = 16;
  const milliseconds delay = std::min(k_most, first * (1 << std::min(retry, k_most_doublings)));
  std::random_device entropy;
  std::uniform_real_distribution<double> spread{0.5, 1.5};
  return std::chrono::duration_cast<milliseconds>(delay * spread(entropy));
}

Result<void> wait(milliseconds delay, const Progress& progress) {
  constexpr milliseconds k_slice{50};
  for (milliseconds left = delay; left.count() > 0; left -= k_slice) {
    QSNAP_TRY(progress.check());
    std::this_thread::sleep_for(std::min(left, k_slice));
  }
  return progress.check();
}

constexpr std::array<std::pair<std::string_view, Consistency>, 5> k_consistencies = {{
    {"auto", Consistency::automatic},
    {"freeze", Consistency::freeze},
    {"fork", Consistency::fork},
    {"rounds", Consistency::rounds},
    {"none", Consistency::none},
}};

}  // namespace

std::string_view to_text(CaptureMode mode) {
  constexpr std::array<std::string_view, 4> words = {"freeze", "rounds", "fork", "none"};
  return words.at(static_cast<std::size_t>(mode));
}

std::optional<Consistency> parse_consistency(std::string_view word) {
  const auto at = std::find_if(k_consistencies.begin(), k_consistencies.end(),
                               [&](const auto& consistency) { return consistency.first == word; });
  return at == k_consistencies.end() ? std::nullopt : std::optional{at->second};
}

Result<Capture> capture(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress) {
  for (int retry = 0;; ++retry) {
    Result<Capture> result = capture_once(endpoint, options, progress);
    if (result || result.error().code != ErrorCode::redis_unreachable || retry >= options.retries) {
      return result;
    }
    progress.report(fmt::format("{}; trying again, at most {} times", result.error().message, options.retries),
                    static_cast<std::uint64_t>(retry) + 1, 0);
    QSNAP_TRY(wait(back_off(options.retry_delay, retry), progress));
  }
}

}  // namespace qsnap::redis
