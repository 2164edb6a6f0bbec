// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <qsnap/report/html_commands.hpp>

namespace qsnap::report {

namespace {

constexpr std::size_t k_most_commands = 20;

bool is_shell_word(std::string_view word) {
  constexpr std::string_view k_plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/:@^~-";
  return !word.empty() && word.front() != '-' && word.front() != '~' &&
         word.find_first_not_of(k_plain) == std::string_view::npos;
}

/// What makes the snapshot equal to what was compared with it: a live state is saved.
std::vector<std::string> approvals(const DiffReport& report) {
  std::vector<std::string> commands;
  for (const SnapshotDiff& diff : report.snapshots) {
    const bool live = diff.sides.after == "live" && diff.status == SnapshotStatus::compared && !diff.is_equal();
    if (live && is_shell_word(diff.sides.before) && diff.sides.before.find(':') == std::string::npos) {
      commands.push_back("git qsnap save " + diff.sides.before);
    }
  }
  return commands;
}

std::vector<std::string> views(const DiffReport& report) {
  if (is_shell_word(report.range)) {
    return {"git qsnap diff " + report.range};
  }
  std::vector<std::string> commands;
  for (const SnapshotDiff& diff : report.snapshots) {
    if (report.range.empty() && is_shell_word(diff.sides.before) && is_shell_word(diff.sides.after)) {
      commands.push_back(fmt::format("git qsnap diff {} {}", diff.sides.before, diff.sides.after));
    }
  }
  return commands;
}

void append_commands(Html& html, Markup heading, const std::vector<std::string>& commands) {
  if (commands.empty()) {
    return;
  }
  html.raw("<h3>").raw(heading).raw("</h3>\n<pre tabindex=\"0\" aria-label=\"").raw(heading).raw("\">");
  for (std::size_t i = 0; i < std::min(commands.size(), k_most_commands); ++i) {
    html.text(commands[i]).raw("\n");
  }
  if (commands.size() > k_most_commands) {
    html.raw("# and ").number(commands.size() - k_most_commands).raw(" more\n");
  }
  html.raw("</pre>\n");
}

}  // namespace

Html commands_html(const DiffReport& report) {
  Html commands;
  append_commands(commands, "Approve: save the live state as the expected one", approvals(report));
  append_commands(commands, "The same in a terminal", views(report));
  if (commands.empty()) {
    return {};
  }
  Html html;
  html.raw("<section class=\"commands\" aria-labelledby=\"commands\"><h2 id=\"commands\">Commands</h2>\n");
  return std::move(html.append(commands).raw("</section>\n"));
}

}  // namespace qsnap::report
