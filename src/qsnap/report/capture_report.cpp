// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/report/capture_report.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>

namespace qsnap::report {

namespace {

double ms_of(std::chrono::microseconds span) {
  return std::chrono::duration<double, std::milli>{span}.count();
}

}  // namespace

std::string capture_words(const CaptureView& view) {
  if (view.mode == "fork") {
    std::string text = fmt::format("the server forked in {:.1f} ms", ms_of(view.pause));
    constexpr std::chrono::milliseconds k_noticed{100};
    if (view.waited >= k_noticed) {
      text += fmt::format(", {:.1f} s after it was asked", std::chrono::duration<double>{view.waited}.count());
    }
    return text;
  }
  if (view.mode == "none") {
    return "read once, not as a point in time";
  }
  return view.pause.count() == 0 ? "writers were not paused"
                                 : fmt::format("writers paused for {:.1f} ms", ms_of(view.pause));
}

std::string capture_text(const CaptureView& view, const Style& style) {
  std::string text = fmt::format("  capture by {}: {}\n", escape_terminal(view.mode), capture_words(view));
  for (const std::string& reason : view.reasons) {
    text += fmt::format("    {}\n", escape_terminal(reason));
  }
  return style.paint(Tone::faint, text);
}

void write_capture_members(JsonWriter& json, const CaptureView& view) {
  json.key("mode").bytes(view.mode).key("pause_us").integer(view.pause.count());
  json.key("waited_ms").integer(view.waited.count());
  write_texts(json, "reasons", view.reasons);
}

void write_capture(JsonWriter& json, const std::optional<CaptureView>& view) {
  json.key("capture");
  if (!view) {
    json.null();
    return;
  }
  json.begin_object();
  write_capture_members(json, *view);
  json.end_object();
}

}  // namespace qsnap::report
