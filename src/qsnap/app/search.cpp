// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/decoded_members.hpp>
#include <qsnap/app/found_views.hpp>
#include <qsnap/app/search.hpp>
#include <qsnap/app/search_indexing.hpp>
#include <qsnap/app/search_labels.hpp>
#include <qsnap/app/search_sources.hpp>
#include <qsnap/search/index.hpp>
#include <qsnap/search/query.hpp>

namespace qsnap::app {

namespace {

constexpr std::size_t k_few_records = 3;
/// Beyond that, the number is not told exactly.
constexpr std::uint64_t k_most_counted = 1000;

/// A snapshot that fits the query as far as labels go.
struct Candidate {
  const SearchSource* source = nullptr;
  const search::SnapshotSummary* summary = nullptr;
  std::vector<report::FoundText> about;
};

/// Those that have it in their labels come first, then the newest.
bool comes_before(const Candidate& a, const Candidate& b) {
  if (a.about.empty() != b.about.empty()) {
    return b.about.empty();
  }
  if (a.summary->captured_at != b.summary->captured_at) {
    return a.summary->captured_at > b.summary->captured_at;
  }
  return a.source->name.text() < b.source->name.text();
}

class SearchRun {
 public:
  SearchRun(const store::Store& store, const SearchRequest& request, search::Query query, report::SearchFace& face,
            const Progress& progress)
      : m_store(store),
        m_request(request),
        m_query(std::move(query)),
        m_face(face),
        m_progress(progress),
        m_index(open_index()) {}

  Result<std::uint64_t> run() {
    QSNAP_ASSIGN(m_sources, search_sources(m_store));
    const SnapshotLabels labels = SnapshotLabels::read(m_store, m_sources.problems);
    QSNAP_TRY(check_places());
    QSNAP_TRY(choose_candidates(labels));
    Result<void> searched =
        m_request.index == IndexUse::make_anew ? index_next(0, m_candidates.size()) : Result<void>{};
    if (searched) {
      searched = look_into_candidates();
    }
    m_index.tidy(used_chunks());  // also of what was interrupted
    QSNAP_TRY(std::move(searched));
    return finish();
  }

 private:
  search::Index open_index() const;
  Result<void> check_places() const;
  Result<void> choose_candidates(const SnapshotLabels& labels);
  Result<const search::SnapshotSummary*> summary_for(const SearchSource& source);
  Result<void> index_next(std::size_t first, std::size_t count);
  Result<void> look_into_candidates();
  Result<void> look_into(const Candidate& candidate);
  Result<void> look_into_chunk(const Candidate& candidate, const codec::SnapshotReader& snapshot, std::size_t chunk);
  void add_problem(const Candidate& candidate, const Error& error);
  Result<void> tell_of(const Candidate& candidate);
  Result<void> add_record(const Candidate& candidate, const model::Record& record,
                          const std::vector<search::Hit>& hits);
  [[nodiscard]] bool may_have_it(const Candidate& candidate) const;
  [[nodiscard]] std::unordered_set<std::string> used_chunks() const;
  Result<std::uint64_t> finish();
  [[nodiscard]] bool wants_all() const { return m_request.extent == SearchExtent::all; }
  [[nodiscard]] bool has_enough() const { return !wants_all() && m_ending.snapshots >= m_request.most_snapshots; }

