// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "merge_support.hpp"

/// States of queues whose jobs a test knows by a number of its own, whatever their ids: what a merge should make of
/// three of them can be said without looking at documents.
namespace qsnap::merge::testing {

/// What a job is. Its number is in its payload.
struct Thing {
  std::string queue = "mail";
  std::string state = "waiting";
  int value = 0;
  int other = 0;
  int retries = 0;
  std::string error = {};
  int parent = 0;  ///< the number of another job; 0: none

  friend bool operator==(const Thing&, const Thing&) = default;
};

struct Entry {
  int number = 0;
  Thing thing;
  int id = 0;
  std::int64_t created = 0;
};

/// How a side was captured: another run has other ids and times.
struct Run {
  int first_id = 0;
  std::int64_t time = 0;
};

/// Jobs in the order of their places.
class World {
 public:
  std::vector<Entry> entries;
  int id_counter = 0;

  [[nodiscard]] Entry* find(int number) {
    const auto at =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.number == number; });
    return at != entries.end() ? &*at : nullptr;
  }
  [[nodiscard]] const Entry* find(int number) const { return const_cast<World*>(this)->find(number); }

  void add(int number, Thing thing, std::int64_t created) {
    entries.push_back({number, std::move(thing), ++id_counter, created});
  }
  /// To the end of another place.
  void move(int number, const std::string& state) {
    const auto at =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.number == number; });
    Entry moved = *at;
    entries.erase(at);
    moved.thing.state = state;
    entries.push_back(std::move(moved));
  }
  void remove(int number) {
    std::erase_if(entries, [&](const Entry& entry) { return entry.number == number; });
  }

  [[nodiscard]] bool has_children(int number) const {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return entry.thing.parent == number; });
  }

  /// Gives every job another id and another time, as if the same things had happened in another run.
  void run_again(Run run) {
    std::vector<Entry*> by_id;
    for (Entry& entry : entries) {
      by_id.push_back(&entry);
    }
    std::sort(by_id.begin(), by_id.end(), [](const Entry* a, const Entry* b) { return a->id < b->id; });
    int next = run.first_id;
    for (Entry* entry : by_id) {
      entry->id = ++next;
      entry->created += run.time;
    }
    id_counter = next;
  }

  [[nodiscard]] Records records() const {
    std::vector<Entry> sorted = entries;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.thing.queue, a.thing.state) < std::tie(b.thing.queue, b.thing.state);
    });
    Lines lines;
    std::map<std::string, std::map<std::string, int>> counts;
    for (const Entry& entry : sorted) {
      ++counts[entry.thing.queue][entry.thing.state];
      lines.jobs.push_back(line(entry));
    }
    for (const auto& [queue, states] : counts) {
      std::string text;
      for (const auto& [state, count] : states) {
        text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", state, count);
      }
      lines.queues.push_back(
          fmt::format(R"({{"counts":{{{}}},"framework":"bullmq","paused":false,"queue":"bullmq:bull:{}",)"
                      R"("volatile":{{"id_counter":{}}}}})",
                      text, queue, id_counter));
    }
    return records_of(lines);
  }

 private:
  [[nodiscard]] std::string line(const Entry& entry) const {
    const Thing& thing = entry.thing;
    const std::string error = thing.error.empty() ? "" : fmt::format("\"error\":\"{}\",", thing.error);
    const Entry* const parent = thing.parent != 0 ? find(thing.parent) : nullptr;
    const std::string refs = parent == nullptr
                                 ? ""
                                 : fmt::format(R"("refs":[{{"name":"job","queue":"bullmq:bull:{}","role":"parent"}}],)",
                                               parent->thing.queue);
    const std::string ref_ids = parent == nullptr ? "" : fmt::format(R"(,"ref_ids":["{}"])", parent->id);
    const bool finished = thing.state == "completed" || thing.state == "failed";
    const std::string end = finished ? fmt::format(R"("finished_at_ms":{},)", entry.created + 500) : "";
    const std::string score = thing.state == "prioritized" ? fmt::format(R"(,"score":{})", 4294967296 + entry.id) : "";
    return fmt::format(
        R"({{"enc":"json",{}"name":"job","payload":{{"number":{},"value":{},"other":{},"parent":{}}},)"
        R"("queue":"bullmq:bull:{}",{}"retry_count":{},"state":"{}","volatile":{{"created_at_ms":{},{}"id":"{}"{}{}}}}})",
        error, entry.number, thing.value, thing.other, thing.parent, thing.queue, refs, thing.retries, thing.state,
        entry.created, end, entry.id, ref_ids, score);
  }
};

/// Jobs with such numbers stay as they are.
inline constexpr int k_untouched = 1'000'000;

/// What one side may do to a world.
class Actor {
 public:
  Actor(std::mt19937_64& random, int first_number, std::int64_t time)
      : m_random(random), m_next_number(first_number), m_time(time) {}

  void act(World& world) {
    const int number = pick(world);
    switch (number == 0 ? 0 : below(7)) {
      case 0:
        world.add(m_next_number++, {.queue = queue(), .state = state(), .value = below(1000)}, m_time++);
        break;
      case 1:
        if (!world.has_children(number)) {
          world.remove(number);
        }
        break;
      case 2:
        world.find(number)->thing.value = 1000 + below(1000);
        break;
      case 3:
        world.find(number)->thing.other = 1000 + below(1000);
        break;
      case 4: {
        Thing& thing = world.find(number)->thing;
        ++thing.retries;
        thing.error = fmt::format("failed {}", below(3));
        break;
      }
      case 5:
        world.add(m_next_number++, {.queue = queue(), .state = state(), .value = below(1000), .parent = number},
                  m_time++);
        break;
      default:
        world.move(number, state());
        break;
    }
  }

  /// The number of a job that may be changed; 0 if there is none but `number`.
  int other_than(const World& world, int number) {
    std::vector<int> numbers;
    for (const Entry& entry : world.entries) {
      if (entry.number != number && entry.number < k_untouched) {
        numbers.push_back(entry.number);
      }
    }
    return numbers.empty() ? 0 : numbers[static_cast<std::size_t>(below(static_cast<int>(numbers.size())))];
  }

  int below(int bound) { return std::uniform_int_distribution<int>{0, bound - 1}(m_random); }

 private:
  /// One of them; 0 for none.
  int pick(const World& world) {
    if (world.entries.empty()) {
      return 0;
    }
    const int number = world.entries[static_cast<std::size_t>(below(static_cast<int>(world.entries.size())))].number;
    return number >= k_untouched ? 0 : number;
  }
  std::string queue() { return below(3) == 0 ? "pdf" : "mail"; }
  std::string state() {
    constexpr std::array<std::string_view, 4> k_states = {"completed", "failed", "prioritized", "waiting"};
    return std::string{k_states[static_cast<std::size_t>(below(4))]};
  }

  std::mt19937_64& m_random;
  int m_next_number;
  std::int64_t m_time;
};

}  // namespace qsnap::merge::testing
