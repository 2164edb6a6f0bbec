// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/diff/line_jobs.hpp>
#include <qsnap/diff/order.hpp>
#include <qsnap/merge/job_lineage.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::merge {

namespace {

/// Whose texts may stay in memory while everything else is decided.
constexpr std::size_t k_few_lines = 8192;

const JobFacts* find_facts(const std::vector<JobFacts>& list, std::uint32_t ordinal) {
  const auto at = std::lower_bound(list.begin(), list.end(), ordinal,
                                   [](const JobFacts& facts, std::uint32_t value) { return facts.ordinal < value; });
  return at != list.end() && at->ordinal == ordinal ? &*at : nullptr;
}

/// The id; of a scheduler's job, whose id is made of these, the scheduler and the slot.
JobId id_of(const model::Record& job, const model::PayloadReader& payloads) {
  JobId known{diff::plain_member(job, "queue", payloads), diff::plain_member(job, "id", payloads)};
  if (known.id.empty() && job.fields.contains("scheduler") && job.volatiles.contains("slot_at_ms")) {
    known.id = fmt::format("repeat:{}:{}", diff::plain_member(job, "scheduler", payloads),
                           diff::plain_member(job, "slot_at_ms", payloads));
  }
  return known;
}

/// Whether a job that is in base and in a side shows that the side goes on from base. Some run gave it its id or its
/// time. A schedule gives its job the same slot in every run, and a list's item is the same whenever it was added.
bool has_origin(const model::Record& job) {
  const auto tells_it = [](const model::Field& member) {
    return member.name == "id" || member.name.starts_with("created_at_");
  };
  return std::any_of(job.volatiles.begin(), job.volatiles.end(), tells_it);
}

/// Children that are done may have been removed since.
bool may_be_gone(std::string_view role_json) {
  constexpr std::array<std::string_view, 3> k_done = {R"("failed")", R"("processed")", R"("unsuccessful")"};
  return std::find(k_done.begin(), k_done.end(), role_json) != k_done.end();
}

/// The queue of a link whose target has to be there.
std::optional<std::string> required_queue(const std::vector<model::Field>& link, const model::PayloadReader& payloads) {
  std::optional<std::string> queue;
  for (const model::Field& member : link) {
    if (member.name == "value" || (member.name == "role" && may_be_gone(member.json))) {
      return std::nullopt;
    }
    if (member.name == "queue") {
      queue = payloads.bytes(member.json);
    }
  }
  return queue;
}

}  // namespace

/// What of a trace is needed only until the pairs are made.
struct JobLineage::Read {
  std::vector<diff::JobEntry> base;
  std::vector<diff::JobEntry> side;
};

Result<JobLineage> JobLineage::trace(const model::RecordSource& base, const model::RecordSource& side,
                                     const Tools& tools) {
  QSNAP_ASSIGN(auto lines, diff::collect_lines(base, side, model::Section::jobs, tools.hash, tools.progress));
  JobLineage lineage{std::move(lines)};
  QSNAP_ASSIGN(const Read read, lineage.read(tools));
  QSNAP_ASSIGN(diff::Matching matching,
               diff::match_jobs(read.base, read.side, tools.places,
                                diff::job_sketcher(lineage.m_lines.before, read.base, tools.hasher),
                                diff::job_sketcher(lineage.m_lines.after, read.side, tools.hasher)));
  QSNAP_TRY(lineage.part_different_jobs(base, read, matching));
  lineage.connect_same(base, side);
  lineage.connect_pairs(read, matching, tools);
  lineage.find_reordered(read, matching);
  if (read.base.size() + read.side.size() > k_few_lines) {
    lineage.m_lines.before.forget_texts();
    lineage.m_lines.after.forget_texts();
  }
  return lineage;
}

