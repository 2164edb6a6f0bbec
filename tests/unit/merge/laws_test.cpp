// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <set>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/codec/fingerprint.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/check_state.hpp>
#include <qsnap/frameworks/rebuild.hpp>

#include "world.hpp"

namespace qsnap::merge {

using testing::Actor;
using testing::Document;
using testing::Entry;
using testing::merged;
using testing::Outcome;
using testing::Records;
using testing::Thing;
using testing::World;

namespace {

/// How many triples each law is tried on: QSNAP_TRIPLES, or enough for every day.
int triples() {
  const char* const text = std::getenv("QSNAP_TRIPLES");
  return text != nullptr ? std::atoi(text) : 100;
}

constexpr int k_anchor = testing::k_untouched;

struct Triple {
  World base;
  World ours;
  World theirs;
};

Triple random_triple(std::mt19937_64& random, int most_jobs) {
  Triple triple;
  Actor maker{random, 1, 1'000'000};
  // Somebody stays, so that ids are known to go on.
  triple.base.add(k_anchor, {.value = 1}, 900'000);
  triple.base.add(k_anchor + 1, {.queue = "pdf", .value = 2}, 900'001);
  for (int i = 0, count = maker.below(most_jobs); i < count; ++i) {
    maker.act(triple.base);
  }
  triple.ours = triple.theirs = triple.base;
  Actor ours{random, 10'000, 2'000'000}, theirs{random, 20'000, 3'000'000};
  for (int i = 0, count = ours.below(8); i < count; ++i) {
    ours.act(triple.ours);
  }
  for (int i = 0, count = theirs.below(8); i < count; ++i) {
    theirs.act(triple.theirs);
  }
  return triple;
}

template <class Check>
void for_random_triples(const Check& check, int most_jobs = 60) {
  const std::uint64_t seed = test::property_seed();
  MESSAGE(triples() << " random triples from seed " << seed);
  for (int round = 0; round < triples(); ++round) {
    CAPTURE(seed);
    CAPTURE(round);
    std::mt19937_64 random{seed + static_cast<std::uint64_t>(round)};
    Triple triple = random_triple(random, most_jobs);
    check(triple, random);
  }
}

/// Something that no state of the triples has, so that the roots differ and the records are looked at.
Records with_note(Records records, std::string_view note) {
  testing::append(
      records, model::Section::keys,
      {fmt::format(R"({{"items":["{}"],"key":"note:{}","part":0,"role":"data","type":"string"}})", note, note)});
  return records;
}

Records without_keys(Records records) {
  std::erase_if(records, [](const model::Record& record) { return record.section == model::Section::keys; });
  return records;
}

std::string text_of(const Records& records) {
  std::string text;
  for (const model::Record& record : records) {
    text += codec::format_record(record) + '\n';
  }
  return text;
}

int member(const model::Record& job, std::string_view name) {
  const auto members = codec::object_members(*job.fields.find("payload"));
  for (const model::Field& field : *members) {
    if (field.name == name) {
      return std::atoi(field.json.c_str());
    }
  }
  return -1;
}

std::string plain(const model::Fields& fields, std::string_view name) {
  const auto json = fields.find(name);
  return json ? codec::json_to_bytes(*json).value_or(std::string{*json}) : std::string{};
}

Thing thing_of(const model::Record& job) {
  const std::string queue = plain(job.fields, "queue");
  return {queue.substr(queue.rfind(':') + 1),
          plain(job.fields, "state"),
          member(job, "value"),
          member(job, "other"),
          std::atoi(plain(job.fields, "retry_count").c_str()),
          plain(job.fields, "error"),
          member(job, "parent")};
}

/// What a merge should do, said in another way: number by number, member by member.
class Oracle {
 public:
  explicit Oracle(const Triple& triple) : m_triple(triple) {
    std::set<int> numbers;
    for (const World* world : {&triple.base, &triple.ours, &triple.theirs}) {
      for (const Entry& entry : world->entries) {
        numbers.insert(entry.number);
      }
    }
    for (const int number : numbers) {
      decide(number);
    }
  }

  /// Whether a job that is not finished would refer to one that is not there.
  [[nodiscard]] bool dangles() const {
    return std::any_of(expected.begin(), expected.end(), [&](const auto& entry) {
      const Thing& thing = entry.second;
      const bool finished = thing.state == "completed" || thing.state == "failed";
      return !finished && thing.parent != 0 && !expected.contains(thing.parent);
    });
  }

  std::map<int, Thing> expected;
  std::set<std::pair<int, ConflictKind>> conflicts;

 private:
  static const Thing* thing(const World& world, int number) {
    const Entry* const entry = world.find(number);
    return entry != nullptr ? &entry->thing : nullptr;
  }

  void decide(int number) {
    const Thing* const base = thing(m_triple.base, number);
    const Thing* const ours = thing(m_triple.ours, number);
    const Thing* const theirs = thing(m_triple.theirs, number);
    if (base == nullptr) {
      expected[number] = ours != nullptr ? *ours : *theirs;
    } else if (ours == nullptr || theirs == nullptr) {
      const Thing* const left = ours != nullptr ? ours : theirs;
      if (left != nullptr && *left != *base) {
        conflicts.emplace(number, ConflictKind::removed_changed);
        expected[number] = *left;
      }
    } else {
      expected[number] = both(number, *base, *ours, *theirs);
    }
  }

  Thing both(int number, const Thing& base, const Thing& ours, const Thing& theirs) {
    Thing result = ours;
    const auto choose = [&](auto Thing::*part, ConflictKind kind) {
      if (ours.*part == base.*part) {
        result.*part = theirs.*part;
      } else if (theirs.*part != base.*part && theirs.*part != ours.*part) {
        conflicts.emplace(number, kind);
      }
    };
    choose(&Thing::state, ConflictKind::moved);
    choose(&Thing::value, ConflictKind::changed);
    choose(&Thing::other, ConflictKind::changed);
    const bool parted = ours.state != theirs.state && ours.state != base.state && theirs.state != base.state;
    if (!parted) {  // else they are what the attempt of ours left, like its state
      choose(&Thing::retries, ConflictKind::changed);
      choose(&Thing::error, ConflictKind::changed);
    }
    return result;
  }

  const Triple& m_triple;
};

std::map<int, Thing> things_of(const Records& records) {
  std::map<int, Thing> things;
  for (const model::Record& record : records) {
    if (record.section == model::Section::jobs) {
      const int number = member(record, "number");
      CHECK_MESSAGE(!things.contains(number), "job " << number << " is there twice");
      things[number] = thing_of(record);
    }
  }
  return things;
}

/// Ids are unique in their queues, and links lead to the jobs that they were made for.
void check_links(const Records& records) {
  std::map<std::pair<std::string, std::string>, int> numbers;
  for (const model::Record& record : records) {
    if (record.section == model::Section::jobs) {
      const bool fresh = numbers
                             .emplace(std::pair{plain(record.fields, "queue"), plain(record.volatiles, "id")},
                                      member(record, "number"))
                             .second;
      CHECK_MESSAGE(fresh, "id " << plain(record.volatiles, "id") << " is there twice");
    }
  }
  for (const model::Record& record : records) {
    const auto refs = record.fields.find("refs");
    if (record.section != model::Section::jobs || !refs) {
      continue;
    }
    const auto links = codec::array_elements(*refs);
    const auto link = codec::object_members(links->front());
    const std::string queue = *codec::json_to_bytes((*link)[1].json);
    const auto ids = codec::array_elements(*record.volatiles.find("ref_ids"));
    const std::string id = *codec::json_to_bytes(ids->front());
    const auto target = numbers.find({queue, id});
    if (target != numbers.end()) {  // the parent of a finished job may be gone
      CHECK(target->second == member(record, "parent"));
    }
  }
}

std::string described(const Outcome& outcome) {
  std::string text;
  for (const Conflict& conflict : outcome.conflicts) {
    text += fmt::format("\n{} {} {} {} {}: {} | {} | {}", to_text(conflict.kind), conflict.about.queue,
                        conflict.about.state, conflict.about.id, conflict.path, conflict.base.value_or("-"),
                        conflict.ours.value_or("-"), conflict.theirs.value_or("-"));
  }
  return text;
}

bool has(const Outcome& outcome, ConflictKind kind) {
  return std::any_of(outcome.conflicts.begin(), outcome.conflicts.end(),
                     [&](const Conflict& conflict) { return conflict.kind == kind; });
}

/// Jobs that are where ours has them are in the order of ours, unless theirs gave them another one.
void check_order(const Outcome& outcome, const World& ours) {
  if (outcome.counts.contains("reordered by theirs") || outcome.counts.contains("whole state from theirs")) {
    return;
  }
  std::map<std::pair<std::string, std::string>, std::vector<int>> wanted, found;
  for (const Entry& entry : ours.entries) {
    wanted[{entry.thing.queue, entry.thing.state}].push_back(entry.number);
  }
  for (const model::Record& record : outcome.records) {
    if (record.section == model::Section::jobs) {
      const Thing thing = thing_of(record);
      found[{thing.queue, thing.state}].push_back(member(record, "number"));
    }
  }
  for (auto& [place, numbers] : wanted) {
    std::vector<int>& there = found[place];
    const auto only_in = [](std::vector<int>& list, const std::vector<int>& other) {
      std::erase_if(list, [&](int number) { return std::find(other.begin(), other.end(), number) == other.end(); });
    };
    only_in(there, numbers);
    only_in(numbers, there);
    const std::string orders =
        fmt::format("{} {}: {} not {}", place.first, place.second, fmt::join(there, " "), fmt::join(numbers, " "));
    const bool same_order = there == numbers;
    CHECK_MESSAGE(same_order, orders);
  }
}

/// fsck, and that it can be loaded.
void check_sound(const Records& records) {
  const Document document{records};
  const auto findings = frameworks::check_state(document.reader());
  REQUIRE(findings.has_value());
  for (const frameworks::Finding& finding : *findings) {
    CHECK_MESSAGE(false, finding.where << ": " << finding.what);
  }
  test::MemorySink sink;
  frameworks::RebuildOptions options;
  options.exact = true;
  const auto rebuilt = frameworks::rebuild_keys(document.reader(), options, sink);
  CHECK_MESSAGE(rebuilt.has_value(), (rebuilt ? std::string{} : rebuilt.error().message));
}

}  // namespace

TEST_SUITE("merge, laws") {
  TEST_CASE("one side that changed nothing leaves the other one as it is, byte for byte") {
    for_random_triples([](const Triple& triple, std::mt19937_64&) {
      const Document base{triple.base.records()}, changed{triple.ours.records()};
      CHECK(text_of(merged(base, changed, base).records) == text_of(changed.records()));
      CHECK(text_of(merged(base, base, changed).records) == text_of(changed.records()));
      CHECK(text_of(merged(base, changed, changed).records) == text_of(changed.records()));
    });
  }

  TEST_CASE("the same holds where the records have to be looked at") {
    for_random_triples([](const Triple& triple, std::mt19937_64&) {
      const Document base{triple.base.records()};
      const Document noted_base{with_note(triple.base.records(), "a")};
      const Records changed = triple.ours.records();
      const std::string wanted = text_of(changed);
      const Outcome ours = merged(base, Document{with_note(changed, "b")}, noted_base);
      CHECK(ours.conflicts.empty());
      CHECK(text_of(without_keys(ours.records)) == wanted);
      const Outcome theirs = merged(base, noted_base, Document{with_note(changed, "b")});
      CHECK(theirs.conflicts.empty());
      CHECK(text_of(without_keys(theirs.records)) == wanted);
      const Outcome both = merged(base, Document{with_note(changed, "a")}, Document{with_note(changed, "b")});
      CHECK(both.conflicts.empty());
      CHECK(text_of(without_keys(both.records)) == wanted);
    });
  }

  TEST_CASE("a merge means the same whichever side is ours") {
    for_random_triples([](const Triple& triple, std::mt19937_64&) {
      const Document base{triple.base.records()}, ours{triple.ours.records()}, theirs{triple.theirs.records()};
      const Outcome there = merged(base, ours, theirs), back = merged(base, theirs, ours);
      CHECK(there.conflicts.size() == back.conflicts.size());
      if (there.conflicts.empty()) {
        CHECK((things_of(there.records) == things_of(back.records)));
      }
    });
  }

  TEST_CASE(
      "where both branches captured anew, one real change on each is both changes, and no job is lost or doubled") {
    for_random_triples([](Triple& triple, std::mt19937_64& random) {
      triple.ours = triple.theirs = triple.base;
      Actor any{random, 10'000, 5'000'000};
      const int ours_number = any.other_than(triple.base, 0), theirs_number = any.other_than(triple.base, ours_number);
      if (theirs_number != 0) {
        triple.ours.find(ours_number)->thing.value = 5000;
        triple.theirs.find(theirs_number)->thing.error = "broken";
      }
      triple.ours.run_again({any.below(2000), 10'000'000});
      triple.theirs.run_again({any.below(2000), 20'000'000});
      model::Metadata early, late;
      early.captured_at = instant_from_ms(1);
      late.captured_at = instant_from_ms(2);
      const bool ours_is_later = any.below(2) == 0;
      const Document base{triple.base.records()}, ours{triple.ours.records(), ours_is_later ? late : early},
          theirs{triple.theirs.records(), ours_is_later ? early : late};
      const Oracle oracle{triple};
      const Outcome outcome = merged(base, ours, theirs);
      CAPTURE(described(outcome));
      CHECK(outcome.conflicts.empty());
      CHECK((things_of(outcome.records) == oracle.expected));
      check_links(outcome.records);
      check_sound(outcome.records);
    });
  }

  TEST_CASE("random triples come out as somebody would say who looks at one job at a time") {
    for_random_triples([](const Triple& triple, std::mt19937_64&) {
      const Document base{triple.base.records()}, ours{triple.ours.records()}, theirs{triple.theirs.records()};
      const Oracle oracle{triple};
      const Outcome outcome = merged(base, ours, theirs);
      CAPTURE(described(outcome));
      CHECK((things_of(outcome.records) == oracle.expected));
      std::set<std::pair<int, ConflictKind>> conflicts;
      for (const Conflict& conflict : outcome.conflicts) {
        if (conflict.kind != ConflictKind::order && conflict.kind != ConflictKind::reference) {
          const std::string& json = conflict.ours ? *conflict.ours : *conflict.theirs;
          const std::size_t at = json.find("\"number\":");
          const int number = at != std::string::npos ? std::atoi(json.c_str() + at + 9) : 0;
          conflicts.emplace(number, conflict.kind);
        }
      }
      for (const auto& [number, kind] : oracle.conflicts) {
        if (kind == ConflictKind::removed_changed) {
          CHECK(conflicts.contains({number, kind}));
        } else {
          CHECK(has(outcome, kind));
        }
      }
      if (oracle.conflicts.empty()) {
        CHECK(conflicts.empty());
      }
      check_links(outcome.records);
      check_order(outcome, triple.ours);
      if (oracle.conflicts.empty()) {
        CHECK(has(outcome, ConflictKind::reference) == oracle.dangles());
        if (!oracle.dangles()) {
          check_sound(outcome.records);
        }
      }
    });
  }
}

}  // namespace qsnap::merge
