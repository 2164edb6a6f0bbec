// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/snapshot_report.hpp>

namespace qsnap::report {

namespace {

constexpr int k_min_bar = 8;
constexpr int k_max_bar = 40;
constexpr std::string_view k_gap = "  ";

/// A bar of at most `width` columns, in eighths; what is there is never invisible.
std::string bar(std::uint64_t value, std::uint64_t largest, int width) {
  constexpr std::array<std::string_view, 8> k_eighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (value == 0 || largest == 0) {
    return {};
  }
  const double share = static_cast<double>(value) / static_cast<double>(largest);
  const int eighths = std::max(1, static_cast<int>(share * width * 8));
  std::string out;
  for (int i = 0; i < eighths / 8; ++i) {
    out += "█";
  }
  return out + std::string{k_eighths.at(static_cast<std::size_t>(eighths % 8))};
}

Tone state_tone(std::string_view state) {
  if (state == "failed" || state == "dead" || state == "orphan") {
    return Tone::bad;
  }
  if (state == "completed") {
    return Tone::good;
  }
  return state == "active" ? Tone::accent : Tone::plain;
}

std::string joined(const std::vector<std::string>& texts) {
  std::vector<std::string> escaped;
  escaped.reserve(texts.size());
  for (const std::string& text : texts) {
    escaped.push_back(escape_terminal(text));
  }
  return fmt::format("{}", fmt::join(escaped, ", "));
}

std::string scope_text(const model::Scope& scope) {
  std::string text = scope.whole_database() ? "the whole database" : "";
  if (!scope.prefixes.empty()) {
    text = fmt::format("keys that start with {}", joined(scope.prefixes));
  }
  if (!scope.queues.empty()) {
    text += text.empty() ? "" : "; ";
    text += fmt::format("queues {}", joined(scope.queues));
  }
  for (const model::ForcedFramework& forced : scope.frameworks) {
    text += fmt::format("; read as {}={}", escape_terminal(forced.name), escape_terminal(forced.name_space));
  }
  return text;
}

std::string framework_text(const model::FrameworkInfo& info) {
  const std::string separator = info.name_space.empty() ? "" : ":";
  const std::string version = info.version.empty() ? "" : " " + info.version;
  return escape_terminal(info.name + separator + info.name_space + version);
}

std::string holds_text(const SnapshotView& view) {
  std::string text = fmt::format("{} in {}", quantity(view.jobs, "job"), quantity(view.queues.size(), "queue"));
  if (view.keys > 0) {  // records, not keys: a large key has several
    text += fmt::format(", and other keys as they are ({})", quantity(view.keys, "record"));
  }
  return text;
}

std::string owner_line(const SetOwner& owner) {
  return owner.kind == SetOwner::Kind::inherited ? fmt::format("{} (inherited)", owner.set) : owner.set;
}

std::string heading_text(const SnapshotView& view, const Style& style) {
  const auto line = [&](std::string_view label, const std::string& text) {
    return text.empty() ? std::string{} : fmt::format("{}{}\n", style.paint(Tone::faint, pad_right(label, 13)), text);
  };
  const bool torn = view.metadata.consistency == model::Consistency::none;
  std::vector<std::string> frameworks;
  for (const model::FrameworkInfo& info : view.metadata.frameworks) {
    frameworks.push_back(framework_text(info));
  }
  std::string text = style.paint(Tone::strong, escape_terminal(view.name)) + "\n";
  text += line("", escape_terminal(view.metadata.description));
  text += line("set", view.owner ? escape_terminal(owner_line(*view.owner)) : std::string{});
  text += line("captured", readable_instant(view.metadata.captured_at) +
                               (torn ? style.paint(Tone::warn, " (not a point in time)") : ""));
  const std::string& key = view.metadata.redaction_key_id;
  text += line("redacted", key.empty() ? key : fmt::format("with key {}", escape_terminal(key)));
  text += line("scope", scope_text(view.metadata.scope));
  text += line("frameworks", fmt::format("{}", fmt::join(frameworks, ", ")));
  text += line("tags", joined(view.metadata.tags));
  text += line("holds", holds_text(view));
  text +=
      line("size", fmt::format("{} ({} before compression)", byte_size(view.file_bytes), byte_size(view.raw_bytes)));
  return text + line("fingerprint", to_hex(view.fingerprint));
}

struct CountWidths {
  int state = 0;
  int count = 0;
  int bar = 0;  ///< 0: no room for bars
  std::uint64_t largest = 0;
};

CountWidths count_widths(const std::vector<QueueView>& queues, int width) {
  CountWidths out;
  for (const QueueView& queue : queues) {
    for (const StateJobs& state : queue.states) {
      out.state = std::max(out.state, display_width(escape_terminal(state.state)));
      out.largest = std::max(out.largest, state.jobs);
    }
  }
  out.count = static_cast<int>(fmt::formatted_size("{}", out.largest));
  const int room = width - out.state - out.count - 3 * static_cast<int>(k_gap.size());
  out.bar = room < k_min_bar ? 0 : std::min(room, k_max_bar);
  return out;
}

std::string queue_counts(const QueueView& queue, const CountWidths& widths, const Style& style) {
  std::string text = "\n" + style.paint(Tone::strong, escape_terminal(queue.queue));
  text += queue.paused ? style.paint(Tone::warn, "  paused") : "";
  text += queue.states.empty() ? "  no jobs\n" : "\n";
  for (const StateJobs& state : queue.states) {
    const std::string name = escape_terminal(state.state);
    text += fmt::format("{}{}{}{}", k_gap, pad_right(name, widths.state), k_gap,
                        pad_left(fmt::format("{}", state.jobs), widths.count));
    const std::string shown = bar(state.jobs, widths.largest, widths.bar);
    text +=
        widths.bar > 0 && !shown.empty() ? fmt::format("{}{}", k_gap, style.paint(state_tone(state.state), shown)) : "";
    text += "\n";
  }
  return text;
}

/// What the cells of one job say; widths are the same for all jobs of a table.
struct JobCells {
  std::string id;
  std::string name;
  std::string rest;
};

std::string job_rest(const JobRow& job) {
  std::vector<std::string> parts;
  if (job.retry_count.value_or(0) > 0) {
    parts.push_back(quantity(*job.retry_count, "retry", "retries"));
  }
  if (job.due_at) {
    parts.push_back("due " + readable_instant(*job.due_at));
  }
  if (!job.error.empty()) {
    parts.push_back(escape_terminal(job.error));
  }
  if (!job.payload.empty()) {
    parts.push_back(escape_terminal(job.payload));
  }
  return fmt::format("{}", fmt::join(parts, "  "));
}

JobCells job_cells(const JobRow& job) {
  constexpr int k_max_id = 36;  // a UUID
  constexpr int k_max_name = 24;
  const std::string id = job.id.empty() ? "-" : escape_terminal(job.id);
  return {cut(id, k_max_id), cut(escape_terminal(job.name), k_max_name), job_rest(job)};
}

/// What has to stand over this job: its queue, its state, or nothing.
std::string job_heading(const JobRow& job, const JobHeading& above, const Style& style) {
  std::string text;
  const bool other_queue = job.queue != above.queue;
  if (other_queue) {
    text = above.queue.empty() ? "" : "\n";
    text += style.paint(Tone::strong, escape_terminal(job.queue)) + "\n";
  }
  if (other_queue || job.state != above.state) {
    text += "  " + style.paint(state_tone(job.state), escape_terminal(job.state)) + "\n";
  }
  return text;
}

void write_counts(JsonWriter& json, const QueueView& queue) {
  json.begin_object().key("queue").bytes(queue_text(queue.queue)).key("paused").boolean(queue.paused);
  json.key("counts").begin_object();
  for (const StateJobs& state : queue.states) {
    json.key(queue_text(state.state)).integer(number(state.jobs));
  }
  json.end_object().end_object();
}

void write_metadata(JsonWriter& json, const model::Metadata& metadata) {
  json.key("captured_at").bytes(format_instant(metadata.captured_at));
  json.key("consistency").bytes(metadata.consistency == model::Consistency::none ? "none" : "point-in-time");
  json.key("description").bytes(metadata.description);
  if (!metadata.redaction_key_id.empty()) {
    json.key("redaction_key").bytes(metadata.redaction_key_id);
  }
  write_texts(json, "tags", metadata.tags);
  json.key("scope").begin_object();
  write_texts(json, "prefixes", metadata.scope.prefixes);
  write_texts(json, "queues", metadata.scope.queues);
  if (!metadata.scope.frameworks.empty()) {
    json.key("frameworks").begin_array();
    for (const model::ForcedFramework& forced : metadata.scope.frameworks) {
      json.begin_object().key("name").bytes(forced.name).key("namespace").bytes(forced.name_space).end_object();
    }
    json.end_array();
  }
  json.end_object();
  json.key("frameworks").begin_array();
  for (const model::FrameworkInfo& info : metadata.frameworks) {
    json.begin_object().key("name").bytes(info.name).key("namespace").bytes(info.name_space);
    json.key("version").bytes(info.version).end_object();
  }
  json.end_array();
}

/// The members that `show` and `list` share, from "name" to "fingerprint".
void write_view(JsonWriter& json, const SnapshotView& view) {
  json.key("name").bytes(view.name);
  write_metadata(json, view.metadata);
  json.key("queues").begin_array();
  for (const QueueView& queue : view.queues) {
    write_counts(json, queue);
  }
  json.end_array();
  json.key("job_count").integer(number(view.jobs)).key("key_count").integer(number(view.keys));
  json.key("bytes").integer(number(view.file_bytes)).key("raw_bytes").integer(number(view.raw_bytes));
  json.key("fingerprint").bytes(to_hex(view.fingerprint));
  write_owner(json, view.owner);
}

void write_job(JsonWriter& json, const JobRow& job) {
  json.begin_object().key("queue").bytes(queue_text(job.queue)).key("state").bytes(job.state);
  json.key("id").bytes(job.id).key("name").bytes(job.name);
  if (!job.payload.empty()) {
    json.key("payload").raw(job.payload);
  }
  if (job.retry_count) {
    json.key("retry_count").integer(number(*job.retry_count));
  }
  if (!job.error.empty()) {
    json.key("error").bytes(job.error);
  }
  if (job.due_at) {
    json.key("due_at").bytes(format_instant(*job.due_at));
  }
  json.end_object();
}

}  // namespace

std::string snapshot_text(const SnapshotView& view, const Style& style) {
  std::string text = heading_text(view, style);
  const CountWidths widths = count_widths(view.queues, style.width);
  for (const QueueView& queue : view.queues) {
    text += queue_counts(queue, widths, style);
  }
  return text;
}

std::string jobs_text(std::span<const JobRow> jobs, std::uint64_t total, JobHeading above, const Style& style) {
  std::vector<JobCells> cells;
  cells.reserve(jobs.size());
  int id_width = 0;
  int name_width = 0;
  for (const JobRow& job : jobs) {
    cells.push_back(job_cells(job));
    id_width = std::max(id_width, display_width(cells.back().id));
    name_width = std::max(name_width, display_width(cells.back().name));
  }
  std::string text;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    text += job_heading(jobs[i], above, style);
    above = {jobs[i].queue, jobs[i].state};
    const std::string line = fmt::format("    {}  {}  {}", pad_right(cells[i].id, id_width),
                                         pad_right(cells[i].name, name_width), cells[i].rest);
    text += cut(line.substr(0, line.find_last_not_of(' ') + 1), style.width) + "\n";
  }
  if (jobs.size() < total) {
    const std::string more = quantity(total - jobs.size(), "more job");
    text += fmt::format("    … and {} (--state {} shows all)\n", more, escape_terminal(above.state));
  }
  return text.empty() ? "no jobs\n" : text;
}

