// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/report/html_tables.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

/// The life of a job, front to back: what a state is to a reader, whatever its framework calls it.
enum class Stage : std::uint8_t { waiting, later, active, again, held, done, failed, other };

Stage stage_of(std::string_view state) {
  using enum Stage;
  static constexpr std::array<std::pair<std::string_view, Stage>, 24> k_stages = {{
      {"waiting", waiting},     {"wait", waiting},   {"pending", waiting},  {"queued", waiting},
      {"prioritized", waiting}, {"ready", waiting},  {"enqueued", waiting}, {"scheduled", later},
      {"delayed", later},       {"deferred", later}, {"eta", later},        {"waiting-children", later},
      {"active", active},       {"started", active}, {"reserved", active},  {"unacked", active},
      {"retry", again},         {"paused", held},    {"completed", done},   {"finished", done},
      {"succeeded", done},      {"failed", failed},  {"dead", failed},      {"archived", failed},
  }};
  const auto* const at =
      std::find_if(k_stages.begin(), k_stages.end(), [&](const auto& entry) { return entry.first == state; });
  return at == k_stages.end() ? other : at->second;
}

Markup class_of(Stage stage) {
  switch (stage) {
    case Stage::waiting:
      return "s-wait";
    case Stage::later:
      return "s-later";
    case Stage::active:
      return "s-act";
    case Stage::again:
      return "s-again";
    case Stage::held:
      return "s-held";
    case Stage::done:
      return "s-done";
    case Stage::failed:
      return "s-fail";
    case Stage::other:
      break;
  }
  return "s-other";
}

bool is_earlier(std::string_view a, std::string_view b) {
  return std::pair{stage_of(a), a} < std::pair{stage_of(b), b};
}

using Side = std::uint64_t StateCount::*;

std::uint64_t jobs_of(const std::vector<StateCount>& states, Side side) {
  std::uint64_t jobs = 0;
  for (const StateCount& state : states) {
    jobs += state.*side;
  }
  return jobs;
}

/// One stacked bar. Its numbers are in its label, so that it need not be seen. REQUIRES: scale > 0
void append_bar(Html& html, Markup name, const std::vector<StateCount>& states, Side side, std::uint64_t scale) {
  constexpr std::uint64_t k_width = 1000;
  std::vector<std::string> words;
  for (const StateCount& state : states) {
    if (state.*side > 0) {
      words.push_back(fmt::format("{} {}", state.state, state.*side));
    }
  }
  html.raw("<span><i>").raw(name).raw("</i><svg class=\"bar\" role=\"img\" viewBox=\"0 0 1000 8\" ");
  html.raw("preserveAspectRatio=\"none\" aria-label=\"").raw(name).raw(": ");
  html.text(words.empty() ? std::string{"no jobs"} : fmt::format("{}", fmt::join(words, ", "))).raw("\">");
  std::uint64_t jobs = 0;
  for (const StateCount& state : states) {
    const std::uint64_t start = jobs * k_width / scale;
    jobs += state.*side;
    const std::uint64_t end = jobs * k_width / scale;
    if (state.*side > 0) {
      html.raw("<rect class=\"").raw(class_of(stage_of(state.state))).raw("\" x=\"").number(start).raw("\" width=\"");
      html.number(std::max<std::uint64_t>(end - start, 2)).raw("\" height=\"8\"/>");
    }
  }
  html.raw("</svg></span>");
}

void append_states(Html& html, const std::vector<StateCount>& states) {
  html.raw("<ul class=\"states\">");
  for (const StateCount& state : states) {
    const bool same = state.before == state.after;
    html.raw(same ? Markup{"<li class=\"same\">"} : Markup{"<li>"}).raw("<span class=\"swatch ");
    html.raw(class_of(stage_of(state.state))).raw("\"></span>").text(state.state).raw(" ");
    if (!same) {
      html.number(state.before).raw(" → ");
    }
    html.number(state.after).raw("</li>");
  }
  html.raw("</ul>");
}

/// Those that differ first. Beyond a number that can be looked at, the others are one.
std::vector<StateCount> shown_states(const Block& block) {
  constexpr std::size_t k_most_states = 50;
  std::vector<StateCount> states = block.states;
  if (states.size() > k_most_states) {
    StateCount others{quantity(states.size() - k_most_states, "other state")};
    for (auto state = states.begin() + k_most_states; state != states.end(); ++state) {
      others.before += state->before;
      others.after += state->after;
    }
    states.resize(k_most_states);
    states.push_back(std::move(others));
  }
  std::sort(states.begin(), states.end(),
            [](const StateCount& a, const StateCount& b) { return is_earlier(a.state, b.state); });
  return states;
}

/// `scale`: the jobs that a full bar stands for.
void append_queue(Html& html, const Block& block, const std::string& id, std::uint64_t scale) {
  const std::vector<StateCount> states = shown_states(block);
  html.raw("<tr><th scope=\"row\">");
  if (block.changes > 0) {
    html.raw("<a href=\"#").text(id).raw("\">").text(block.label).raw("</a>");
  } else {
    html.text(block.label);
  }
  html.raw("</th><td class=\"number\" data-name=\"jobs\">").number(jobs_of(states, &StateCount::before)).raw(" → ");
  html.number(jobs_of(states, &StateCount::after)).raw("</td><td class=\"bars\">");
  append_bar(html, "before", states, &StateCount::before, scale);
  append_bar(html, "after", states, &StateCount::after, scale);
  html.raw("</td><td>");
  append_states(html, states);
  html.raw("</td><td class=\"number\" data-name=\"changes\">").number(block.changes).raw("</td></tr>\n");
}

