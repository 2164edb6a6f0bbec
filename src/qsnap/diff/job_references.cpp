// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include <qsnap/diff/job_references.hpp>

namespace qsnap::diff {

namespace {

constexpr std::uint32_t k_none = UINT32_MAX;
/// What a reference leads to when there is no such job.
constexpr std::uint64_t k_nothing = 1;

/// Stands for a job that a reference leads to. Two of one meaning in one place are as good as one another.
std::uint64_t token_of(const JobEntry& job) {
  constexpr std::uint64_t k_odd = 0x9E3779B97F4A7C15ULL;
  return std::max<std::uint64_t>(k_nothing + 1, job.strictly ^ ((job.place + 1) * k_odd));
}

std::uint64_t hash_of_refs(const KeyedHash& hash, std::vector<JobRef> refs) {
  std::sort(refs.begin(), refs.end());
  const std::string_view bytes{reinterpret_cast<const char*>(refs.data()), refs.size() * sizeof(JobRef)};
  return std::max<std::uint64_t>(1, hash(bytes).low);
}

/// A job's references as what they lead to, sorted. JobRef::target is a token, or the address of a job that is in no
/// line that was read.
struct Leads {
  std::vector<JobRef> list;
  std::vector<std::uint64_t> unknown;  ///< those addresses

  void add(std::uint64_t what, std::uint64_t token) { list.push_back({what, token}); }
  void add_unknown(std::uint64_t what, std::uint64_t address) {
    add(what, address);
    unknown.push_back(address);
  }
  void sort() { std::sort(list.begin(), list.end()); }
};

class Rewiring {
 public:
  Rewiring(const Comparison& comparison, const ReferringJobs& jobs, const JobHasher& hasher)
      : m_comparison(comparison), m_jobs(jobs), m_hasher(hasher), m_partner(jobs.before.size(), k_none) {
    m_is_added.assign(jobs.after.size(), false);
    for (const JobPair& pair : jobs.matching.pairs) {
      m_partner[pair.before] = pair.after;
    }
    for (const std::uint32_t entry : jobs.matching.added) {
      m_is_added[entry] = true;
    }
  }

  Result<std::vector<bool>> run() {
    std::vector<bool> rewired(m_jobs.matching.pairs.size(), false);
    std::vector<std::uint32_t> undecided;
    for (std::uint32_t i = 0; i < rewired.size(); ++i) {
      auto [before, after] = leads(m_jobs.matching.pairs[i]);
      rewired[i] = spelt_alike(before, after) && before.list != after.list;
      if (rewired[i] && !(before.unknown.empty() && after.unknown.empty())) {
        undecided.push_back(i);
        m_wanted.insert(before.unknown.begin(), before.unknown.end());
        m_wanted.insert(after.unknown.begin(), after.unknown.end());
      }
    }
    if (!undecided.empty()) {
      QSNAP_TRY(look_up(m_comparison.before, m_known_before));
      QSNAP_TRY(look_up(m_comparison.after, m_known_after));
    }
    for (const std::uint32_t i : undecided) {
      auto [before, after] = leads(m_jobs.matching.pairs[i]);
      resolve(before, m_known_before);
      resolve(after, m_known_after);
      rewired[i] = before.list != after.list;
    }
    return rewired;
  }

 private:
  using Known = std::unordered_map<std::uint64_t, std::uint64_t>;  ///< address → token

  std::pair<Leads, Leads> leads(const JobPair& pair) const {
    std::pair<Leads, Leads> both;
    for (const JobRef& ref : m_jobs.before_refs.of(pair.before)) {
      add_before(both.first, ref);
    }
    for (const JobRef& ref : m_jobs.after_refs.of(pair.after)) {
      add_after(both.second, ref);
    }
    both.first.sort();
    both.second.sort();
    return both;
  }

  /// Where a reference of the before side leads on the after side: to what its job has become; where that is gone, to a
  /// new one by the same id.
  void add_before(Leads& leads, const JobRef& ref) const {
    const auto target = m_jobs.before_refs.find(ref.target);
    if (target && m_partner[*target] != k_none) {
      leads.add(ref.what, token_of(m_jobs.after[m_partner[*target]]));
      return;
    }
    const auto same_id = m_jobs.after_refs.find(ref.target);
    if (same_id && m_is_added[*same_id]) {
      leads.add(ref.what, token_of(m_jobs.after[*same_id]));
    } else if (target || ref.target == 0) {
      leads.add(ref.what, k_nothing);
    } else {
      leads.add_unknown(ref.what, ref.target);
    }
  }

  void add_after(Leads& leads, const JobRef& ref) const {
    const auto target = m_jobs.after_refs.find(ref.target);
    if (target) {
      leads.add(ref.what, token_of(m_jobs.after[*target]));
    } else if (ref.target == 0) {
      leads.add(ref.what, k_nothing);
    } else {
      leads.add_unknown(ref.what, ref.target);
    }
  }

  /// Refs that say something else are a change of the member "refs", which is told anyway.
  static bool spelt_alike(const Leads& before, const Leads& after) {
    const auto same = [](const JobRef& a, const JobRef& b) { return a.what == b.what; };
    return std::equal(before.list.begin(), before.list.end(), after.list.begin(), after.list.end(), same);
  }

