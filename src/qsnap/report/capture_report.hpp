// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// How a live state was captured.
struct CaptureView {
  std::string mode;                     ///< freeze, rounds, fork, none
  std::chrono::microseconds pause{0};   ///< that writers were kept waiting; the fork of a fork
  std::chrono::milliseconds waited{0};  ///< for the server to begin its image
  std::vector<std::string> reasons;     ///< why this mode
};

/// "writers paused for 12.3 ms", "the server forked in 9.8 ms, 5.0 s after it was asked": a part of a sentence.
[[nodiscard]] std::string capture_words(const CaptureView& view);
/// Lines for `--explain`: the mode, what it cost, each reason.
[[nodiscard]] std::string capture_text(const CaptureView& view, const Style& style);
/// The members "mode", "pause_us", "waited_ms" and "reasons" of an open object.
void write_capture_members(JsonWriter& json, const CaptureView& view);
/// The member "capture" of an open object: null where nothing live was read.
void write_capture(JsonWriter& json, const std::optional<CaptureView>& view);

}  // namespace qsnap::report
