// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/resolve_links.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/merge/findings.hpp>

namespace qsnap::app {

namespace {

using model::Record;
using model::Section;

constexpr std::string_view k_refs = "refs", k_ref_ids = "ref_ids", k_ref_scores = "ref_scores";
/// Of a job whose parent is gone.
constexpr std::array<std::string_view, 2> k_of_parents = {"opts_parent", "parent"};

std::string text(const Record& job, std::string_view member) {
  return diff::plain_member(job, member, codec::JsonPayloadReader{});
}

/// What a job is known by in another version, the surest first: id and meaning, meaning, id.
std::array<std::string, 3> names_of(Record job) {
  const std::string id = text(job, "id");
  job.volatiles = {};
  const std::string meaning = merge::record_text(job);
  return {"both " + id + ' ' + meaning, "meaning " + meaning, id.empty() ? std::string{} : "id " + id};
}

/// Where jobs stand in a source.
class Standings {
 public:
  void add(const Record& job) {
    for (const std::string& name : names_of(job)) {
      m_ranks[name].insert(m_count);
    }
    m_names.push_back(names_of(job));
    ++m_count;
  }

  /// The rank of the same job, each given once. Absent for one that is not there.
  std::optional<std::size_t> take(const Record& job, std::size_t certainty) {
    const std::string name = names_of(job).at(certainty);
    const auto at = name.empty() ? m_ranks.end() : m_ranks.find(name);
    if (at == m_ranks.end() || at->second.empty()) {
      return std::nullopt;
    }
    const std::size_t rank = *at->second.begin();
    for (const std::string& other : m_names[rank]) {
      m_ranks[other].erase(rank);
    }
    return rank;
  }

 private:
  std::map<std::string, std::set<std::size_t>, std::less<>> m_ranks;
  std::vector<std::array<std::string, 3>> m_names;
  std::size_t m_count = 0;
};

struct Link {
  std::string json;
  std::string queue;
  std::string role;
  std::string id;
};

Result<std::vector<Link>> links_of(const Record& job) {
  QSNAP_ASSIGN(auto refs, codec::array_elements(job.fields.find(k_refs).value_or("[]")));
  QSNAP_ASSIGN(const auto ids, codec::array_elements(job.volatiles.find(k_ref_ids).value_or("[]")));
  std::vector<Link> links;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    Link link;
    QSNAP_ASSIGN(const auto members, codec::object_members(refs[i]));
    for (const model::Field& member : members) {
      const std::string value = codec::json_to_bytes(member.json).value_or(std::string{});
      link.queue = member.name == "queue" ? value : link.queue;
      link.role = member.name == "role" ? value : link.role;
    }
    link.id = i < ids.size() ? codec::json_to_bytes(ids[i]).value_or(std::string{}) : std::string{};
    link.json = std::move(refs[i]);
    links.push_back(std::move(link));
  }
  return links;
}

JobName name_of(const Record& job) {
  return {text(job, "queue"), text(job, "id")};
}

/// The jobs that it refers to and that no row has. One without an id cannot be missed.
Result<std::set<JobName>> missing_targets(const JobRows& rows, const std::vector<Link>& links) {
  std::set<JobName> missing;
  for (const Link& link : links) {
    if (!link.id.empty()) {
      missing.emplace(link.queue, link.id);
    }
  }
  QSNAP_TRY(rows.visit([&](std::size_t /*row*/, const Record& job) { missing.erase(name_of(job)); }));
  return missing;
}

std::string array_of(const std::vector<std::string>& elements) {
  return fmt::format("[{}]", fmt::join(elements, ","));
}

/// The member without the elements at these positions; without any, it goes.
Result<void> thin_out(model::Fields& fields, std::string_view member, const std::set<std::size_t>& gone) {
  const auto json = fields.find(member);
  if (!json) {
    return {};
  }
  QSNAP_ASSIGN(const auto elements, codec::array_elements(*json));
  std::vector<std::string> left;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!gone.contains(i)) {
      left.push_back(elements[i]);
    }
  }
  if (left.empty()) {
    fields.erase(member);
  } else {
    fields.set(member, array_of(left));
  }
  return {};
}

}  // namespace

