// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/gc_report.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

std::string gc_plan_text(const GcPlan& plan, const Style& style) {
  std::string text = fmt::format("{} of snapshots in Git", quantity(plan.snapshots, "version"));
  text += plan.loose == 0 ? ", all of them packed\n"
                          : fmt::format(", {} of them loose: {}\n", plan.loose, byte_size(plan.loose_bytes));
  if (!plan.is_due()) {
    return text + "nothing to do\n";
  }
  text += fmt::format("{}: what is loose{} into one pack, by one thread with 64 MiB for its window\n",
                      style.paint(Tone::strong, "repack"),
                      plan.packs == 0 ? "" : fmt::format(" and {}", quantity(plan.packs, "pack")));
  for (const std::string& pack : plan.kept_packs) {
    text += style.paint(Tone::faint, fmt::format("  {} stays as it is: it has more than {}", escape_terminal(pack),
                                                 byte_size(plan.keep_above_bytes))) +
            "\n";
  }
  if (plan.loose > 0) {
    text += fmt::format("  expected: about {} instead of {}, if the versions have most of their jobs in common\n",
                        byte_size(plan.expected_bytes), byte_size(plan.loose_bytes));
  }
  return text;
}

std::string gc_outcome_text(const GcView& view, const Style& style) {
  if (!view.after_bytes) {
    return {};
  }
  return fmt::format("{}: {} of objects before, {} now\n", style.paint(Tone::good, "done"),
                     byte_size(view.plan.objects_bytes), byte_size(*view.after_bytes));
}

std::string gc_json(const GcView& view) {
  const GcPlan& plan = view.plan;
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.gc/1");
  json.key("snapshots").integer(number(plan.snapshots)).key("loose").integer(number(plan.loose));
  json.key("loose_bytes").integer(number(plan.loose_bytes));
  json.key("expected_bytes").integer(number(plan.expected_bytes));
  json.key("objects_bytes").integer(number(plan.objects_bytes));
  json.key("packs").integer(number(plan.packs));
  write_texts(json, "kept_packs", plan.kept_packs).key("keep_above_bytes").integer(number(plan.keep_above_bytes));
  json.key("due").boolean(plan.is_due()).key("after_bytes");
  if (view.after_bytes) {
    json.integer(number(*view.after_bytes));
  } else {
    json.null();
  }
  json.end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