std::uint64_t JobLineage::id_hash(const diff::KeyedHash& hash, std::string_view queue, std::string_view id) {
  std::string text;
  diff::append_part(text, queue);
  diff::append_part(text, id);
  return std::max<std::uint64_t>(1, hash(text).low);
}

Result<JobLineage::Read> JobLineage::read(const Tools& tools) {
  Read read;
  const auto read_line = [&](const diff::LineIndex& index, const model::Record& record, std::uint32_t line,
                             std::vector<diff::JobEntry>& entries, std::vector<JobFacts>& facts) -> Result<JobId> {
    QSNAP_ASSIGN(diff::JobEntry entry, tools.hasher.entry(record, line));
    JobId job = id_of(record, tools.payloads);
    const bool has_id = !job.id.empty() && model::has_body(record);
    JobFacts fact;
    fact.ordinal = index.ordinal(line);
    fact.place = entry.place & (UINT32_MAX >> 2U);
    fact.is_numbered = parse_integer(job.id) ? 1 : 0;
    fact.has_origin = entry.identity != 0 && has_origin(record) ? 1 : 0;
    fact.id = has_id ? id_hash(tools.hash, job.queue, job.id) : 0;
    entry.identity = entry.identity == 0 ? fact.id : entry.identity;
    facts.push_back(fact);
    entries.push_back(entry);
    return job;
  };
  QSNAP_TRY(m_lines.before.visit(m_lines.before_rest, [&](std::uint32_t line, const model::Record& r) -> Result<void> {
    QSNAP_TRY(read_line(m_lines.before, r, line, read.base, m_base_facts));
    return {};
  }));
  QSNAP_TRY(m_lines.after.visit(m_lines.after_rest, [&](std::uint32_t line, const model::Record& r) -> Result<void> {
    QSNAP_ASSIGN(JobId job, read_line(m_lines.after, r, line, read.side, m_side_facts));
    if (const auto number = parse_integer(job.id)) {
      std::int64_t& highest = m_highest[std::move(job.queue)];
      highest = std::max(highest, *number);
    }
    return note_references(r, m_side_facts.back().ordinal, tools);
  }));
  return read;
}

/// What a finished job belonged to may have been removed since.
Result<void> JobLineage::note_references(const model::Record& record, std::uint32_t ordinal, const Tools& tools) {
  const auto refs = record.fields.find("refs"), ids = record.volatiles.find("ref_ids");
  m_has_references = m_has_references || refs;
  if (!refs || !ids || record.volatiles.contains("finished_at_ms") || !model::has_body(record)) {
    return {};
  }
  QSNAP_ASSIGN(const auto links, tools.payloads.members(*refs));
  QSNAP_ASSIGN(const auto targets, tools.payloads.members(*ids));
  for (std::size_t i = 0; i < std::min(links.size(), targets.size()); ++i) {
    QSNAP_ASSIGN(const auto link, tools.payloads.members(links[i].json));
    const auto queue = required_queue(link, tools.payloads);
    const auto id = tools.payloads.bytes(targets[i].json);
    if (queue && id) {
      m_references.push_back({ordinal, id_hash(tools.hash, *queue, *id)});
    }
  }
  return {};
}

/// Where ids go on from base to the side, a job with another identity and another meaning is another job, however alike
/// they are: one left, one came. In a side that was captured anew, no identity lives on. An id that is no number names
/// one job, whenever it was made.
Result<void> JobLineage::part_different_jobs(const model::RecordSource& base, const Read& read,
                                             diff::Matching& matching) {
  const auto differ = [&](const diff::JobPair& pair) {
    const diff::JobEntry &before = read.base[pair.before], &after = read.side[pair.after];
    const JobFacts& side = m_side_facts[pair.after];
    const bool same_name = m_base_facts[pair.before].id == side.id && side.is_numbered == 0;
    return before.identity != 0 && after.identity != 0 && before.identity != after.identity && !same_name &&
           before.strictly != after.strictly;
  };
  const bool any_differ = std::any_of(matching.pairs.begin(), matching.pairs.end(), differ);
  if (!any_differ && (matching.removed.empty() || matching.added.empty())) {
    return {};  // the answer would change nothing
  }
  QSNAP_ASSIGN(const bool ids_go_on, goes_on(base, read, matching));
  m_is_captured_anew = !ids_go_on;
  if (m_is_captured_anew) {
    return {};
  }
  for (const diff::JobPair& pair : matching.pairs) {
    if (differ(pair)) {
      matching.removed.push_back(pair.before);
      matching.added.push_back(pair.after);
    }
  }
  std::erase_if(matching.pairs, differ);
  std::sort(matching.removed.begin(), matching.removed.end());
  std::sort(matching.added.begin(), matching.added.end());
  return {};
}

