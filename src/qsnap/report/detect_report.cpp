// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/detect_report.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

std::string queue_text(const DetectView::Queue& queue) {
  std::vector<std::string> states;
  for (const auto& [state, jobs] : queue.states) {
    states.push_back(fmt::format("{} {}", jobs, escape_terminal(state)));
  }
  return fmt::format("  {}: {}\n", escape_terminal(queue.queue),
                     states.empty() ? "no jobs" : fmt::format("{}", fmt::join(states, ", ")));
}

std::string framework_text(const DetectView::Framework& framework, const Style& style) {
  std::string text = style.paint(Tone::strong, escape_terminal(framework.name));
  if (!framework.version.empty()) {
    text += " " + escape_terminal(framework.version);
  }
  if (!framework.name_space.empty()) {
    text += fmt::format(" in the namespace {}", escape_terminal(framework.name_space));
  }
  text += fmt::format(": {}, {} of them as records\n", quantity(framework.keys, "key"), framework.modelled_keys);
  for (const std::string& evidence : framework.evidence) {
    text += style.paint(Tone::faint, fmt::format("  because {}", escape_terminal(evidence))) + "\n";
  }
  for (const DetectView::Queue& queue : framework.queues) {
    text += queue_text(queue);
  }
  return text;
}

void write_framework(const DetectView::Framework& framework, JsonWriter& json) {
  json.begin_object().key("name").bytes(framework.name).key("namespace").bytes(framework.name_space);
  json.key("version").bytes(framework.version).key("keys").integer(number(framework.keys));
  json.key("modelled_keys").integer(number(framework.modelled_keys));
  write_texts(json, "evidence", framework.evidence).key("queues").begin_object();
  for (const DetectView::Queue& queue : framework.queues) {
    json.key(queue.queue).begin_object();
    for (const auto& [state, jobs] : queue.states) {
      json.key(state).integer(number(jobs));
    }
    json.end_object();
  }
  json.end_object().end_object();
}

}  // namespace

std::string detect_text(const DetectView& view, const Style& style) {
  std::string text;
  for (const DetectView::Framework& framework : view.frameworks) {
    text += framework_text(framework, style);
  }
  if (view.frameworks.empty()) {
    text += fmt::format("no framework was found in {}\n", escape_terminal(view.target));
  }
  if (view.unknown_keys > 0) {
    text += fmt::format("{} of {} belong to no framework:\n", view.unknown_keys, quantity(view.keys, "key"));
    for (const std::string& key : view.unknown_sample) {
      text += fmt::format("  {}\n", escape_terminal(key));
    }
    if (view.unknown_keys > view.unknown_sample.size()) {
      text += fmt::format("  and {} more\n", view.unknown_keys - view.unknown_sample.size());
    }
  }
  return text;
}

std::string detect_json(const DetectView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.detect/1").key("target").bytes(view.target);
  json.key("keys").integer(number(view.keys)).key("frameworks").begin_array();
  for (const DetectView::Framework& framework : view.frameworks) {
    write_framework(framework, json);
  }
  json.end_array().key("unknown_keys").integer(number(view.unknown_keys));
  write_texts(json, "unknown_sample", view.unknown_sample).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
