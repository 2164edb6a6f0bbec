// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/app/resolve_memory.hpp>
#include <qsnap/app/resolve_request.hpp>

namespace qsnap::app {

namespace {

Result<Take> take_of(Wish wish, const Resolution& resolution) {
  if (const auto named = named_version(wish)) {
    return *named;
  }
  const auto newest = resolution.newest();
  return newest ? Result<Take>{*newest}
                : make_error(ErrorCode::usage, "which side is the newest is not known any more", {"--ours, --theirs"});
}

bool fits(const ChosenConflict& chosen, const model::Conflict& conflict, std::size_t index) {
  if (chosen.number) {
    return *chosen.number == index + 1;
  }
  const bool same_path = chosen.path.empty() || chosen.path == conflict.path || '.' + chosen.path == conflict.path;
  return chosen.id == conflict.id && same_path;
}

/// Also what only comes up by these decisions.
Result<void> decide_rest(Resolution& resolution, Wish wish, const Progress& progress) {
  QSNAP_ASSIGN(const Take take, take_of(wish, resolution));
  constexpr int k_most_rounds = 4;
  for (int round = 0; round < k_most_rounds; ++round) {
    for (std::size_t i = 0; i < resolution.conflicts().size(); ++i) {
      if (!resolution.choice(i)) {
        resolution.choose(i, take);
      }
    }
    QSNAP_ASSIGN(const std::size_t more, resolution.discover(progress));
    if (more == 0) {
      break;
    }
  }
  return {};
}

Error nothing_fits(const OpenMerge& merge, const ChosenConflict& chosen) {
  const std::string what = chosen.number         ? fmt::format("no conflict {}", *chosen.number)
                           : chosen.path.empty() ? fmt::format("no conflict about {}", chosen.id)
                                                 : fmt::format("no conflict about {} of {}", chosen.path, chosen.id);
  return make_error(ErrorCode::usage, fmt::format("{} has {}", merge.name.text(), what),
                    {fmt::format("git qsnap conflicts {}", merge.name.text())});
}

}  // namespace

std::optional<Take> named_version(Wish wish) {
  switch (wish) {
    case Wish::ours:
      return Take::ours;
    case Wish::theirs:
      return Take::theirs;
    case Wish::base:
      return Take::base;
    case Wish::newest:
      break;
  }
  return std::nullopt;
}

std::optional<Wish> parse_wish(std::string_view text) {
  constexpr std::array<std::string_view, 4> k_words = {"ours", "theirs", "base", "newest"};
  const auto* const at = std::find(k_words.begin(), k_words.end(), text);
  return at != k_words.end() ? std::optional{static_cast<Wish>(at - k_words.begin())} : std::nullopt;
}

Result<void> apply_request(OpenMerge& merge, const ResolveRequest& request, const Progress& progress) {
  Resolution& resolution = merge.resolution.value();
  for (const ChosenConflict& chosen : request.chosen) {
    QSNAP_ASSIGN(const Take take, take_of(chosen.wish, resolution));
    bool found = false;
    for (std::size_t i = 0; i < resolution.conflicts().size(); ++i) {
      if (fits(chosen, resolution.conflicts()[i], i)) {
        resolution.choose(i, take);
        found = true;
      }
    }
    if (!found) {
      return nothing_fits(merge, chosen);
    }
  }
  if (request.use_remembered) {
    QSNAP_ASSIGN(const Choices remembered, remembered_choices(merge.common_dir));
    (void)resolution.adopt_remembered(remembered);
  }
  return request.rest ? decide_rest(resolution, *request.rest, progress) : Result<void>{};
}

Result<void> remember_decisions(const OpenMerge& merge) {
  return merge.resolution ? remember_choices(merge.common_dir, merge.resolution->to_remember()) : Result<void>{};
}

}  // namespace qsnap::app
