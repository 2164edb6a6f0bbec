// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <fmt/format.h>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/html_changes.hpp>
#include <qsnap/report/html_commands.hpp>
#include <qsnap/report/html_summary.hpp>
#include <qsnap/report/html_tables.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/report_words.hpp>

namespace qsnap::report {

namespace {

/// Beyond it, a page would be mostly data that no browser shows; the program prints it.
constexpr std::uint64_t k_most_embedded_changes = 50'000;

class HtmlReport {
 public:
  HtmlReport(const DiffReport& report, Detail detail, const Output& out) : m_report(report), m_out(out) {
    for (const SnapshotDiff& diff : report.snapshots) {
      m_sections.push_back({&diff, overview_of(diff, detail), m_sections.size() + 1});
      m_changes += m_sections.back().overview.changes;
      for (const Block& block : m_sections.back().overview.blocks) {
        m_groups += block.groups.size();
      }
    }
  }

  Result<void> write() {
    const std::string verdict = page_verdict(m_report, m_sections);
    QSNAP_TRY(m_out(page_begin(fmt::format("{}: {}", subject(), verdict)).take()));
    QSNAP_TRY(m_out(top(verdict).take()));
    QSNAP_TRY(m_out(is_single() ? tables(m_sections.front()).take() : index_html(m_sections).take()));
    QSNAP_TRY(m_out(filter_html(m_report, m_sections, count_unlisted()).take()));
    QSNAP_TRY(m_out("<div id=\"changes\" class=\"changes\">\n"));
    for (const PageSection& section : m_sections) {
      QSNAP_TRY(is_single() ? blocks(section) : whole_section(section));
    }
    QSNAP_TRY(m_out("</div>\n"));
    QSNAP_TRY(m_out(commands_html(m_report).take()));
    QSNAP_TRY(m_out("</main>\n"));
    QSNAP_TRY(data());
    QSNAP_TRY(m_out(footer().take()));
    return m_out(page_end().take());
  }

 private:
  /// Two sides, and so one snapshot, whose tables stand above the filter.
  [[nodiscard]] bool is_single() const { return !m_report.is_set(); }

  /// Where there are few groups, those that are short can be read at once.
  [[nodiscard]] Fold fold_of(const GroupWords& group) const {
    constexpr std::size_t k_few_groups = 25;
    return m_groups <= k_few_groups && is_small(group) ? Fold::open : Fold::closed;
  }

  /// What is compared.
  [[nodiscard]] std::string subject() const {
    if (!m_report.range.empty()) {
      return m_report.range;
    }
    return is_single() ? m_sections.front().diff->name : std::string{"snapshots"};
  }

  [[nodiscard]] Html top(std::string_view verdict) const {
    Html html;
    html.raw("<body>\n<a class=\"skip\" href=\"#changes\">Skip to the changes</a>\n<header class=\"top\">\n");
    html.raw("<div class=\"brand\"><span>git qsnap · what changed in the queues</span>");
    html.raw("<button type=\"button\" id=\"theme\" hidden>Light / dark</button></div>\n");
    const StatusWords status = m_report.is_equal() ? status_words({})
                               : is_single()       ? status_words(*m_sections.front().diff)
                                                   : StatusWords{"~", Tone::warn, "changed"};
    html.raw("<h1><span class=\"sign ").raw(class_of(status.tone)).raw("\">").text(status.sign).raw("</span> ");
    html.text(subject()).raw("<span class=\"verdict\">").text(verdict).raw("</span></h1>\n");
    html.append(is_single() ? facts_html(m_sections.front()) : range_facts_html(m_report));
    return std::move(html.raw("</header>\n<main>\n").append(cards_html(m_report, m_sections)));
  }

  static Html tables(const PageSection& section) { return std::move(queues_html(section).append(moves_html(section))); }

