// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/load_report.hpp>

namespace qsnap::report {

namespace {

/// "3m 20s", "2d 4h": the two largest units, for a time shift.
std::string readable_span(std::chrono::milliseconds span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::abs(span)).count();
  constexpr std::int64_t k_minute = 60;
  constexpr std::int64_t k_hour = 60 * k_minute;
  constexpr std::int64_t k_day = 24 * k_hour;
  if (seconds >= k_day) {
    return fmt::format("{}d {}h", seconds / k_day, seconds % k_day / k_hour);
  }
  if (seconds >= k_hour) {
    return fmt::format("{}h {}m", seconds / k_hour, seconds % k_hour / k_minute);
  }
  return seconds >= k_minute ? fmt::format("{}m {}s", seconds / k_minute, seconds % k_minute)
                             : fmt::format("{}s", seconds);
}

/// "is" for one, "are" for any other number.
std::string_view are(std::uint64_t count) {
  return count == 1 ? "is" : "are";
}

std::string_view done_word(const LoadView& view) {
  if (view.merge) {
    return view.dry_run ? "would merge" : "merged";
  }
  return view.dry_run ? "would load" : "loaded";
}

std::string time_text(const LoadView& view, const Style& style) {
  std::string text;
  if (std::chrono::abs(view.shift) >= std::chrono::seconds{1}) {
    text += fmt::format("  all times moved {} by {}\n", view.shift.count() > 0 ? "forward" : "back",
                        readable_span(view.shift));
  }
  if (view.due_shift.count() != 0) {
    text += fmt::format("  what waits for its time is due now: {} ahead of it\n", readable_span(view.due_shift));
  }
  if (view.time == "keep" && view.overdue_jobs > 0) {
    const std::string warning = fmt::format("  times are as captured: {} {} overdue, and will run at once",
                                            quantity(view.overdue_jobs, "job"), are(view.overdue_jobs));
    text += style.paint(Tone::warn, warning) + "\n";
  }
  return text;
}

std::string dropped_text(const LoadView& view) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view singular, std::string_view plural) {
    if (count > 0) {
      parts.push_back(quantity(count, singular, plural));
    }
  };
  add(view.dropped_locks, "lock", "locks");
  add(view.dropped_dangling_ids, "dangling id", "dangling ids");
  add(view.dropped_lapsed, "key whose expiry has passed", "keys whose expiry has passed");
  return parts.empty() ? std::string{} : fmt::format("  left out: {}\n", fmt::join(parts, ", "));
}

std::string active_text(const LoadView& view, const Style& style) {
  std::string text;
  if (view.requeued_jobs > 0) {
    text +=
        fmt::format("  {} that workers held {} back in the queue, ahead of {}\n", quantity(view.requeued_jobs, "job"),
                    are(view.requeued_jobs), view.merge ? "the snapshot's others" : "those that wait");
  }
  if (view.active_jobs > 0) {
    const bool one = view.active_jobs == 1;
    const std::string warning =
        fmt::format("  {} {} active, but no worker holds {} (--active=requeue puts {} back to wait)",
                    quantity(view.active_jobs, "job"), are(view.active_jobs), one ? "it" : "them", one ? "it" : "them");
    text += style.paint(Tone::warn, warning) + "\n";
  }
  if (view.lost_jobs > 0) {
    const std::string warning = fmt::format(
        "  {} {} in no queue, because only {} had {}: --active=requeue puts {} back", quantity(view.lost_jobs, "job"),
        are(view.lost_jobs), view.lost_jobs == 1 ? "its worker" : "workers", view.lost_jobs == 1 ? "it" : "them",
        view.lost_jobs == 1 ? "it" : "them");
    text += style.paint(Tone::warn, warning) + "\n";
  }
  return text;
}