Result<bool> JobLineage::goes_on(const model::RecordSource& base, const Read& read, const diff::Matching& matching) {
  const auto lives_on = [&](const diff::JobPair& pair) {
    return m_base_facts[pair.before].has_origin != 0 &&
           read.base[pair.before].identity == read.side[pair.after].identity;
  };
  if (std::any_of(matching.pairs.begin(), matching.pairs.end(), lives_on)) {
    return true;
  }
  QSNAP_ASSIGN(const bool in_line, equal_line_goes_on());
  return in_line ? Result<bool>{true} : equal_chunk_goes_on(base);
}

Result<bool> JobLineage::equal_line_goes_on() {
  constexpr std::size_t k_batch = 256;
  for (std::size_t from = 0; from < m_lines.equal.size(); from += k_batch) {
    std::vector<std::uint32_t> lines;
    for (std::size_t i = from; i < std::min(from + k_batch, m_lines.equal.size()); ++i) {
      lines.push_back(m_lines.equal[i].before);
    }
    QSNAP_ASSIGN(const diff::LineIndex::Records records, m_lines.before.load(std::move(lines)));
    if (std::any_of(records.begin(), records.end(), [](const auto& line) { return has_origin(line.second); })) {
      return true;
    }
  }
  return false;
}

/// As a rule the first record of the first of them tells.
Result<bool> JobLineage::equal_chunk_goes_on(const model::RecordSource& base) const {
  std::uint64_t ordinal = 0;
  auto same = m_lines.same.begin();
  bool found = false;
  for (std::size_t i = 0; i < base.chunks().size() && same != m_lines.same.end() && !found; ++i) {
    const model::ChunkInfo& info = base.chunks()[i];
    if (info.section != model::Section::jobs) {
      continue;
    }
    if (ordinal == same->before) {
      QSNAP_TRY(base.read_chunk(i, [&](const model::Chunk& chunk) -> Result<void> {
        for (std::size_t line = 0; line < chunk.lines.size() && !found; ++line) {
          QSNAP_ASSIGN(const model::Record job, base.parse(model::Section::jobs, chunk.lines[line]));
          found = has_origin(job);
        }
        return {};
      }));
      ++same;
    }
    ordinal += info.records;
  }
  return found;
}

void JobLineage::connect_same(const model::RecordSource& base, const model::RecordSource& side) {
  m_to_side.assign(count_records(base, model::Section::jobs), k_none);
  m_to_base.assign(count_records(side, model::Section::jobs), k_none);
  m_fates.assign(m_to_side.size(), Fate::gone);
  const auto connect = [&](std::uint32_t before, std::uint32_t after) {
    m_to_side[before] = after;
    m_to_base[after] = before;
    m_fates[before] = Fate::same;
  };
  for (const diff::SameRecords& same : m_lines.same) {
    for (std::uint32_t i = 0; i < same.count; ++i) {
      connect(same.before + i, same.after + i);
    }
  }
  for (const diff::LinePair& pair : m_lines.equal) {
    connect(m_lines.before.ordinal(pair.before), m_lines.after.ordinal(pair.after));
  }
}

