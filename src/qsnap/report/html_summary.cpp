// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/report/change_words.hpp>
#include <qsnap/report/html_changes.hpp>
#include <qsnap/report/html_summary.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/report_words.hpp>

namespace qsnap::report {

namespace {

using diff::Subject;

void append_fact(Html& html, Markup name, const Html& value) {
  html.raw("<dt>").raw(name).raw("</dt><dd>").append(value).raw("</dd>\n");
}

void append_side(Html& html, Markup name, std::string_view side) {
  if (!side.empty()) {
    append_fact(html, name, Html{}.raw("<span class=\"mono\">").text(side).raw("</span>"));
  }
}

Html remarks_html(const std::vector<Remark>& remarks) {
  if (remarks.empty()) {
    return {};
  }
  Html html;
  html.raw("<ul class=\"notes\">\n");
  for (const Remark& remark : remarks) {
    html.raw("<li><span class=\"sign warn\">!</span> ").text(remark_line(remark)).raw("</li>\n");
  }
  return std::move(html.raw("</ul>\n"));
}

void append_card(Html& html, Markup tone, std::string_view sign, std::uint64_t count, std::string_view word) {
  html.raw("<li><b><span class=\"sign ").raw(tone).raw("\">").text(sign).raw("</span> ").number(count);
  html.raw("</b>").text(word).raw("</li>\n");
}

/// Jobs that are on both sides and in no change.
std::uint64_t unchanged_jobs(const PageSection& section) {
  const auto& list = section.diff->changes.list;
  const auto touched =
      static_cast<std::uint64_t>(std::count_if(list.begin(), list.end(), [](const diff::Change& change) {
        return change.subject == Subject::job && change.before;
      }));
  return section.overview.jobs_before - std::min(touched, section.overview.jobs_before);
}

}  // namespace

std::string page_verdict(const DiffReport& report, PageSections sections) {
  if (!report.is_set()) {
    return verdict_words(*sections.front().diff, sections.front().overview);
  }
  const std::string all = quantity(snapshots_of(report), "snapshot");
  return report.is_equal() ? fmt::format("no difference in meaning in {}", all)
                           : fmt::format("{}: {}.", all, snapshot_totals(report));
}

Html facts_html(const PageSection& section) {
  const SnapshotDiff& diff = *section.diff;
  Html html;
  html.raw("<dl class=\"facts\">\n");
  append_side(html, "Before", diff.sides.before);
  append_side(html, "After", diff.sides.after);
  append_side(html, "File", diff.file);
  if (diff.sides.capture) {
    append_fact(html, "Capture",
                Html{}.text(fmt::format("by {}: {}", diff.sides.capture->mode, capture_words(*diff.sides.capture))));
  }
  if (section.overview.ignored > 0) {
    append_fact(html, "Ignored",
                Html{}.text(fmt::format("{} ({})", quantity(section.overview.ignored, "difference"),
                                        ignored_words(section.overview))));
  }
  return std::move(html.raw("</dl>\n").append(remarks_html(remarks_on(diff))));
}

Html range_facts_html(const DiffReport& report) {
  return remarks_html(remarks_on(report));
}

Html cards_html(const DiffReport& report, PageSections sections) {
  std::uint64_t unchanged = 0;
  std::uint64_t ignored = 0;
  for (const PageSection& section : sections) {
    unchanged += section.diff->status == SnapshotStatus::compared ? unchanged_jobs(section) : 0;
    ignored += section.overview.ignored;
  }
  Html html;
  html.raw("<h2 class=\"hidden-label\">Totals</h2>\n<ul class=\"cards\">\n");
  for (const auto& [kind, count] : totals_of(report)) {
    diff::Change change;
    change.kind = kind;
    append_card(html, class_of(tone_of(change)), sign_of(change), count, total_word(kind));
  }
  append_card(html, "soft", "=", unchanged, "jobs unchanged");
  append_card(html, "soft", "·", ignored, "differences ignored");
  return std::move(html.raw("</ul>\n"));
}

Html index_html(PageSections sections) {
  Html html;
  html.raw("<nav aria-labelledby=\"index\"><h2 id=\"index\">Snapshots</h2>\n<div class=\"scroll\" tabindex=\"0\" ");
  html.raw(
      "role=\"region\" aria-label=\"Snapshots\"><table class=\"index\"><thead><tr><th scope=\"col\">Snapshot</th>");
  html.raw("<th scope=\"col\">Result</th><th scope=\"col\" class=\"number\">Jobs</th></tr></thead><tbody>\n");
  for (const PageSection& section : sections) {
    const SnapshotDiff& diff = *section.diff;
    const StatusWords status = status_words(diff);
    html.raw("<tr><th scope=\"row\"><span class=\"sign ").raw(class_of(status.tone)).raw("\">");
    html.text(status.sign).raw("</span> <a href=\"#s").number(section.number);
    html.raw("\">").text(diff.name).raw("</a></th><td>").text(verdict_words(diff, section.overview));
    html.raw("</td><td class=\"number\">");
    if (!diff.has_trouble()) {
      html.number(section.overview.jobs_before).raw(" → ").number(section.overview.jobs_after);
    }
    html.raw("</td></tr>\n");
  }
  return std::move(html.raw("</tbody></table></div></nav>\n"));
}

Html filter_html(const DiffReport& report, PageSections sections, std::uint64_t unlisted) {
  std::uint64_t changes = 0;
  std::map<std::string, std::string> queues;  // filter value → label
  for (const PageSection& section : sections) {
    changes += section.overview.changes;
    for (std::size_t i = 0; i < section.overview.blocks.size(); ++i) {
      const Block& block = section.overview.blocks[i];
      if (block.changes > 0 && has_place(section, i)) {
        queues.emplace(filter_value(block), block.label);
      }
    }
  }
  if (changes == 0) {
    return {};
  }
  Html html;
  html.raw(
      "<form id=\"filter\" class=\"filter\" role=\"search\" aria-label=\"Filter the changes\" hidden data-changes=\"");
  html.number(changes).raw("\" data-unlisted=\"").number(unlisted).raw("\">\n");
  html.raw("<label class=\"hidden-label\" for=\"q\">Text</label><input id=\"q\" name=\"q\" type=\"search\" ");
  html.raw("placeholder=\"Filter: id, name, value, error   ( / )\" autocomplete=\"off\" spellcheck=\"false\">\n");
  html.raw("<label class=\"hidden-label\" for=\"queue\">Queue</label><select id=\"queue\" name=\"queue\">");
  html.raw("<option value=\"\">All queues</option>");
  for (const auto& [value, label] : queues) {
    html.raw("<option value=\"").text(value).raw("\">").text(label).raw("</option>");
  }
  html.raw("</select>\n<button type=\"button\" id=\"unfold\" aria-pressed=\"false\">Open all</button> ");
  html.raw("<button type=\"reset\">Reset</button>\n<fieldset><legend class=\"hidden-label\">Kinds</legend>");
  for (const auto& [kind, count] : totals_of(report)) {
    html.raw("<label><input type=\"checkbox\" name=\"kind\" value=\"").text(diff::to_text(kind)).raw("\" checked>");
    html.text(total_word(kind)).raw(" <span class=\"soft\">").number(count).raw("</span></label>");
  }
  return std::move(html.raw("</fieldset>\n<output id=\"status\" role=\"status\"></output>\n</form>\n"));
}

}  // namespace qsnap::report