std::string merge_text(const LoadView::Merge& merge) {
  std::string text;
  if (merge.renumbered_jobs > 0) {
    text += fmt::format("  {} {} another number, behind those of the target\n", quantity(merge.renumbered_jobs, "job"),
                        merge.renumbered_jobs == 1 ? "has" : "have");
  }
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view singular, std::string_view plural) {
    if (count > 0) {
      parts.push_back(quantity(count, singular, plural));
    }
  };
  add(merge.left_schedules, "schedule", "schedules");
  add(merge.left_scheduled_jobs, "next job of a schedule", "next jobs of schedules");
  add(merge.left_keys, "key", "keys");
  if (!parts.empty()) {
    text += fmt::format("  left as the target has it: {}\n", fmt::join(parts, ", "));
  }
  for (const std::string& queue : merge.other_settings) {
    text +=
        fmt::format("  {} keeps its own pause and settings, which are not the snapshot's\n", escape_terminal(queue));
  }
  return text;
}

void write_merge(const LoadView::Merge& merge, JsonWriter& json) {
  json.begin_object().key("renumbered_jobs").integer(number(merge.renumbered_jobs)).key("left").begin_object();
  json.key("keys").integer(number(merge.left_keys)).key("schedules").integer(number(merge.left_schedules));
  json.key("scheduled_jobs").integer(number(merge.left_scheduled_jobs)).end_object();
  write_texts(json, "other_settings", merge.other_settings).end_object();
}

std::string queues_text(const LoadView& view) {
  std::string text;
  for (const LoadView::Queue& queue : view.queues) {
    std::vector<std::string> states;
    for (const auto& [state, jobs] : queue.states) {
      states.push_back(fmt::format("{} {}", jobs, escape_terminal(state)));
    }
    text += fmt::format("  {}: {}\n", escape_terminal(queue.queue), fmt::join(states, ", "));
  }
  return text;
}

}  // namespace

std::string load_text(const LoadView& view, const Style& style) {
  std::string text = fmt::format("{} {} into {}: {}, {}\n", style.paint(Tone::good, done_word(view)),
                                 style.paint(Tone::strong, escape_terminal(view.name)), escape_terminal(view.target),
                                 quantity(view.keys, "key"), quantity(view.jobs, "job"));
  if (view.dry_run) {
    text += queues_text(view);
  }
  text += time_text(view, style) + dropped_text(view) + active_text(view, style);
  if (view.merge) {
    text += merge_text(*view.merge);
  }
  if (view.paused) {
    text += "  every queue is paused\n";
  }
  if (view.replaced_keys > 0) {
    text += fmt::format("  {} {} that stood there before\n", view.dry_run ? "would delete" : "deleted",
                        quantity(view.replaced_keys, "key"));
  }
  if (view.backup) {
    text += fmt::format("  to undo: git qsnap load --exact --replace {}\n", escape_terminal(*view.backup));
  }
  return text;
}

std::string load_json(const LoadView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.load/1");
  json.key("name").bytes(view.name).key("target").bytes(view.target).key("dry_run").boolean(view.dry_run);
  json.key("keys").integer(number(view.keys)).key("jobs").integer(number(view.jobs)).key("queues").begin_object();
  for (const LoadView::Queue& queue : view.queues) {
    json.key(queue.queue).begin_object();
    for (const auto& [state, jobs] : queue.states) {
      json.key(state).integer(number(jobs));
    }
    json.end_object();
  }
  json.end_object().key("dropped").begin_object();
  json.key("locks").integer(number(view.dropped_locks));
  json.key("dangling_ids").integer(number(view.dropped_dangling_ids));
  json.key("lapsed").integer(number(view.dropped_lapsed)).end_object();
  json.key("replaced_keys").integer(number(view.replaced_keys)).key("backup");
  view.backup ? json.bytes(*view.backup) : json.null();
  json.key("time").bytes(view.time).key("shift_ms").integer(view.shift.count());
  json.key("due_shift_ms").integer(view.due_shift.count()).key("overdue_jobs").integer(number(view.overdue_jobs));
  json.key("active").bytes(view.active).key("active_jobs").integer(number(view.active_jobs));
  json.key("requeued_jobs").integer(number(view.requeued_jobs)).key("lost_jobs").integer(number(view.lost_jobs));
  json.key("paused").boolean(view.paused).key("merge");
  if (view.merge) {
    write_merge(*view.merge, json);
  } else {
    json.null();
  }
  json.end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