void JobLineage::connect_pairs(const Read& read, const diff::Matching& matching, const Tools& tools) {
  const auto fate = [&](const diff::JobEntry& before, const diff::JobEntry& after) {
    constexpr std::int64_t k_no_duration = diff::JobEntry::k_no_duration;
    const bool waits = before.duration != k_no_duration && after.duration != k_no_duration &&
                       !tools.book.durations_agree(before.duration, after.duration);
    return before.place != after.place                  ? Fate::moved
           : before.strictly != after.strictly || waits ? Fate::changed
                                                        : Fate::noise;
  };
  for (const diff::JobPair& pair : matching.pairs) {
    const std::uint32_t before = m_base_facts[pair.before].ordinal, after = m_side_facts[pair.after].ordinal;
    m_to_side[before] = after;
    m_to_base[after] = before;
    m_fates[before] = fate(read.base[pair.before], read.side[pair.after]);
  }
  for (const std::uint32_t entry : matching.added) {
    m_added.push_back(read.side[entry]);
    m_added.back().line = m_side_facts[entry].ordinal;
  }
}

void JobLineage::find_reordered(const Read& read, const diff::Matching& matching) {
  std::vector<diff::Standing> standings;
  const auto add = [&](std::uint32_t before, std::uint32_t after) {
    standings.push_back({before, after, m_lines.before.gap(before), m_lines.after.gap(after)});
  };
  for (const diff::LinePair& pair : m_lines.equal) {
    add(pair.before, pair.after);
  }
  for (const diff::JobPair& pair : matching.pairs) {
    const diff::JobEntry &before = read.base[pair.before], &after = read.side[pair.after];
    if (before.place == after.place) {
      add(before.line, after.line);
    }
  }
  std::sort(standings.begin(), standings.end(),
            [](const diff::Standing& a, const diff::Standing& b) { return a.before < b.before; });
  for (const std::uint32_t i : diff::out_of_order(standings)) {
    m_reordered.push_back(m_lines.before.ordinal(standings[i].before));
  }
}

Result<std::vector<JobLineage::Renamed>> JobLineage::find_renamed(const model::PayloadReader& payloads) {
  std::vector<Renamed> renamed;
  std::vector<std::uint32_t> base_lines, side_lines;
  for (const JobFacts& facts : m_base_facts) {
    const std::uint32_t partner = m_to_side[facts.ordinal];
    const JobFacts* const after = partner != k_none ? side_facts(partner) : nullptr;
    if (after != nullptr && facts.id != 0 && after->id != 0 && facts.id != after->id) {
      renamed.push_back({facts.ordinal, {}, {}});
      base_lines.push_back(*m_lines.before.line_at(facts.ordinal));
      side_lines.push_back(*m_lines.after.line_at(after->ordinal));
    }
  }
  std::size_t next = 0;
  QSNAP_TRY(m_lines.before.visit(base_lines, [&](std::uint32_t, const model::Record& record) -> Result<void> {
    renamed[next++].before = id_of(record, payloads);
    return {};
  }));
  std::sort(side_lines.begin(), side_lines.end());
  QSNAP_TRY(m_lines.after.visit(side_lines, [&](std::uint32_t line, const model::Record& record) -> Result<void> {
    const std::uint32_t base = m_to_base[m_lines.after.ordinal(line)];
    const auto at = std::lower_bound(renamed.begin(), renamed.end(), base,
                                     [](const Renamed& entry, std::uint32_t value) { return entry.base < value; });
    at->after = id_of(record, payloads);
    return {};
  }));
  return renamed;
}

const JobFacts* JobLineage::base_facts(std::uint32_t ordinal) const {
  return find_facts(m_base_facts, ordinal);
}
const JobFacts* JobLineage::side_facts(std::uint32_t ordinal) const {
  return find_facts(m_side_facts, ordinal);
}

}  // namespace qsnap::merge
