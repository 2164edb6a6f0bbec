// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/decode/decode.hpp>
#include <qsnap/frameworks/rq/traceback.hpp>

namespace qsnap::frameworks::rq {

namespace {

struct Failure {
  std::string_view class_name;  ///< empty if the text tells none
  std::string_view message;
};

std::string_view without_end(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with(' ')) {
    text.remove_suffix(1);
  }
  return text;
}

/// "tasks.CodecError"
bool is_dotted_name(std::string_view text) {
  const auto is_part = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_part);
}

/// What stands behind the frames of the last traceback: frames are indented. Of a chain of exceptions, that is the one
/// that ended the job.
std::optional<std::string_view> behind_frames(std::string_view trace) {
  constexpr std::string_view k_head = "Traceback (most recent call last):\n";
  const std::size_t at = trace.rfind(k_head);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  trace.remove_prefix(at + k_head.size());
  while (trace.starts_with(' ')) {
    const std::size_t end = trace.find('\n');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    trace.remove_prefix(end + 1);
  }
  return trace;
}

/// "Moved to FailedJobRegistry, due to AbandonedJobError, at 2026-11-20 10:00:00.123456"
Failure own_words(std::string_view text) {
  constexpr std::string_view k_moved = "Moved to FailedJobRegistry, due to ", k_when = ", at ";
  const std::size_t at = text.find(k_when, k_moved.size());
  if (!text.starts_with(k_moved) || at == std::string_view::npos) {
    return {{}, text};
  }
  return {text.substr(k_moved.size(), at - k_moved.size()), text.substr(0, at)};
}

Failure read_failure(std::string_view trace) {
  const auto behind = behind_frames(trace);
  if (!behind) {
    return own_words(without_end(trace));
  }
  const std::string_view text = without_end(*behind);
  const std::size_t colon = text.find(": ");
  const std::string_view head = text.substr(0, colon);
  if (!is_dotted_name(head)) {
    return {{}, text};
  }
  return {head, colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 2)};
}

}  // namespace

std::optional<std::string> read_trace(std::string_view bytes, std::string_view codec) {
  const auto json = decode::decode(bytes, codec);
  return json ? codec::json_text(*json) : std::nullopt;
}

void describe_error(const std::optional<std::string>& trace, model::Fields& members) {
  if (!trace) {
    return;
  }
  const Failure failure = read_failure(*trace);
  members.set("error", json_string(failure.message));
  if (!failure.class_name.empty()) {
    members.set("error_class", json_string(failure.class_name));
  }
}

}  // namespace qsnap::frameworks::rq
