// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <support/rich_report.hpp>

/// Comparisons for the HTML report alone: every text hostile, and very many changes.
namespace qsnap::test {

/// Each would set a canary, where a browser took it for markup, script or style.
inline const std::vector<std::string>& script_texts() {
  static const std::vector<std::string> texts = {
      "<script>canary=1</script>",
      "</script><script>canary=2</script>",
      "</style><script>canary=3</script>",
      "</title><img src=x onerror=canary=4>",
      "\"><svg/onload=canary=5>",
      "' onmouseover='canary=6' autofocus onfocus='canary=6' x='",
      "\" onfocus=\"canary=7\" autofocus tabindex=\"0",
      "<iframe srcdoc=\"<script>parent.canary=8</script>\"></iframe>",
      "<a href=\"javascript:canary=9\">here</a>",
      "<!--<script>canary=10</script>",
      "--><img src=x onerror=canary=11><!--",
      "]]><script>canary=12</script>",
      "&lt;script&gt;canary=13&lt;/script&gt;&#x3c;script>canary=13</script>",
      "<meta http-equiv=refresh content=\"0;url=data:text/html,<script>canary=14</script>\">",
      "<base href=//evil.example/><link rel=stylesheet href=//evil.example/a.css>",
      "<form action=//evil.example/><input name=q autofocus onfocus=canary=16>",
      "<style>@import '//evil.example/b.css';body{background:url(//evil.example/c.png)}</style>",
      "<details open ontoggle=canary=18>",
      "</textarea></pre></table></main></body></html><script>canary=19</script>",
      "{{constructor.constructor('canary=20')()}}${canary=20}",
      "\xc0\xbcscript\xc0\xbe canary=21 \xc0\xbc/script\xc0\xbe",
      "+ADw-script+AD4-canary=22+ADw-/script+AD4-",
      "\xe2\x80\xa8\xe2\x80\xa9*/canary=23/*\\u003cscript\\u003e",
      "<noscript><p title=\"</noscript><img src=x onerror=canary=24>\">",
      "#q=<img src=x onerror=canary=25>&kind=<b>",
  };
  return texts;
}

namespace pages {

inline diff::Change hostile_change(const std::string& text, diff::ChangeKind kind, diff::Subject subject) {
  diff::Change made = rich::change(kind, subject, text, text);
  made.before = diff::Place{text, text};
  made.after = diff::Place{text, text + "2"};
  const std::string json = rich::json(text);
  made.fields = {{"." + text, json, rich::json(text + "!")},
                 {".error", {}, json},
                 {".error_class", {}, json},
                 {".gone", json, {}}};
  made.record = "{" + json_string("k" + std::to_string(text.size())) + ":" + json + "}";
  made.encoded = {{"." + text, json, json}};
  return made;
}

}  // namespace pages

/// A text of the corpus in every place where a text of somebody else can be.
inline report::DiffReport hostile_page() {
  report::DiffReport report;
  report.range = script_texts().front();
  report.program_version = "0.6.0";
  report.unmatched_rules = script_texts();
  for (const std::string& text : script_texts()) {
    report::SnapshotDiff diff;
    diff.name = text;
    diff.file = text;
    diff.sides.before = text;
    diff.sides.after = text;
    diff.sides.before_consistency = model::Consistency::none;
    diff.sides.notes = {text};
    diff.sides.capture = report::CaptureView{text, {}, {}, {text}};
    for (const auto subject :
         {diff::Subject::job, diff::Subject::queue, diff::Subject::worker, diff::Subject::config, diff::Subject::key}) {
      for (const auto kind : {diff::ChangeKind::moved, diff::ChangeKind::payload_changed, diff::ChangeKind::changed}) {
        diff.changes.list.push_back(pages::hostile_change(text, kind, subject));
        diff.changes.list.push_back(pages::hostile_change(text, kind, subject));
        diff.changes.list.back().record.clear();
      }
    }
    diff.changes.queues[text] = {{{text, 3}}, {{text, 2}, {text + "2", 1}}};
    diff.changes.ignored = {{text, 2}};
    diff.changes.ignored_list = {
        {text, diff::Subject::job, text, text, {text, text}, {"." + text, rich::json(text), rich::json(text)}}};
    diff.changes.unmatched_rules = {text};
    report.snapshots.push_back(std::move(diff));
  }
  report::SnapshotDiff broken;
  broken.name = script_texts().front();
  broken.status = report::SnapshotStatus::unreadable;
  broken.trouble = script_texts().back();
  report.snapshots.push_back(std::move(broken));
  return report;
}

/// So many changed jobs in twenty queues, half of them folded.
inline report::DiffReport many_changes(int count) {
  report::DiffReport report;
  report.program_version = "0.6.0";
  report::SnapshotDiff diff;
  diff.name = "test-cases/many";
  diff.sides.before = diff.name;
  diff.sides.after = "live";
  for (int i = 0; i < count; ++i) {
    const std::string queue = "bullmq:bull:queue-" + std::to_string(i % 20);
    const std::string number = std::to_string(i);
    const std::string name = i % 2 == 0 ? "send" : "job-" + number;
    if (i % 4 < 2) {
      diff.changes.list.push_back(
          rich::moved(number, name, {queue, "waiting"}, {queue, "failed"},
                      {{".error", {}, rich::json("SmtpError: 421 mailbox " + number + " is busy, try again later")}}));
    } else {
      diff.changes.list.push_back(rich::job(
          diff::ChangeKind::payload_changed, number, name, {queue, "waiting"},
          {{".payload.order.total", number, number + ".5"},
           {".payload.order.note", rich::json("leave order " + number + " at the door of the neighbour, please"),
            rich::json("leave order " + number + " at the door of the house, please")}}));
    }
    auto& counts = diff.changes.queues[queue];
    ++counts.before["waiting"];
    ++counts.after[i % 4 < 2 ? "failed" : "waiting"];
  }
  report.snapshots.push_back(std::move(diff));
  return report;
}

}  // namespace qsnap::test
