// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/conflict_words.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::app {

namespace {

using model::Conflict;
using model::ConflictKind;
using Json = std::optional<std::string>;

/// A string without its quotes, everything else as it is.
std::string plain(std::string_view json) {
  const auto text = codec::json_to_bytes(json);
  return text && !text->empty() ? *text : std::string{json};
}

std::string member(std::string_view object, std::string_view name) {
  const auto members = codec::object_members(object);
  if (members) {
    for (const model::Field& field : *members) {
      if (field.name == name) {
        return plain(field.json);
      }
    }
  }
  return {};
}

/// "mail failed"; the queue only where it tells the sides apart.
std::string place_words(const std::string& json, const Conflict& conflict) {
  const std::string queue = member(json, "queue"), state = member(json, "state");
  const auto id = model::QueueId::parse(queue);
  const bool same_queue = queue.empty() || queue == conflict.queue;
  return same_queue ? state : fmt::format("{} {}", id ? id->name : queue, state);
}

using Leaves = std::map<std::string, std::string>;

/// Without what is noise to a comparison.
Leaves leaves_of(const Json& record) {
  Leaves leaves;
  if (const auto list = codec::JsonPayloadReader{}.leaves(record.value_or("{}"))) {
    for (const model::PayloadReader::Leaf& leaf : *list) {
      if (!leaf.path.starts_with(".volatile")) {
        leaves.emplace(leaf.path.starts_with('.') ? leaf.path.substr(1) : leaf.path, leaf.json);
      }
    }
  }
  return leaves;
}

/// What a whole record became: "state waiting → delayed, payload.to a → b".
std::string record_words(const Json& base, const Json& side) {
  constexpr std::size_t k_most = 4;
  const Leaves before = leaves_of(base), after = leaves_of(side);
  std::vector<std::string> changes;
  for (const auto& [path, value] : after) {
    const auto at = before.find(path);
    if (at == before.end() && !before.empty()) {
      changes.push_back(fmt::format("{} {}", path, plain(value)));
    } else if (at != before.end() && at->second != value) {
      changes.push_back(fmt::format("{} {} → {}", path, plain(at->second), plain(value)));
    }
  }
  for (const auto& [path, value] : before) {
    if (!after.contains(path)) {
      changes.push_back(fmt::format("{} gone", path));
    }
  }
  const std::size_t more = changes.size() - std::min(changes.size(), k_most);
  changes.resize(changes.size() - more);
  std::string words = before.empty() ? "there" : changes.empty() ? "as it was" : "changed: ";
  words += fmt::format("{}", fmt::join(changes, ", "));
  return more > 0 ? fmt::format("{}, and {} more", words, more) : words;
}

bool is_whole_record(const Conflict& conflict) {
  return conflict.kind == ConflictKind::removed_changed || conflict.kind == ConflictKind::collision ||
         (conflict.kind == ConflictKind::key && conflict.path.empty());
}

std::string words(const Conflict& conflict, const Json& value) {
  if (!value) {
    return is_whole_record(conflict) ? "not there" : "(nothing)";
  }
  if (conflict.kind == ConflictKind::moved) {
    return place_words(*value, conflict);
  }
  if (is_whole_record(conflict)) {
    return &value == &conflict.base ? std::string{"there"} : record_words(conflict.base, value);
  }
  return plain(*value);
}

}  // namespace

report::ConflictView conflict_view(const Conflict& conflict, std::uint64_t number) {
  report::ConflictView view{number, conflict, {}, {}, {}};
  switch (conflict.kind) {
    case ConflictKind::order:
      view.ours = "the order of this side";
      view.theirs = "the order of that side";
      return view;
    case ConflictKind::reference:
      view.ours = conflict.ours ? "refers to it: brings the removed job back" : "takes the reference out";
      view.theirs = conflict.theirs ? "refers to it: brings the removed job back" : "takes the reference out";
      return view;
    default:
      break;
  }
  view.base = words(conflict, conflict.base);
  view.ours = words(conflict, conflict.ours);
  view.theirs = words(conflict, conflict.theirs);
  return view;
}

}  // namespace qsnap::app