  Result<void> whole_section(const PageSection& section) {
    Html html;
    html.raw("<section class=\"snapshot\" aria-labelledby=\"s").number(section.number).raw("\">\n<h2 id=\"s");
    html.number(section.number).raw("\">").text(section.diff->name).raw("</h2>\n<p>");
    html.text(verdict_words(*section.diff, section.overview)).raw("</p>\n");
    QSNAP_TRY(m_out(html.append(facts_html(section)).append(tables(section)).take()));
    QSNAP_TRY(blocks(section));
    return m_out("</section>\n");
  }

  Result<void> blocks(const PageSection& section) {
    for (std::size_t i = 0; i < section.overview.blocks.size(); ++i) {
      if (section.overview.blocks[i].changes > 0 && has_place(section, i)) {
        QSNAP_TRY(block(section.overview.blocks[i], block_id(section, i)));
      }
    }
    const auto& ignored = section.diff->changes.ignored_list;
    return ignored.empty() ? Result<void>{} : m_out(ignored_html(ignored).take());
  }

  Result<void> block(const Block& block, const std::string& id) {
    Html html;
    html.raw("<section class=\"block\" aria-labelledby=\"").text(id).raw("\">\n<header><h3 id=\"").text(id).raw("\">");
    html.text(block.label).raw("</h3>");
    if (!block.queue.empty() && block.queue != block.label) {
      html.raw(" <span class=\"soft mono\">").text(block.queue).raw("</span>");
    }
    html.raw(" <span class=\"soft\">").text(quantity(block.changes, "change")).raw("</span></header>\n");
    std::uint64_t left_out = 0;
    for (const GroupWords& group : block.groups) {
      const std::size_t listed = m_budget.take(group);
      if (listed > 0) {
        html.append(group_html(block, group, listed, fold_of(group)));
        QSNAP_TRY(m_out(html.take()));
      } else {
        left_out += group.changes.size();
      }
    }
    if (left_out > 0) {
      html.raw("<p class=\"soft\">… and ").text(quantity(left_out, "more change")).raw(" in the JSON</p>\n");
    }
    return m_out(html.raw("</section>\n").take());
  }

  /// Changes of groups that find no place on the page.
  [[nodiscard]] std::uint64_t count_unlisted() const {
    ListingBudget budget;
    std::uint64_t unlisted = 0;
    for (const PageSection& section : m_sections) {
      for (std::size_t i = 0; i < section.overview.blocks.size(); ++i) {
        for (const GroupWords& group : section.overview.blocks[i].groups) {
          const bool listed = has_place(section, i) && budget.take(group) > 0;
          unlisted += listed ? 0 : group.changes.size();
        }
      }
    }
    return unlisted;
  }

  [[nodiscard]] bool embeds_json() const { return m_changes <= k_most_embedded_changes; }

  Result<void> data() {
    if (!embeds_json()) {
      return {};
    }
    QSNAP_TRY(m_out("<script type=\"application/json\" id=\"qsnap-diff\">"));
    QSNAP_TRY(write_json(m_report, [&](std::string_view piece) { return m_out(script_data(piece)); }));
    return m_out("</script>\n");
  }

  [[nodiscard]] Html footer() const {
    Html html;
    html.raw("<footer>git-qsnap ").text(m_report.program_version).raw(". ");
    if (embeds_json()) {
      html.raw("All of it is in this file as JSON, too: in the script element <code>qsnap-diff</code>.");
    } else {
      html.raw("The JSON, which <code>git qsnap diff --format=json</code> prints, is too long for a page.");
    }
    return std::move(html.raw("</footer>\n"));
  }

  const DiffReport& m_report;  ///< not owned; outlives this
  const Output& m_out;         ///< likewise
  std::vector<PageSection> m_sections;
  std::uint64_t m_changes = 0;
  std::size_t m_groups = 0;
  ListingBudget m_budget;
};

}  // namespace

Result<void> write_html(const DiffReport& report, const FaceOptions& options, const Output& out) {
  return HtmlReport{report, options.detail, out}.write();
}

}  // namespace qsnap::report