  const store::Store& m_store;
  const SearchRequest& m_request;
  search::Query m_query;
  report::SearchFace& m_face;
  const Progress& m_progress;
  search::Index m_index;
  DecodedMembers m_reader;
  SearchSources m_sources;
  std::vector<Candidate> m_candidates;
  report::SearchEnding m_ending;
  // Of the snapshot that is being looked into:
  bool m_is_told = false;
  std::size_t m_records = 0;  ///< told
  report::MoreRecords m_more;
};

search::Index SearchRun::open_index() const {
  const std::filesystem::path folder = m_store.common_dir() / "qsnap" / "search";
  return m_request.index == IndexUse::make_anew ? search::Index::make_anew(folder, search::hashes_of(m_query))
                                                : search::Index::open(folder, search::hashes_of(m_query));
}

/// A place that nothing is in would be a search that never finds anything.
Result<void> SearchRun::check_places() const {
  for (const std::string& place : m_query.places) {
    const bool is_known =
        is_home(place) || std::any_of(m_sources.list.begin(), m_sources.list.end(),
                                      [&](const SearchSource& source) { return is_in(source, place); });
    if (!is_known) {
      return make_error(ErrorCode::not_found, fmt::format("there is nothing in {}", place),
                        {"--in takes history, test-cases, baselines, or a set that has snapshots"});
    }
  }
  return {};
}

Result<const search::SnapshotSummary*> SearchRun::summary_for(const SearchSource& source) {
  const search::SnapshotSummary* summary = m_index.find(source.stamp);
  if (summary == nullptr) {
    QSNAP_ASSIGN(const codec::SnapshotReader snapshot, open_source(m_store, source));
    summary = &m_index.add(source.stamp, search::summary_of(snapshot));
  }
  return summary;
}

Result<void> SearchRun::choose_candidates(const SnapshotLabels& labels) {
  std::size_t done = 0;
  for (const SearchSource& source : m_sources.list) {
    QSNAP_TRY(m_progress.check());
    m_progress.report("looking at snapshots", done++, m_sources.list.size());
    if (!is_in_any(source, m_query.places)) {
      continue;
    }
    auto summary = summary_for(source);
    if (!summary) {
      m_sources.problems.push_back({source.name.text(), summary.error().message});
      continue;
    }
    ++m_ending.searched;
    const LabelMatch match = labels.match(m_query, source, **summary);
    if (match.has_tags) {
      m_candidates.push_back({&source, *summary, match.about});
    }
  }
  std::sort(m_candidates.begin(), m_candidates.end(), comes_before);
  return {};
}

Result<void> SearchRun::index_next(std::size_t first, std::size_t count) {
  ChunkIndexer indexer{m_index, m_reader, m_request.threads};
  const std::size_t end = std::min(first + count, m_candidates.size());
  Result<void> indexed;
  for (std::size_t i = first; i < end && indexed; ++i) {
    const auto& chunks = m_candidates[i].summary->chunks;
    const bool is_known = std::all_of(chunks.begin(), chunks.end(), [&](const auto& chunk) {
      return m_index.ask(chunk.digest) != search::Answer::unknown;
    });
    if (is_known) {
      continue;
    }
    m_progress.report("indexing", i, m_candidates.size());
    indexed = m_progress.check();
    auto snapshot = open_source(m_store, *m_candidates[i].source);
    if (indexed && snapshot) {  // else it is told when it is looked into
      indexed = indexer.submit(*std::move(snapshot));
    }
  }
  Result<void> finished = indexer.finish();
  return indexed ? std::move(finished) : std::move(indexed);
}

Result<void> SearchRun::look_into_candidates() {
  constexpr std::size_t k_most_at_once = 64;
  std::size_t indexed = 0, at_once = 1;  // few at first, so that the first results come soon
  for (std::size_t i = 0; i < m_candidates.size(); ++i) {
    QSNAP_TRY(m_progress.check());
    if (has_enough()) {
      m_ending.more_snapshots += may_have_it(m_candidates[i]) ? 1U : 0U;
      continue;
    }
    if (i >= indexed && !m_query.terms.empty()) {
      QSNAP_TRY(index_next(i, at_once));
      indexed = i + at_once;
      at_once = std::min(at_once * 2, k_most_at_once);
    }
    m_progress.report("searching", i, m_candidates.size());
    QSNAP_TRY(look_into(m_candidates[i]));
  }
  return {};
}

bool SearchRun::may_have_it(const Candidate& candidate) const {
  const auto& chunks = candidate.summary->chunks;
  return !candidate.about.empty() ||
         (!m_query.terms.empty() && std::any_of(chunks.begin(), chunks.end(), [&](const auto& chunk) {
           return m_index.ask(chunk.digest) != search::Answer::no;
         }));
}

Result<void> SearchRun::look_into(const Candidate& candidate) {
  m_is_told = false;
  m_records = 0;
  m_more = {};
  if (!candidate.about.empty()) {
    QSNAP_TRY(tell_of(candidate));
  }
  if (!m_query.terms.empty() && may_have_it(candidate)) {
    const auto snapshot = open_source(m_store, *candidate.source);
    if (!snapshot) {
      add_problem(candidate, snapshot.error());
    }
    for (std::size_t i = 0; snapshot && i < snapshot->chunks().size() && !m_more.at_least; ++i) {
      QSNAP_TRY(look_into_chunk(candidate, *snapshot, i));
    }
  }
  return m_is_told ? m_face.end(m_more) : Result<void>{};
}

/// A chunk that cannot be read is told, and the others are searched.
Result<void> SearchRun::look_into_chunk(const Candidate& candidate, const codec::SnapshotReader& snapshot,
                                        std::size_t chunk) {
  const model::ChunkInfo& info = snapshot.chunks()[chunk];
  if (!info.section || m_index.ask(info.digest) == search::Answer::no) {
    return {};
  }
  QSNAP_TRY(m_progress.check());
  Result<void> told;
  const Result<void> read = snapshot.read_chunk(chunk, [&](const model::Chunk& text) -> Result<void> {
    for (std::size_t i = 0; told && !m_more.at_least && i < text.lines.size(); ++i) {
      QSNAP_ASSIGN(const model::Record record, snapshot.parse(*info.section, text.lines[i]));
      QSNAP_ASSIGN(const auto hits, search::match_record(m_query, record, m_reader));
      if (hits) {
        told = add_record(candidate, record, *hits);
      }
    }
    return {};
  });
  if (!read) {
    add_problem(candidate, read.error());
  }
  return told;
}

/// One for each snapshot.
void SearchRun::add_problem(const Candidate& candidate, const Error& error) {
  const std::string& name = candidate.source->name.text();
  if (m_sources.problems.empty() || m_sources.problems.back().name != name) {
    m_sources.problems.push_back({name, error.message});
  }
}

Result<void> SearchRun::tell_of(const Candidate& candidate) {
  m_is_told = true;
  ++m_ending.snapshots;
  const search::SnapshotSummary& summary = *candidate.summary;
  return m_face.begin({candidate.source->name.bare().text(),
                       candidate.source->set.is_default() ? std::string{} : candidate.source->set.text(),
                       summary.captured_at, tags_of(*candidate.source, summary), summary.in_conflict, candidate.about});
}

Result<void> SearchRun::add_record(const Candidate& candidate, const model::Record& record,
                                   const std::vector<search::Hit>& hits) {
  if (!m_is_told) {
    QSNAP_TRY(tell_of(candidate));
  }
  if (wants_all() || m_records < k_few_records) {
    ++m_records;
    return m_face.record(found_record(record, hits));
  }
  ++m_more.count;
  m_more.at_least = m_more.count >= k_most_counted;
  return {};
}

std::unordered_set<std::string> SearchRun::used_chunks() const {
  std::unordered_set<std::string> used;
  for (const SearchSource& source : m_sources.list) {
    if (const search::SnapshotSummary* summary = m_index.find(source.stamp)) {
      for (const search::SnapshotSummary::ChunkRef& chunk : summary->chunks) {
        used.insert(chunk.digest);
      }
    }
  }
  return used;
}

Result<std::uint64_t> SearchRun::finish() {
  m_ending.problems = std::move(m_sources.problems);
  QSNAP_TRY(m_face.finish(m_ending));
  return m_ending.snapshots;
}

}  // namespace

Result<std::uint64_t> search(const store::Store& store, const SearchRequest& request, report::SearchFace& face,
                             const Progress& progress) {
  QSNAP_ASSIGN(search::Query query, search::parse_query(request.words));
  query.places.insert(query.places.end(), request.places.begin(), request.places.end());
  return SearchRun{store, request, std::move(query), face, progress}.run();
}

}  // namespace qsnap::app
