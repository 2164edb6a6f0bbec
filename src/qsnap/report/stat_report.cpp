// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/overview.hpp>
#include <qsnap/report/text_parts.hpp>

/// --stat: a line for each snapshot and each of its queues, with a bar like git's; --name-only.
namespace qsnap::report {

namespace {

struct Sign {
  std::string_view text;
  Tone tone;
};
/// Of groups of changes, in the order of the bar.
constexpr std::array<Sign, 6> k_signs = {
    {{"+", Tone::good}, {"-", Tone::bad}, {">", Tone::accent}, {"!", Tone::bad}, {"^", Tone::warn}, {"~", Tone::warn}}};

/// How many changes have which sign.
using Tally = std::array<std::uint64_t, k_signs.size()>;

std::uint64_t total(const Tally& tally) {
  return std::accumulate(tally.begin(), tally.end(), std::uint64_t{0});
}

struct Line {
  std::string label;  ///< escaped
  Tally tally;
  std::string words;  ///< instead of a bar: "new: 123 jobs in 7 queues"
};

Tally tally_of(const Block& block) {
  Tally tally{};
  for (const GroupWords& group : block.groups) {
    const auto at =
        std::find_if(k_signs.begin(), k_signs.end(), [&](const Sign& sign) { return sign.text == group.sign; });
    tally.at(static_cast<std::size_t>(at - k_signs.begin())) += group.count;
  }
  return tally;
}

std::vector<Line> lines_of(const SnapshotDiff& diff, const Overview& overview) {
  Line head{escape_terminal(diff.name), {}, ""};
  if (diff.status != SnapshotStatus::compared || diff.is_equal()) {
    head.words = escape_terminal(verdict_words(diff, overview));
    return {head};
  }
  std::vector<Line> lines = {head};
  for (const Block& block : overview.blocks) {
    if (block.changes > 0) {
      lines.push_back({"  " + escape_terminal(block.label), tally_of(block), ""});
      std::transform(lines.front().tally.begin(), lines.front().tally.end(), lines.back().tally.begin(),
                     lines.front().tally.begin(), std::plus{});
    }
  }
  return lines;
}

/// As many columns for each sign as its share of the longest bar, and at least one where there is any.
std::string bar(const Tally& tally, std::uint64_t longest, int width, const Style& style) {
  const auto room = static_cast<std::uint64_t>(width);
  std::string text;
  for (std::size_t i = 0; i < tally.size(); ++i) {
    const std::uint64_t count = tally.at(i);
    const std::uint64_t columns = longest <= room ? count : std::max<std::uint64_t>(count * room / longest, count > 0);
    text += style.paint(k_signs.at(i).tone, std::string(columns, k_signs.at(i).text.front()));
  }
  return text;
}

/// " label | 36  +1 >32 !3  +>>>>!": a column for each sign that any line has.
class StatTable {
 public:
  StatTable(std::vector<Line> lines, const Style& style) : m_lines(std::move(lines)), m_style(style) {
    for (const Line& line : m_lines) {
      m_longest = std::max(m_longest, total(line.tally));
      m_label_width = std::max(m_label_width, display_width(line.label));
      for (std::size_t i = 0; i < k_signs.size(); ++i) {
        const std::uint64_t count = line.tally.at(i);
        m_widths.at(i) =
            std::max(m_widths.at(i), count == 0 ? 0 : static_cast<int>(fmt::formatted_size(" +{}", count)));
      }
    }
    m_label_width = std::min(m_label_width, std::max(m_style.width / 2, k_least));
  }

  [[nodiscard]] std::string take() const {
    std::string text;
    for (const Line& line : m_lines) {
      text += fmt::format(" {} | ", pad_right(cut(line.label, m_label_width), m_label_width));
      text += line.words.empty() ? numbers(line.tally) : line.words;
      text += "\n";
    }
    return text;
  }

 private:
  [[nodiscard]] std::string numbers(const Tally& tally) const {
    const std::string longest = fmt::format("{}", m_longest);
    std::string text = fmt::format("{:>{}} ", total(tally), longest.size());
    int column = m_label_width + static_cast<int>(longest.size()) + 7;  // the bar's gap, and the signs around the label
    for (std::size_t i = 0; i < tally.size(); ++i) {
      const std::string count = tally.at(i) == 0 ? std::string{} : fmt::format("{}{}", k_signs.at(i).text, tally.at(i));
      text += pad_left(count, m_widths.at(i));
      column += m_widths.at(i);
    }
    // What gets rounded up to one column for each sign has room, too.
    const int room = std::max(m_style.width - column - static_cast<int>(k_signs.size()), k_least);
    return text + "  " + bar(tally, m_longest, room, m_style);
  }

  static constexpr int k_least = 12;
  std::vector<Line> m_lines;
  Style m_style;
  std::uint64_t m_longest = 0;
  int m_label_width = 0;
  std::array<int, k_signs.size()> m_widths{};  ///< of the columns, with the gap in front
};

}  // namespace

Result<void> write_stat(const DiffReport& report, const FaceOptions& options, const Output& out) {
  QSNAP_TRY(out(set_heading(report, options.style)));
  std::vector<Line> lines;
  std::string endings;
  for (const SnapshotDiff& diff : report.snapshots) {
    const Overview overview = overview_of(diff, Detail::folded);
    const std::vector<Line> more = lines_of(diff, overview);
    lines.insert(lines.end(), more.begin(), more.end());
    const std::string left_out = left_out_text(diff, overview, options);
    if (!report.is_set()) {
      endings = snapshot_ending(diff, overview, options);
    } else if (!left_out.empty()) {
      endings += fmt::format("{}:\n{}", escape_terminal(diff.name), left_out);
    }
  }
  QSNAP_TRY(out(StatTable{std::move(lines), options.style}.take()));
  return out(endings + (report.is_set() ? set_ending(report, options.style) : std::string{}));
}

Result<void> write_name_only(const DiffReport& report, const Output& out) {
  for (const SnapshotDiff& diff : report.snapshots) {
    if (!diff.is_equal()) {
      QSNAP_TRY(out(escape_terminal(diff.name) + "\n"));
    }
  }
  return {};
}

}  // namespace qsnap::report
