// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/lfs_report.hpp>

namespace qsnap::report {

namespace {

using Outcome = FetchedObject::Outcome;

std::string_view object_word(LfsObject object) {
  constexpr std::array<std::string_view, 3> k_words = {"here", "missing", "damaged"};
  return k_words.at(static_cast<std::size_t>(object));
}

std::string_view outcome_word(Outcome outcome) {
  constexpr std::array<std::string_view, 3> k_words = {"was-here", "fetched", "missing"};
  return k_words.at(static_cast<std::size_t>(outcome));
}

bool any_object(const LfsStatusView& view, LfsObject object) {
  return std::any_of(view.snapshots.begin(), view.snapshots.end(),
                     [&](const LfsSnapshot& snapshot) { return snapshot.object == object; });
}

bool any_problem(const LfsStatusView& view) {
  return std::any_of(view.snapshots.begin(), view.snapshots.end(),
                     [](const LfsSnapshot& snapshot) { return !snapshot.problem.empty(); });
}

bool is_set_up(const LfsSetup& setup) {
  return !setup.program.empty() && setup.has_filter && setup.has_push_hook;
}

/// What to do about it, a line each.
std::vector<std::string> setup_advice(const LfsSetup& setup) {
  std::vector<std::string> advice;
  if (setup.program.empty()) {
    advice.emplace_back(
        "git-lfs is not on the PATH: pushes send no objects, and fetches bring none; install it, then: "
        "git lfs install");
  } else if (!setup.has_filter) {
    advice.emplace_back(
        "git-lfs has no filter here, so a checkout leaves pointers (which git qsnap reads): git lfs install");
  }
  if (!setup.program.empty() && !setup.has_push_hook) {
    advice.emplace_back(
        "git-lfs has no pre-push hook here, so a push sends no objects: git lfs update --force, then: "
        "git qsnap install");
  }
  return advice;
}

std::string setup_text(const LfsSetup& setup, const Style& style) {
  if (setup.program.empty()) {
    return style.paint(Tone::warn, "git-lfs: not found") + "\n";
  }
  std::string text = fmt::format("{}\n", escape_terminal(setup.program));
  text += fmt::format("  objects are at: {}\n",
                      setup.endpoint.empty() ? "no remote is configured" : escape_terminal(setup.endpoint));
  return text + fmt::format("  moved by: {}\n", escape_terminal(setup.transfer));
}

std::string advice_text(const std::vector<std::string>& advice, const Style& style) {
  std::string text;
  for (const std::string& line : advice) {
    text += style.paint(Tone::warn, line) + "\n";
  }
  return text;
}

std::string snapshot_line(const LfsSnapshot& snapshot, const Style& style) {
  const std::string name = escape_terminal(snapshot.name);
  if (!snapshot.problem.empty()) {
    return fmt::format("  {}: {}\n", name, style.paint(Tone::bad, escape_terminal(snapshot.problem)));
  }
  const bool here = snapshot.object == LfsObject::here;
  const std::string state = here ? "object here" : fmt::format("object {}", object_word(snapshot.object));
  constexpr std::size_t k_short_id = 12;
  return fmt::format("  {}: {}, {}, {} in the work tree {}\n", name, byte_size(snapshot.bytes),
                     style.paint(here ? Tone::good : Tone::bad, state),
                     snapshot.is_pointer ? "a pointer" : "the snapshot itself",
                     style.paint(Tone::faint, snapshot.object_id.substr(0, k_short_id)));
}

void write_setup(JsonWriter& json, const LfsSetup& setup) {
  json.key("setup").begin_object().key("program").bytes(setup.program);
  json.key("has_filter").boolean(setup.has_filter).key("has_push_hook").boolean(setup.has_push_hook);
  json.key("endpoint").bytes(setup.endpoint).key("transfer").bytes(setup.transfer).end_object();
}

}  // namespace

bool LfsStatusView::ok() const {
  return !any_problem(*this) && !any_object(*this, LfsObject::missing) && !any_object(*this, LfsObject::damaged) &&
         (snapshots.empty() || is_set_up(setup));
}

std::string lfs_status_text(const LfsStatusView& view, const Style& style) {
  std::string text = setup_text(view.setup, style);
  text += view.threshold_bytes == 0
              ? "  threshold: none, so save never puts a snapshot there by itself\n"
              : fmt::format("  threshold: save puts what is larger than {} there\n", byte_size(view.threshold_bytes));
  text += fmt::format("{} in Git LFS\n", quantity(view.snapshots.size(), "snapshot"));
  for (const LfsSnapshot& snapshot : view.snapshots) {
    text += snapshot_line(snapshot, style);
  }
  if (!view.large.empty()) {
    text += fmt::format("{} in Git above the threshold\n", quantity(view.large.size(), "snapshot"));
  }
  for (const LargeSnapshot& snapshot : view.large) {
    text += fmt::format("  {}: {}\n", escape_terminal(snapshot.name), byte_size(snapshot.bytes));
  }
  if (any_object(view, LfsObject::missing) || any_object(view, LfsObject::damaged)) {
    text += style.paint(Tone::warn, "git qsnap lfs fetch brings the objects that are missing or damaged") + "\n";
  }
  if (!view.large.empty()) {
    text += "git qsnap lfs migrate --all-above moves the large ones to LFS\n";
  }
  return view.snapshots.empty() ? text : text + advice_text(setup_advice(view.setup), style);
}

std::string lfs_status_json(const LfsStatusView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.lfs-status/1");
  json.key("threshold_bytes").integer(number(view.threshold_bytes));
  write_setup(json, view.setup);
  json.key("snapshots").begin_array();
  for (const LfsSnapshot& snapshot : view.snapshots) {
    json.begin_object().key("name").bytes(snapshot.name);
    if (!snapshot.problem.empty()) {
      json.key("problem").bytes(snapshot.problem).end_object();
      continue;
    }
    json.key("bytes").integer(number(snapshot.bytes)).key("object_id").bytes(snapshot.object_id);
    json.key("object").bytes(object_word(snapshot.object));
    json.key("work_tree").bytes(snapshot.is_pointer ? "pointer" : "content").end_object();
  }
  json.end_array().key("above_threshold").begin_array();
  for (const LargeSnapshot& snapshot : view.large) {
    json.begin_object().key("name").bytes(snapshot.name).key("bytes").integer(number(snapshot.bytes)).end_object();
  }
  json.end_array().key("ok").boolean(view.ok()).end_object();
  return harmless_json(json.text());
}

std::string lfs_migrate_text(const LfsMigrateView& view, const Style& style) {
  const std::string_view where = view.to_lfs ? "Git LFS" : "Git";
  std::string text;
  std::string moved_names;
  for (const MigratedSnapshot& snapshot : view.snapshots) {
    const std::string name = escape_terminal(snapshot.name);
    if (!snapshot.moved) {
      text += fmt::format("{}: is in {} already\n", name, where);
      continue;
    }
    const std::string verb = view.done ? style.paint(Tone::good, "moved") : "would move";
    text += fmt::format("{} {} to {}: {}\n  {}\n", verb, name, where, byte_size(snapshot.bytes),
                        escape_terminal(snapshot.path));
    moved_names += moved_names.empty() ? snapshot.name : ' ' + snapshot.name;
  }
  if (moved_names.empty()) {
    return text.empty() ? fmt::format("nothing to move to {}\n", where) : text;
  }
  if (view.done) {
    text += fmt::format("commit it: git add -A .queue-snapshots, git commit -m \"Move snapshots to {}\"\n", where);
  }
  text += style.paint(Tone::faint,
                      "commits that are made keep what they have: git lfs migrate (import, export) would write them "
                      "anew, under other ids") +
          "\n";
  return view.to_lfs ? text + advice_text(setup_advice(view.setup), style) : text;
}

std::string lfs_migrate_json(const LfsMigrateView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.lfs-migrate/1").key("to").bytes(view.to_lfs ? "lfs" : "git");
  json.key("done").boolean(view.done).key("snapshots").begin_array();
  for (const MigratedSnapshot& snapshot : view.snapshots) {
    json.begin_object().key("name").bytes(snapshot.name).key("path").bytes(snapshot.path);
    json.key("bytes").integer(number(snapshot.bytes)).key("moved").boolean(snapshot.moved).end_object();
  }
  json.end_array();
  write_setup(json, view.setup);
  json.end_object();
  return harmless_json(json.text());
}

bool LfsFetchView::ok() const {
  return std::none_of(objects.begin(), objects.end(),
                      [](const FetchedObject& object) { return object.outcome == Outcome::missing; });
}

std::string lfs_fetch_text(const LfsFetchView& view, const Style& style) {
  const std::string where = view.revision.empty() ? "the work tree" : escape_terminal(view.revision);
  std::string text;
  std::size_t here = 0;
  for (const FetchedObject& object : view.objects) {
    const bool missing = object.outcome == Outcome::missing;
    here += object.outcome == Outcome::was_here ? 1 : 0;
    if (object.outcome != Outcome::was_here) {
      text += fmt::format(
          "{} {}: {} {}\n", style.paint(missing ? Tone::bad : Tone::good, missing ? "missing" : "fetched"),
          escape_terminal(object.name), byte_size(object.bytes), style.paint(Tone::faint, object.object_id));
    }
  }
  if (view.objects.empty()) {
    return fmt::format("{} has no snapshot in Git LFS\n", where);
  }
  if (here > 0) {
    text += fmt::format("{} of {} {} here already\n", quantity(here, "object"), where, here == 1 ? "was" : "were");
  }
  if (!view.ok()) {
    text +=
        fmt::format("{} did not bring all of them{}\n", view.remote.empty() ? "git-lfs" : escape_terminal(view.remote),
                    view.complaint.empty() ? "" : fmt::format("; git-lfs says: {}", escape_terminal(view.complaint)));
    text += "who has them pushes them with: git lfs push --all REMOTE\n";
  }
  return text;
}

std::string lfs_fetch_json(const LfsFetchView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.lfs-fetch/1").key("revision").bytes(view.revision);
  json.key("remote").bytes(view.remote).key("objects").begin_array();
  for (const FetchedObject& object : view.objects) {
    json.begin_object().key("name").bytes(object.name).key("object_id").bytes(object.object_id);
    json.key("bytes").integer(number(object.bytes)).key("outcome").bytes(outcome_word(object.outcome)).end_object();
  }
  json.end_array().key("complaint").bytes(view.complaint).key("ok").boolean(view.ok()).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