/// Queues that differ and have no place on the page.
void append_left_out(Html& html, const PageSection& section) {
  std::uint64_t queues = 0, changes = 0;
  for (std::size_t i = 0; i < section.overview.blocks.size(); ++i) {
    if (!has_place(section, i)) {
      ++queues;
      changes += section.overview.blocks[i].changes;
    }
  }
  if (queues > 0) {
    html.raw("<p class=\"soft\">… and ").text(quantity(queues, "more queue")).raw(" with ");
    html.text(quantity(changes, "change")).raw(" in the JSON</p>\n");
  }
}

/// Queues that are on both sides with equal counts and nothing else to tell.
void append_unchanged(Html& html, const PageSection& section, std::size_t shown) {
  const std::size_t all = section.diff->changes.queues.size();
  if (section.diff->status == SnapshotStatus::compared && all > shown) {
    html.raw("<p class=\"soft\"><span class=\"sign\">=</span> ").text(quantity(all - shown, "more queue"));
    html.raw(" unchanged</p>\n");
  }
}

/// The states of the matrix, and what of the moves is in it.
struct Matrix {
  std::vector<std::string_view> from;
  std::vector<std::string_view> to;
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> cells;
  std::uint64_t others = 0;  ///< jobs that moved in ways for which it has no room
};

bool admits(std::vector<std::string_view>& states, std::string_view state) {
  constexpr std::size_t k_most_states = 12;
  if (std::find(states.begin(), states.end(), state) != states.end()) {
    return true;
  }
  if (states.size() == k_most_states) {
    return false;
  }
  states.push_back(state);
  return true;
}

Matrix matrix_of(const std::vector<Move>& moves) {
  Matrix matrix;
  for (const Move& move : moves) {
    if (admits(matrix.from, move.from) && admits(matrix.to, move.to)) {
      matrix.cells[{move.from, move.to}] += move.jobs;
    } else {
      matrix.others += move.jobs;
    }
  }
  std::sort(matrix.from.begin(), matrix.from.end(), is_earlier);
  std::sort(matrix.to.begin(), matrix.to.end(), is_earlier);
  return matrix;
}

void append_state_heading(Html& html, Markup scope, std::string_view state) {
  html.raw("<th scope=\"").raw(scope).raw("\"><span class=\"swatch ").raw(class_of(stage_of(state)));
  html.raw("\"></span>").text(state).raw("</th>");
}

}  // namespace

Html queues_html(const PageSection& section) {
  const auto& blocks = section.overview.blocks;
  std::uint64_t scale = 0;
  std::size_t shown = 0;
  for (const Block& block : blocks) {
    if (!block.queue.empty()) {
      ++shown;
      scale = std::max({scale, jobs_of(block.states, &StateCount::before), jobs_of(block.states, &StateCount::after)});
    }
  }
  Html html;
  if (shown > 0) {
    html.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Queues\"><table class=\"queues\">");
    html.raw("<caption>Jobs per queue and state; all bars have one scale</caption><thead><tr>");
    html.raw("<th scope=\"col\">Queue</th><th scope=\"col\" class=\"number\">Jobs</th><th scope=\"col\">By state</th>");
    html.raw("<th scope=\"col\">States</th><th scope=\"col\" class=\"number\">Changes</th></tr></thead><tbody>\n");
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (!blocks[i].queue.empty() && has_place(section, i)) {
        append_queue(html, blocks[i], block_id(section, i), std::max<std::uint64_t>(scale, 1));
      }
    }
    html.raw("</tbody></table></div>\n");
    append_left_out(html, section);
  }
  append_unchanged(html, section, shown);
  return html;
}

Html moves_html(const PageSection& section) {
  const Matrix matrix = matrix_of(section.overview.moves);
  if (matrix.cells.empty()) {
    return {};
  }
  Html html;
  html.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Moved jobs\"><table class=\"matrix\">");
  html.raw("<caption>Moved jobs: from the state in front to the state above</caption><thead><tr>");
  html.raw("<th scope=\"col\">from \\ to</th>");
  for (const std::string_view state : matrix.to) {
    append_state_heading(html, "col", state);
  }
  html.raw("</tr></thead><tbody>\n");
  for (const std::string_view from : matrix.from) {
    html.raw("<tr>");
    append_state_heading(html, "row", from);
    for (const std::string_view to : matrix.to) {
      const auto at = matrix.cells.find({from, to});
      if (at == matrix.cells.end()) {
        html.raw("<td class=\"zero\">·</td>");
      } else {
        html.raw("<td class=\"some\">").number(at->second).raw("</td>");
      }
    }
    html.raw("</tr>\n");
  }
  html.raw("</tbody></table></div>\n");
  if (matrix.others > 0) {
    html.raw("<p class=\"soft\">… and ").text(quantity(matrix.others, "job")).raw(" in other ways</p>\n");
  }
  return html;
}

}  // namespace qsnap::report
