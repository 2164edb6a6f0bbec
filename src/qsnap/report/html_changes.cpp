// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/utf8.hpp>
#include <qsnap/codec/pretty_json.hpp>
#include <qsnap/report/change_words.hpp>
#include <qsnap/report/html_changes.hpp>
#include <qsnap/report/html_marks.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

using diff::Change;

constexpr std::size_t k_most_fields = 100;        ///< of one change
constexpr std::size_t k_most_ignored_rows = 500;  ///< of one snapshot
constexpr std::size_t k_most_record_bytes = std::size_t{16} * 1024;

using Fields = std::vector<FieldWords>;

/// Which values a table has a column for: where nothing has been there before, it would be empty.
enum class Columns : std::uint8_t { both, before, after };

Columns columns_of(std::span<const Fields> rows) {
  const auto all = [&](FieldWords::Step step) {
    return std::all_of(rows.begin(), rows.end(), [&](const Fields& fields) {
      return std::all_of(fields.begin(), fields.end(), [&](const FieldWords& field) {
        return field.step == step || field.step == FieldWords::Step::unlisted;
      });
    });
  };
  return all(FieldWords::Step::appeared) ? Columns::after
         : all(FieldWords::Step::gone)   ? Columns::before
                                         : Columns::both;
}

void append_heading(Html& html, Columns columns) {
  html.raw("<th scope=\"col\" class=\"path\">Member</th>");
  if (columns != Columns::after) {
    html.raw("<th scope=\"col\">Before</th>");
  }
  if (columns != Columns::before) {
    html.raw("<th scope=\"col\">After</th>");
  }
}

void append_values(Html& html, const FieldWords& field, Columns columns) {
  const bool both = field.step == FieldWords::Step::changed;
  const MarkedValues values = both ? marked_values(field.before, field.after)
                                   : MarkedValues{whole_value(field.before), whole_value(field.after)};
  if (columns != Columns::after) {
    const bool absent = field.step == FieldWords::Step::appeared;
    html.raw("<td class=\"value\" data-side=\"before\">");
    html.append(absent ? Html{}.raw("<span class=\"none\">not there</span>") : values.before).raw("</td>");
  }
  if (columns != Columns::before) {
    const bool absent = field.step == FieldWords::Step::gone;
    html.raw("<td class=\"value\" data-side=\"after\">");
    html.append(absent ? Html{}.raw("<span class=\"none\">gone</span>") : values.after);
    if (!field.remark.empty()) {
      html.raw(" <span class=\"remark\">(").text(field.remark).raw(")</span>");
    }
    html.raw("</td>");
  }
}

void append_empty_values(Html& html, Columns columns) {
  html.raw(columns == Columns::both ? Markup{"<td></td><td></td>"} : Markup{"<td></td>"});
}

void append_row(Html& html, const FieldWords& field, Columns columns) {
  html.raw("<th scope=\"row\" class=\"mono\">").text(field.path).raw("</th>");
  if (field.step == FieldWords::Step::unlisted) {
    append_empty_values(html, columns);
  } else {
    append_values(html, field, columns);
  }
}

void append_rest_row(Html& html, std::size_t fields, Columns columns) {
  html.raw("<th scope=\"row\">… ").number(fields).raw(" more in the JSON</th>");
  append_empty_values(html, columns);
}

/// The rows of one change, without <tbody>. `lead`: what stands in a column in front, over all of them.
void append_rows(Html& html, const Fields& fields, Columns columns, const Html& lead) {
  const std::size_t shown = std::min(fields.size(), k_most_fields);
  const std::size_t rows = shown + (shown < fields.size() ? 1 : 0);
  for (std::size_t i = 0; i < rows; ++i) {
    html.raw("<tr>");
    if (i == 0 && !lead.empty()) {
      html.raw("<th scope=\"rowgroup\" class=\"mono id\" rowspan=\"").number(rows).raw("\">").append(lead).raw("</th>");
    }
    if (i < shown) {
      append_row(html, fields[i], columns);
    } else {
      append_rest_row(html, fields.size() - shown, columns);
    }
    html.raw("</tr>");
  }
}