Result<void> order_like(JobRows& rows, const codec::SnapshotReader& source, const diff::Place& place) {
  Standings standings;
  QSNAP_TRY(for_each_record(source, Section::jobs, [&](const Record& job) -> Result<void> {
    if (text(job, "queue") == place.queue && text(job, "state") == place.state) {
      standings.add(job);
    }
    return {};
  }));
  const std::vector<std::size_t> seats = rows.rows_in(place);
  std::vector<std::optional<std::size_t>> ranks(seats.size());
  constexpr std::size_t k_certainties = 3;
  for (std::size_t certainty = 0; certainty < k_certainties; ++certainty) {
    for (std::size_t i = 0; i < seats.size(); ++i) {
      if (!ranks[i]) {
        QSNAP_ASSIGN(const Record job, rows.record(seats[i]));
        ranks[i] = standings.take(job, certainty);
      }
    }
  }
  // Those that the source has not follow the one before them; in front of all, they stay there.
  std::vector<std::pair<std::size_t, std::size_t>> order;  // rank + 1, row
  std::size_t last = 0;
  for (std::size_t i = 0; i < seats.size(); ++i) {
    last = ranks[i] ? *ranks[i] + 1 : last;
    order.emplace_back(last, seats[i]);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::size_t> sorted;
  for (const auto& [rank, row] : order) {
    sorted.push_back(row);
  }
  rows.reorder(sorted);
  return {};
}

Result<void> drop_missing_links(const JobRows& rows, Record& job) {
  QSNAP_ASSIGN(const std::vector<Link> links, links_of(job));
  QSNAP_ASSIGN(const std::set<JobName> missing, missing_targets(rows, links));
  std::set<std::size_t> gone;
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (!missing.contains({links[i].queue, links[i].id})) {
      continue;
    }
    gone.insert(i);
    if (links[i].role == "parent") {
      for (const std::string_view member : k_of_parents) {
        job.volatiles.erase(member);
      }
    }
  }
  QSNAP_TRY(thin_out(job.fields, k_refs, gone));
  QSNAP_TRY(thin_out(job.volatiles, k_ref_ids, gone));
  return thin_out(job.volatiles, k_ref_scores, gone);
}

Result<void> restore_targets(JobRows& rows, const Record& job, const codec::SnapshotReader& source) {
  QSNAP_ASSIGN(const std::vector<Link> links, links_of(job));
  QSNAP_ASSIGN(std::set<JobName> missing, missing_targets(rows, links));
  QSNAP_TRY(for_each_record(source, Section::jobs, [&](const Record& other) {
    return missing.erase(name_of(other)) > 0 ? rows.append(other) : Result<void>{};
  }));
  if (!missing.empty()) {
    return make_error(
        ErrorCode::refused,
        fmt::format("job {} that job {} refers to is on neither side", missing.begin()->second, text(job, "id")),
        {"take the other side, which takes the reference out"});
  }
  return {};
}

Result<std::set<JobName>> missing_jobs(const codec::SnapshotReader& document) {
  std::set<JobName> missing;
  QSNAP_TRY(for_each_record(document, Section::jobs, [&](const Record& job) -> Result<void> {
    const std::string state = text(job, "state");
    if (!job.fields.contains(k_refs) || state == "completed" || state == "failed") {
      return {};
    }
    QSNAP_ASSIGN(const std::vector<Link> links, links_of(job));
    for (const Link& link : links) {
      if (!link.id.empty() && (link.role == "parent" || link.role == "pending")) {
        missing.emplace(link.queue, link.id);
      }
    }
    return {};
  }));
  if (!missing.empty()) {
    QSNAP_TRY(for_each_record(document, Section::jobs, [&](const Record& job) -> Result<void> {
      missing.erase(name_of(job));
      return {};
    }));
  }
  return missing;
}

}  // namespace qsnap::app