  Result<void> look_up(const model::RecordSource& source, Known& known) const {
    return for_each_record(source, model::Section::jobs, [&](const model::Record& record) -> Result<void> {
      QSNAP_ASSIGN(const JobEntry job, m_hasher.entry(record, 0));
      if (m_wanted.contains(job.address)) {
        known.try_emplace(job.address, token_of(job));
      }
      return {};
    });
  }

  static void resolve(Leads& leads, const Known& known) {
    const std::unordered_set<std::uint64_t> unknown{leads.unknown.begin(), leads.unknown.end()};
    for (JobRef& ref : leads.list) {
      if (unknown.contains(ref.target)) {
        const auto at = known.find(ref.target);
        ref.target = at == known.end() ? k_nothing : at->second;
      }
    }
    leads.sort();
  }

  const Comparison& m_comparison;
  const ReferringJobs& m_jobs;
  const JobHasher& m_hasher;
  std::vector<std::uint32_t> m_partner;  ///< of each entry of the before side
  std::vector<bool> m_is_added;          ///< of each entry of the after side
  std::unordered_set<std::uint64_t> m_wanted;
  Known m_known_before;
  Known m_known_after;
};

struct JobName {
  std::string queue;
  std::string id;
};

/// Of some lines, in ascending order of the lines.
Result<std::unordered_map<std::uint32_t, JobName>> names_of(LineIndex& index, const std::set<std::uint32_t>& lines,
                                                            const model::PayloadReader& payloads) {
  std::unordered_map<std::uint32_t, JobName> names;
  const std::vector<std::uint32_t> list{lines.begin(), lines.end()};
  QSNAP_TRY(index.visit(list, [&](std::uint32_t line, const model::Record& job) -> Result<void> {
    names.emplace(line, JobName{plain_member(job, "queue", payloads), plain_member(job, "id", payloads)});
    return {};
  }));
  return names;
}

/// Pairs under two ids of which references of the after side name one: the new one, or the old one, which then leads
/// elsewhere or nowhere. By line of the before side.
std::vector<LinePair> renamed_targets(const ReferringJobs& jobs) {
  std::unordered_set<std::uint64_t> named;
  for (std::uint32_t entry = 0; entry < jobs.after.size(); ++entry) {
    for (const JobRef& ref : jobs.after_refs.of(entry)) {
      named.insert(ref.target);
    }
  }
  std::vector<LinePair> renamed;
  for (const JobPair& pair : jobs.matching.pairs) {
    const JobEntry &before = jobs.before[pair.before], &after = jobs.after[pair.after];
    const bool is_named = named.contains(before.address) || named.contains(after.address);
    if (is_named && before.address != 0 && after.address != 0 && before.address != after.address) {
      renamed.push_back({before.line, after.line});
    }
  }
  std::sort(renamed.begin(), renamed.end(), [](LinePair a, LinePair b) { return a.before < b.before; });
  return renamed;
}

}  // namespace

Result<SideReferences> SideReferences::follow(LineIndex& index, std::vector<JobEntry>& jobs, const JobHasher& hasher) {
  SideReferences side;
  std::vector<std::uint32_t> referrers, lines;
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].targets != 0) {
      referrers.push_back(i);
      lines.push_back(jobs[i].line);
    }
  }
  if (referrers.empty()) {
    return side;
  }
  std::size_t next = 0;
  QSNAP_TRY(index.visit(lines, [&](std::uint32_t /*line*/, const model::Record& record) -> Result<void> {
    QSNAP_ASSIGN(side.m_refs[referrers[next++]], hasher.references(record));
    return {};
  }));
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].address != 0) {
      side.m_by_address.try_emplace(jobs[i].address, i);
    }
  }
  for (const auto& [entry, refs] : side.m_refs) {
    std::vector<JobRef> meant = refs;
    for (JobRef& ref : meant) {
      const auto target = side.find(ref.target);
      ref.target = target ? jobs[*target].meaning.low : ref.target;
    }
    jobs[entry].targets = hash_of_refs(hasher.hash(), std::move(meant));
  }
  return side;
}

std::span<const JobRef> SideReferences::of(std::uint32_t entry) const {
  const auto at = m_refs.find(entry);
  return at == m_refs.end() ? std::span<const JobRef>{} : std::span{at->second};
}

std::optional<std::uint32_t> SideReferences::find(std::uint64_t address) const {
  const auto at = m_by_address.find(address);
  return address == 0 || at == m_by_address.end() ? std::nullopt : std::optional{at->second};
}

Result<std::vector<bool>> find_rewired(const Comparison& comparison, const ReferringJobs& jobs,
                                       const JobHasher& hasher) {
  return Rewiring{comparison, jobs, hasher}.run();
}

Result<std::vector<Alias>> find_aliases(const Comparison& comparison, SectionLines& lines, const ReferringJobs& jobs) {
  const std::vector<LinePair> renamed = renamed_targets(jobs);
  std::set<std::uint32_t> before_lines, after_lines;
  for (const LinePair& pair : renamed) {
    before_lines.insert(pair.before);
    after_lines.insert(pair.after);
  }
  QSNAP_ASSIGN(const auto old_names, names_of(lines.before, before_lines, comparison.payloads));
  QSNAP_ASSIGN(const auto new_names, names_of(lines.after, after_lines, comparison.payloads));
  std::vector<Alias> aliases;
  for (const LinePair& pair : renamed) {
    const JobName& before = old_names.at(pair.before);
    const JobName& after = new_names.at(pair.after);
    aliases.push_back({before.queue, before.id, after.queue, after.id});
  }
  return aliases;
}

}  // namespace qsnap::diff