void append_table(Html& html, const Fields& fields) {
  if (fields.empty()) {
    return;
  }
  const Columns columns = columns_of({&fields, 1});
  html.raw("<table class=\"fields\"><thead><tr>");
  append_heading(html, columns);
  html.raw("</tr></thead><tbody>");
  append_rows(html, fields, columns, {});
  html.raw("</tbody></table>\n");
}

/// A JSON value on many lines.
void append_json(Html& html, Markup label, std::string_view json) {
  html.raw("<pre tabindex=\"0\" aria-label=\"").raw(label).raw("\">");
  codec::PrettyJson pretty{json, 0};
  std::string text;
  while (!pretty.at_end() && text.size() < k_most_record_bytes) {
    pretty.append_some(text);
  }
  const bool whole = pretty.at_end() && text.size() <= k_most_record_bytes;
  std::string_view rest = std::string_view{text}.substr(0, character_start(text, k_most_record_bytes));
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    html.text(line).raw("\n");
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  html.raw(whole ? Markup{"</pre>\n"} : Markup{"… more in the JSON</pre>\n"});
}

/// What a complete comparison has beside the fields: the record, and members in a codec as they are stored.
void append_raw(Html& html, const Change& change) {
  if (!change.record.empty()) {
    append_json(html, "The record", change.record);
  }
  if (change.encoded.empty()) {
    return;
  }
  html.raw("<details><summary>As stored</summary>");
  for (const diff::FieldChange& field : change.encoded) {
    html.raw("<p class=\"mono\">").text(field.path).raw("</p>");
    if (field.before) {
      append_json(html, "Before, as stored", *field.before);
    }
    if (field.after) {
      append_json(html, "After, as stored", *field.after);
    }
  }
  html.raw("</details>\n");
}

std::string id_of(const Change& change) {
  return change.id.empty() ? "(no id)" : change.id;
}

/// Whether the headline says all there is to it: an error that was not there before.
bool is_told(const Change& change, const diff::FieldChange& field) {
  const bool counts = field.path == field_path::k_retry_count;
  const bool shown = !counts || change.kind == diff::ChangeKind::moved || field.after == "0";
  return is_headline(field) && !field.before && shown;
}

/// The fields of a change that its headline leaves to tell.
std::vector<std::size_t> untold_fields(const Change& change) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < change.fields.size(); ++i) {
    if (!is_told(change, change.fields[i])) {
      indices.push_back(i);
    }
  }
  return indices;
}

/// Which fields all members of a group agree in. Empty where they do not change the same members: of what was added.
struct Agreement {
  std::vector<std::size_t> same;
  std::vector<std::size_t> different;
};

bool have_same_paths(const ChangeGroup& group) {
  const auto same_path = [](const diff::FieldChange& a, const diff::FieldChange& b) { return a.path == b.path; };
  return std::all_of(group.begin(), group.end(), [&](const Change* change) {
    return std::equal(change->fields.begin(), change->fields.end(), group.front()->fields.begin(),
                      group.front()->fields.end(), same_path);
  });
}

Agreement agreement_of(const ChangeGroup& group) {
  Agreement agreement;
  const auto& first = group.front()->fields;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const bool same = std::all_of(group.begin(), group.end(), [&](const Change* change) {
      return change->fields[i].before == first[i].before && change->fields[i].after == first[i].after;
    });
    if (!same) {
      agreement.different.push_back(i);
    } else if (!is_told(*group.front(), first[i])) {
      agreement.same.push_back(i);
    }
  }
  return agreement;
}

Fields chosen(Fields fields, const std::vector<std::size_t>& indices) {
  Fields out;
  for (const std::size_t i : indices) {
    out.push_back(std::move(fields.at(i)));
  }
  return out;
}

