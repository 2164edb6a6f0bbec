// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/diff_report.hpp>

/// One comparison that has everything: all kinds and subjects, several snapshots, and texts that want out of the
/// report. Every face is tested with it, and its golden files show it.
namespace qsnap::test {

/// What a hostile repository or Redis would have in its texts, each aimed at another face.
inline const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts = {
      "\x1b[31mred\x1b]0;title\x07\xc2\x9b"
      "1m",
      "</script><script>alert(1)</script>",
      "<img src=x onerror=alert(1)>\"'&amp;",
      "```\n## heading | `code` @everyone #123 <!-- comment -->",
      "]]> --> %0A::error::injected\r\n::warning file=x::injected",
      "\u202egnp.exe\u202c\u200b\ufeff",
      "not \xff\xfe UTF-8 \xc3",
      "日本語のエラー 🚀 e\u0301",
  };
  return texts;
}

namespace rich {

inline const std::string k_email = "bullmq:bull:email";
inline const std::string k_payments = "bullmq:bull:payments";
inline const std::string k_other_email = "sidekiq::email";

inline diff::Change change(diff::ChangeKind kind, diff::Subject subject, std::string id, std::string name) {
  diff::Change made;
  made.kind = kind;
  made.subject = subject;
  made.id = std::move(id);
  made.name = std::move(name);
  return made;
}

/// A job that stays where it is.
inline diff::Change job(diff::ChangeKind kind, std::string id, std::string name, const diff::Place& place,
                        std::vector<diff::FieldChange> fields) {
  diff::Change made = change(kind, diff::Subject::job, std::move(id), std::move(name));
  made.before = place;
  made.after = place;
  made.fields = std::move(fields);
  return made;
}

inline diff::Change moved(std::string id, std::string name, const diff::Place& before, const diff::Place& after,
                          std::vector<diff::FieldChange> fields = {}) {
  diff::Change made = job(diff::ChangeKind::moved, std::move(id), std::move(name), before, std::move(fields));
  made.after = after;
  return made;
}

inline diff::Change added(diff::Change made) {
  made.kind = diff::ChangeKind::added;
  made.before.reset();
  return made;
}
inline diff::Change removed(diff::Change made) {
  made.kind = diff::ChangeKind::removed;
  made.after.reset();
  return made;
}

inline diff::Change of(diff::ChangeKind kind, diff::Subject subject, std::string id, const std::string& queue,
                       std::vector<diff::FieldChange> fields = {}) {
  diff::Change made = change(kind, subject, std::move(id), "");
  made.before = diff::Place{queue, ""};
  made.after = made.before;
  made.fields = std::move(fields);
  return made;
}

/// A text as the documents have it: a JSON string, or {"$b64":"…"} where it is no UTF-8.
inline std::string json(const std::string& text) {
  return json_bytes(text);
}

inline void add_jobs(std::vector<diff::Change>& list) {
  using Kind = diff::ChangeKind;
  for (int id = 1; id <= 32; ++id) {
    list.push_back(moved(std::to_string(id), "send", {k_email, "waiting"}, {k_email, "completed"},
                         {{".return_value.accepted", {}, json("user" + std::to_string(id) + "@example.com")}}));
  }
  for (int id = 33; id <= 35; ++id) {
    list.push_back(moved(std::to_string(id), "send", {k_email, "waiting"}, {k_email, "failed"},
                         {{".error", {}, json("SmtpError: 421 mailbox " + std::to_string(id) + " busy")}}));
  }
  const diff::Place delayed{k_payments, "delayed"};
  list.push_back(job(Kind::retried, "7", "capture", delayed,
                     {{".error", {}, json("gateway timeout after 30000ms")}, {".retry_count", "1", "2"}}));
  list.push_back(
      job(Kind::error_changed, "8", "capture", delayed, {{".error", json("card declined"), json("card expired")}}));
  list.push_back(job(Kind::payload_changed, "42", "capture", delayed,
                     {{".payload.amount.value", "12.5", "13"},
                      {".payload.note", json("urgent"), {}},
                      {".payload.ref", {}, "\"\""},
                      {".payload.text", json("please ship the order to the old address, thank you very much"),
                       json("please ship the order to the new address, thank you very much")},
                      {".payload.account", "12", "\"12\""}}));
  list.push_back(job(Kind::priority_changed, "43", "capture", delayed, {{".priority", "3", "1"}}));
  list.push_back(job(Kind::schedule_changed, "44", "remind", delayed, {{".due_in_ms", "300003", "3899999"}}));
  list.push_back(job(Kind::schedule_changed, "45", "remind", delayed, {{".delay_ms", "2000", "3600000"}}));
  list.push_back(job(Kind::flow_changed, "46", "invoice", {k_payments, "waiting-children"},
                     {{".refs", R"([{"name":"charge","queue":"bullmq:bull:payments","role":"pending"}])",
                       R"([{"name":"charge","queue":"bullmq:bull:payments","role":"processed"}])"}}));
  list.push_back(job(Kind::reordered, "47", "capture", {k_payments, "waiting"}, {}));
  list.push_back(
      job(Kind::changed, "48", "capture", delayed, {{".opts.attempts", "3", "5"}, {".opts.removeOnFail", {}, "true"}}));
  list.push_back(added(job(Kind::changed, "900", "refund", {k_payments, "waiting"}, {{".payload.amount", {}, "5"}})));
  list.push_back(removed(job(Kind::changed, "901", "refund", {k_payments, "waiting"}, {})));
  list.push_back(moved("902", "refund", {k_payments, "failed"}, {k_other_email, "waiting"}));
}

inline void add_others(std::vector<diff::Change>& list) {
  using diff::Subject;
  using Kind = diff::ChangeKind;
  list.push_back(of(Kind::paused, Subject::queue, k_email, k_email, {{".paused", "false", "true"}}));
  list.push_back(of(Kind::resumed, Subject::queue, k_other_email, k_other_email, {{".paused", "true", "false"}}));
  list.push_back(of(Kind::limit_changed, Subject::queue, k_payments, k_payments, {{".meta.concurrency", "5", "10"}}));
  diff::Change joined = of(Kind::added, Subject::worker, "web-2:4711", "sidekiq:");
  joined.before.reset();
  list.push_back(joined);
  diff::Change left = of(Kind::removed, Subject::worker, "web-1:17", "sidekiq:");
  left.after.reset();
  list.push_back(left);
  list.push_back(of(Kind::schedule_changed, Subject::config, "nightly", k_email,
                    {{".pattern", json("0 3 * * *"), json("30 4 * * *")}, {".tz", {}, json("Europe/Berlin")}}));
  list.push_back(of(Kind::schedule_changed, Subject::config, "ping", k_email, {{".every", "60000", "300000"}}));
  for (int i = 0; i < 6; ++i) {
    diff::Change made = of(Kind::added, Subject::key, "cache:" + std::to_string(i), "");
    made.before.reset();
    list.push_back(made);
  }
  list.push_back(of(Kind::changed, Subject::key, "inventory", "",
                    {{".items[\"apples\"]", json("3"), json("4")},
                     {".items[\"pears\"]", {}, json("1")},
                     {".items[\"plums\"]", json("9"), {}}}));
  list.push_back(of(Kind::changed, Subject::key, "log", "",
                    {{".items[7]", {}, json("a")}, {".items[8]", {}, json("b")}, {"(31 more)", {}, {}}}));
}

/// Every text of a change is hostile; and long values.
inline void add_hostile(std::vector<diff::Change>& list) {
  for (const std::string& text : hostile_texts()) {
    list.push_back(job(diff::ChangeKind::payload_changed, text, text, {k_other_email, text},
                       {{".payload." + text, json(text), json(text + "!")}, {".error", json("old"), json(text)}}));
  }
  const std::string front(10'000, 'x');
  list.push_back(job(diff::ChangeKind::payload_changed, "903", "bulk", {k_other_email, "waiting"},
                     {{".payload.blob", json(front + "one"), json(front + "two")},
                      {".payload.prose", json("The " + front + " jumps over the lazy dog and the quick cat"),
                       json("The " + front + " jumps over the lazy cat and the quick dog")},
                      {".payload.fresh", {}, json(front)}}));
}

inline diff::Changes changes() {
  diff::Changes made;
  add_jobs(made.list);
  add_hostile(made.list);
  add_others(made.list);
  made.queues[k_email] = {{{"active", 3}, {"completed", 16}, {"waiting", 110}},
                          {{"active", 3}, {"completed", 48}, {"failed", 3}, {"waiting", 75}}};
  made.queues[k_payments] = {{{"delayed", 9}, {"failed", 1}, {"waiting", 4}}, {{"delayed", 9}, {"waiting", 4}}};
  made.queues[k_other_email] = {{{"waiting", 1}}, {{"waiting", 2}}};
  made.queues["bullmq:bull:quiet"] = {{{"waiting", 5}}, {{"waiting", 5}}};
  made.ignored = {{"volatile", 126}, {"derived keys", 13}, {"jobs.payload.requestId", 2}};
  const auto ignore = [&](std::string rule, std::string id, diff::FieldChange field) {
    made.ignored_list.push_back(
        {std::move(rule), diff::Subject::job, std::move(id), "send", {k_email, "waiting"}, std::move(field)});
  };
  ignore("jobs.payload.requestId", "50", {".payload.requestId", json("a1"), json("b2")});
  ignore("jobs.payload.requestId", "51", {".payload.requestId", {}, json("<b>")});
  ignore("volatile", "50", {".volatile.created_at_ms", "1790000000000", "1790000000123"});
  made.unmatched_rules = {"jobs.payload.nothing", "jobs[queue=<b>|`x`].payload"};
  return made;
}

}  // namespace rich

/// Two sides, the second one live.
inline report::DiffReport rich_report() {
  report::DiffReport report;
  report.program_version = "0.6.0";
  report::SnapshotDiff diff;
  diff.name = "test-cases/checkout-flow";
  diff.file = ".queue-snapshots/test-cases/checkout-flow.qsnap";
  diff.sides.before = "HEAD~1:checkout-flow";
  diff.sides.after = "live";
  diff.sides.after_consistency = model::Consistency::none;
  diff.sides.notes = {"the sides were redacted with different keys, so tokens are not compared"};
  diff.changes = rich::changes();
  report.snapshots.push_back(std::move(diff));
  return report;
}

/// A range of commits, with every status.
inline report::DiffReport rich_range() {
  report::DiffReport report = rich_report();
  report.range = "origin/main...HEAD";
  report.unchanged = 117;
  const auto add = [&](std::string name, report::SnapshotStatus status) -> report::SnapshotDiff& {
    report::SnapshotDiff diff;
    diff.file = ".queue-snapshots/" + name + ".qsnap";
    diff.sides.before = "origin/main:" + name;
    diff.sides.after = "HEAD:" + name;
    diff.name = std::move(name);
    diff.status = status;
    return report.snapshots.emplace_back(std::move(diff));
  };
  add("history/2026-11-20", report::SnapshotStatus::added).changes.queues = {
      {rich::k_email, {{}, {{"completed", 10}, {"waiting", 46}}}}, {rich::k_payments, {{}, {{"delayed", 4}}}}};
  add("test-cases/broken", report::SnapshotStatus::unreadable).trouble =
      "HEAD:test-cases/broken has unresolved conflicts; see git qsnap conflicts";
  add("test-cases/old-flow", report::SnapshotStatus::removed).changes.queues = {
      {rich::k_email, {{{"waiting", 3}}, {}}}};
  diff::Changes& small = add("test-cases/small", report::SnapshotStatus::compared).changes;
  small.list = {rich::moved("1", "send", {rich::k_email, "waiting"}, {rich::k_email, "failed"},
                            {{".error", {}, rich::json("boom")}})};
  small.queues[rich::k_email] = {{{"waiting", 1}}, {{"failed", 1}}};
  return report;
}

}  // namespace qsnap::test
