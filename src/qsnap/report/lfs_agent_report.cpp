// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/lfs_agent_report.hpp>

namespace qsnap::report {

namespace {

std::string_view action_word(LfsAgentView::Action action) {
  constexpr std::array k_words = {"configured", "removed", "nothing"};
  return k_words.at(static_cast<std::size_t>(action));
}

}  // namespace

std::string lfs_agent_text(const LfsAgentView& view, const Style& style) {
  using Action = LfsAgentView::Action;
  if (view.action == Action::nothing) {
    return "this clone has no agent of git-qsnap\n";
  }
  std::string text;
  if (view.action == Action::configured) {
    text = fmt::format("{} for {}\n  snapshots go to {}\n  other objects go where they went\n",
                       style.paint(Tone::good, "agent configured"), escape_terminal(view.url),
                       escape_terminal(view.store));
  } else {
    text = fmt::format("{}\n", style.paint(Tone::good, "agent removed"));
  }
  for (const std::string& url : view.let_go) {
    text += fmt::format("  no longer for {}\n", escape_terminal(url));
  }
  for (const LfsAgentView::Setting& setting : view.settings) {
    text += style.paint(Tone::faint,
                        fmt::format("  {} = {}", escape_terminal(setting.name), escape_terminal(setting.value))) +
            "\n";
  }
  return text;
}

std::string lfs_agent_json(const LfsAgentView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.lfs-agent/1");
  json.key("action").bytes(action_word(view.action));
  json.key("store").bytes(view.store).key("url").bytes(view.url);
  json.key("settings").begin_array();
  for (const LfsAgentView::Setting& setting : view.settings) {
    json.begin_object().key("name").bytes(setting.name).key("value").bytes(setting.value).end_object();
  }
  json.end_array();
  write_texts(json, "let_go", view.let_go).end_object();
  return harmless_json(json.text());
}

std::string lfs_gc_text(const LfsGcView& view, const Style& style) {
  std::string text = fmt::format("{}: {} of {}, {}\n", escape_terminal(view.store), quantity(view.chunks, "chunk"),
                                 quantity(view.objects, "object"), byte_size(view.chunk_bytes));
  if (view.young_chunks > 0) {
    text += fmt::format("  {} that no object has, but younger than {}\n", quantity(view.young_chunks, "chunk"),
                        quantity(view.grace_hours, "hour"));
  }
  if (!view.is_due()) {
    return text + "nothing to do\n";
  }
  text +=
      fmt::format("{}: {}, {}", view.done ? style.paint(Tone::good, "removed") : style.paint(Tone::strong, "garbage"),
                  quantity(view.dropped_chunks, "chunk"), byte_size(view.dropped_bytes));
  if (view.dropped_objects > 0) {
    text += fmt::format(", {} that no reference here names", quantity(view.dropped_objects, "object"));
  }
  if (view.unfinished > 0) {
    text += fmt::format(", what {} left", quantity(view.unfinished, "interrupted upload"));
  }
  return text + "\n";
}

std::string lfs_gc_json(const LfsGcView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.lfs-gc/1").key("store").bytes(view.store);
  json.key("done").boolean(view.done).key("grace_hours").integer(number(view.grace_hours));
  json.key("objects").integer(number(view.objects)).key("dropped_objects").integer(number(view.dropped_objects));
  json.key("chunks").integer(number(view.chunks)).key("chunk_bytes").integer(number(view.chunk_bytes));
  json.key("dropped_chunks").integer(number(view.dropped_chunks));
  json.key("dropped_bytes").integer(number(view.dropped_bytes));
  json.key("young_chunks").integer(number(view.young_chunks)).key("unfinished").integer(number(view.unfinished));
  json.end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