Fields all_fields(const Change& change) {
  return field_words({&change}, Detail::full);
}

void append_ids(Html& html, const ChangeGroup& group, std::size_t listed) {
  html.raw("<ul class=\"ids mono\">");
  for (std::size_t i = 0; i < listed; ++i) {
    html.raw("<li>").text(id_of(*group[i])).raw("</li>");
  }
  html.raw("</ul>\n");
}

/// A table with the members of a group and the fields in which they differ.
void append_members(Html& html, const ChangeGroup& group, std::size_t listed,
                    const std::vector<std::size_t>& different) {
  std::vector<Fields> rows;
  for (std::size_t i = 0; i < listed; ++i) {
    rows.push_back(chosen(all_fields(*group[i]), different));
  }
  const Columns columns = columns_of(rows);
  html.raw("<table class=\"fields members\"><thead><tr><th scope=\"col\" class=\"id\">Id</th>");
  append_heading(html, columns);
  html.raw("</tr></thead>\n");
  for (std::size_t i = 0; i < listed; ++i) {
    html.raw("<tbody>");
    append_rows(html, rows[i], columns, Html{}.text(id_of(*group[i])));
    html.raw("</tbody>\n");
  }
  html.raw("</table>\n");
}

/// The members of a group in which each has fields or a record of its own.
void append_records(Html& html, const ChangeGroup& group, std::size_t listed) {
  html.raw("<ul class=\"members\">\n");
  for (std::size_t i = 0; i < listed; ++i) {
    const Change& change = *group[i];
    html.raw("<li><details><summary class=\"mono\">").text(id_of(change)).raw("</summary>\n");
    append_table(html, all_fields(change));
    append_raw(html, change);
    html.raw("</details></li>\n");
  }
  html.raw("</ul>\n");
}

void append_group_body(Html& html, const ChangeGroup& group, std::size_t listed) {
  const bool whole = std::any_of(group.begin(), group.end(), [](const Change* change) {
    return !change->record.empty() || !change->encoded.empty();
  });
  if (whole || !have_same_paths(group)) {
    append_records(html, group, listed);
    return;
  }
  const Agreement agreement = agreement_of(group);
  if (!agreement.same.empty()) {
    html.raw("<p class=\"soft\">All ").number(group.size()).raw(" of them:</p>\n");
    append_table(html, chosen(all_fields(*group.front()), agreement.same));
  }
  if (agreement.different.empty()) {
    append_ids(html, group, listed);
  } else {
    append_members(html, group, listed, agreement.different);
  }
}

void append_headline(Html& html, const GroupWords& group) {
  const Markup tone = class_of(group.tone);
  html.raw("<span class=\"sign ").raw(tone).raw("\">").text(group.sign).raw("</span> ");
  html.raw("<span class=\"who\">").text(group.who).raw("</span> ");
  if (!group.name.empty()) {
    html.raw("<span class=\"name\">").text(group.name).raw("</span> ");
  }
  html.raw("<span class=\"what ").raw(tone).raw("\">").text(group.what).raw("</span> ");
  if (!group.remark.empty()) {
    html.raw("<span class=\"remark\">").text(group.remark);
    if (group.other_remarks > 0) {
      html.raw(" … and ").text(quantity(group.other_remarks, "other message"));
    }
    html.raw("</span>");
  }
}

std::size_t rows_of(const Change& change) {
  return 1 + std::min(change.fields.size(), k_most_fields);
}

}  // namespace

std::size_t ListingBudget::take(const GroupWords& group) {
  constexpr std::size_t k_most_of_group = 500;
  std::size_t listed = 0;
  for (const Change* change : group.changes) {
    const std::size_t rows = rows_of(*change);
    if (listed == k_most_of_group || rows > m_rows_left) {
      break;
    }
    m_rows_left -= rows;
    ++listed;
  }
  return listed;
}