std::string job_json(const JobRow& row) {
  JsonWriter json;
  write_job(json, row);
  return harmless_json(json.text());
}

std::string snapshot_json(const SnapshotView& view, const std::optional<std::vector<JobRow>>& jobs) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.show/1");
  write_view(json, view);
  write_capture(json, view.capture);
  if (jobs) {
    json.key("jobs").begin_array();
    for (const JobRow& job : *jobs) {
      write_job(json, job);
    }
    json.end_array();
  }
  json.end_object();
  return harmless_json(json.text());
}

namespace {

/// Of the column that says whose each is; 0 where nobody works in a set.
int owners_width(std::span<const ListedSnapshot> snapshots) {
  int width = 0;
  for (const ListedSnapshot& listed : snapshots) {
    width = std::max(width, listed.owner ? display_width(escape_terminal(owner_words(*listed.owner))) : 0);
  }
  return width;
}

}  // namespace

std::string list_text(std::span<const ListedSnapshot> snapshots, std::string_view pattern, const Style& style) {
  if (snapshots.empty()) {
    return pattern.empty() ? "no snapshots yet: git qsnap save NAME keeps the current state\n"
                           : fmt::format("no snapshot matches {}\n", escape_terminal(pattern));
  }
  int name_width = 0;
  for (const ListedSnapshot& listed : snapshots) {
    name_width = std::max(name_width, display_width(escape_terminal(listed.name)));
  }
  std::string text;
  const int owner_width = owners_width(snapshots);
  for (const ListedSnapshot& listed : snapshots) {
    text += pad_right(escape_terminal(listed.name), name_width) + std::string{k_gap};
    if (owner_width > 0) {
      const std::string owner = listed.owner ? escape_terminal(owner_words(*listed.owner)) : std::string{};
      text += pad_right(owner, owner_width) + std::string{k_gap};
    }
    if (!listed.view) {
      const bool removed = listed.owner && listed.owner->kind == SetOwner::Kind::removed;
      text += (removed ? style.paint(Tone::faint, "not part of this set")
                       : style.paint(Tone::bad, escape_terminal(listed.problem))) +
              "\n";
      continue;
    }
    const SnapshotView& view = *listed.view;
    std::string facts = fmt::format("{}  {:>10}  {:>8}", readable_instant(view.metadata.captured_at),
                                    quantity(view.jobs, "job"), byte_size(view.file_bytes));
    if (!view.metadata.redaction_key_id.empty()) {
      facts += std::string{k_gap} + "(redacted)";
    }
    const bool torn = view.metadata.consistency == model::Consistency::none;
    const std::string warning = (listed.in_conflict ? std::string{k_gap} + "(in conflict)" : "") +
                                (torn ? std::string{k_gap} + "(not a point in time)" : "");
    text += facts + style.paint(Tone::warn, warning);
    const int owner_room = owner_width > 0 ? owner_width + 2 : 0;
    const int room = style.width - name_width - owner_room - display_width(facts) - display_width(warning) - 4;
    if (constexpr int k_least_room = 4; !view.metadata.description.empty() && room >= k_least_room) {
      text += std::string{k_gap} + cut(escape_terminal(view.metadata.description), room);
    }
    text += "\n";
  }
  return text;
}

std::string list_json(std::span<const ListedSnapshot> snapshots) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.list/1").key("snapshots").begin_array();
  for (const ListedSnapshot& listed : snapshots) {
    json.begin_object();
    if (listed.view) {
      write_view(json, *listed.view);
    } else {
      json.key("name").bytes(listed.name);
      if (!listed.problem.empty()) {
        json.key("problem").bytes(listed.problem);
      }
    }
    if (listed.in_conflict) {
      json.key("in_conflict").boolean(true);
    }
    write_owner(json, listed.owner);
    json.end_object();
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