Markup class_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::bad:
      return "bad";
    case Tone::warn:
      return "warn";
    case Tone::accent:
      return "move";
    case Tone::faint:
      return "soft";
    case Tone::plain:
    case Tone::strong:
      break;
  }
  return "plain";
}

std::string filter_value(const Block& block) {
  return block.queue.empty() ? fmt::format("({})", block.label) : block.queue;
}

bool is_small(const GroupWords& group) {
  constexpr std::size_t k_few_rows = 12;
  std::size_t rows = 0;
  for (const Change* change : group.changes) {
    rows += rows_of(*change);
  }
  return rows <= k_few_rows;
}

Html group_html(const Block& block, const GroupWords& group, std::size_t listed, Fold fold) {
  const Change& first = *group.changes.front();
  const bool single = group.changes.size() == 1;
  const std::vector<std::size_t> untold = untold_fields(first);
  const bool bare = single && untold.empty() && first.record.empty() && first.encoded.empty();
  Html html;
  html.raw(bare ? Markup{"<div class=\"group\""} : Markup{"<details class=\"group\""});
  html.raw(" data-kind=\"").text(diff::to_text(group.kind)).raw("\" data-queue=\"").text(filter_value(block));
  html.raw("\" data-changes=\"").number(group.changes.size());
  html.raw("\" data-unlisted=\"").number(group.changes.size() - listed);
  html.raw(fold == Fold::open && !bare ? Markup{"\" open>"} : Markup{"\">"});
  html.raw(bare ? Markup{"<p class=\"head\">"} : Markup{"<summary class=\"head\">"});
  append_headline(html, group);
  if (bare) {
    return std::move(html.raw("</p></div>\n"));
  }
  html.raw("</summary>\n<div class=\"inside\">\n");
  if (single) {
    append_table(html, chosen(all_fields(first), untold));
    append_raw(html, first);
  } else {
    append_group_body(html, group.changes, listed);
  }
  if (listed < group.changes.size()) {
    html.raw("<p class=\"soft\">… ").number(group.changes.size() - listed).raw(" more in the JSON</p>\n");
  }
  return std::move(html.raw("</div></details>\n"));
}

Html ignored_html(std::span<const diff::IgnoredDifference> ignored) {
  Html html;
  html.raw("<details><summary>The differences that were left out</summary><div class=\"scroll\" tabindex=\"0\" ");
  html.raw("role=\"region\" aria-label=\"Differences left out\"><table class=\"left-out\"><thead><tr>");
  html.raw("<th scope=\"col\">Rule</th><th scope=\"col\">Where</th><th scope=\"col\">Member</th>");
  html.raw("<th scope=\"col\">Before</th><th scope=\"col\">After</th></tr></thead><tbody>\n");
  const std::size_t shown = std::min(ignored.size(), k_most_ignored_rows);
  for (const diff::IgnoredDifference& difference : ignored.first(shown)) {
    html.raw("<tr><td class=\"rule\">")
        .text(ignored_word(difference.rule))
        .raw("</td><td>")
        .text(diff::to_text(difference.subject));
    html.raw(" ").text(difference.id).raw(" ").text(difference.name).raw(" <span class=\"soft\">");
    html.text(difference.place.queue).raw(" ").text(difference.place.state).raw("</span></td><td class=\"mono\">");
    const FieldWords words = field_words(difference.field);
    html.text(words.path.empty() ? "all of it" : words.path).raw("</td>");
    html.raw("<td class=\"value\">").append(whole_value(words.before)).raw("</td>");
    html.raw("<td class=\"value\">").append(whole_value(words.after)).raw("</td></tr>\n");
  }
  html.raw("</tbody></table></div>");
  if (shown < ignored.size()) {
    html.raw("<p class=\"soft\">… ").number(ignored.size() - shown).raw(" more in the JSON</p>");
  }
  return std::move(html.raw("</details>\n"));
}

}  // namespace qsnap::report
