// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/decoded_members.hpp>
#include <qsnap/app/found_views.hpp>
#include <qsnap/app/grep.hpp>
#include <qsnap/app/grep_versions.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/ordered_workers.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/git/repository.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/search/pattern.hpp>
#include <qsnap/search/record_lines.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app {

namespace {

constexpr std::size_t k_few_records = 3;
/// Lines of a record; the others match, too, and say little more.
constexpr std::size_t k_most_lines = 5;
constexpr std::size_t k_bound_bytes = 8 * limits::k_mib;  ///< of chunks that wait or are worked on

/// A chunk as a thread of its own can have it.
struct ChunkJob {
  model::Section section = model::Section::jobs;
  std::string digest;
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> lines;  ///< where each begins, and its size
};

struct ChunkFound {
  std::string digest;
  std::uint64_t count = 0;
  std::vector<report::FoundRecord> records;  ///< the first few of them, or all
};

ChunkJob job_of(const model::ChunkInfo& info, const model::Chunk& chunk) {
  ChunkJob job{info.section.value_or(model::Section::jobs), info.digest, chunk.text, {}};
  for (const std::string_view line : chunk.lines) {
    job.lines.emplace_back(static_cast<std::size_t>(line.data() - chunk.text.data()), line.size());
  }
  return job;
}

/// One thread's.
class ChunkGrep {
 public:
  ChunkGrep(const GrepRequest& request, search::Pattern pattern, const search::MemberReader& reader,
            const Progress& progress)
      : m_request(request), m_pattern(std::move(pattern)), m_reader(reader), m_progress(progress) {}

  Result<ChunkFound> look_into(const ChunkJob& job) const {
    ChunkFound found{job.digest, 0, {}};
    for (const auto& [begin, size] : job.lines) {
      QSNAP_TRY(m_progress.check());  // a pattern may take its time for each
      QSNAP_ASSIGN(const model::Record record,
                   codec::parse_record(job.section, std::string_view{job.text}.substr(begin, size)));
      if (!is_wanted(record)) {
        continue;
      }
      QSNAP_ASSIGN(std::vector<report::FoundText> texts, matching_lines(record));
      if (texts.empty()) {
        continue;
      }
      ++found.count;
      if (m_request.extent == GrepExtent::all || found.records.size() < k_few_records) {
        found.records.push_back(found_record(record, {}));
        found.records.back().texts = std::move(texts);
      }
    }
    return found;
  }

 private:
  [[nodiscard]] bool is_wanted(const model::Record& record) const {
    if (!m_request.queue && !m_request.state) {
      return true;
    }
    return record.section == model::Section::jobs &&
           (!m_request.queue || model::queue_matches(search::text_of(record.fields, "queue"), *m_request.queue)) &&
           (!m_request.state || search::text_of(record.fields, "state") == *m_request.state);
  }

  [[nodiscard]] Result<std::vector<report::FoundText>> matching_lines(const model::Record& record) const {
    QSNAP_ASSIGN(const std::vector<search::RecordLine> lines, search::record_lines(record, m_reader));
    std::vector<report::FoundText> texts;
    for (std::size_t i = 0; i < lines.size() && texts.size() < k_most_lines; ++i) {
      std::string path = fmt::format("{}{}", lines[i].member, lines[i].path);
      const std::size_t text_at = path.size() + 2;
      QSNAP_ASSIGN(const auto mark, m_pattern.find(fmt::format("{}: {}", path, lines[i].text)));
      if (mark) {
        texts.push_back(found_text(std::move(path), search::excerpt_of(lines[i].text, in_text(*mark, text_at))));
      }
    }
    return texts;
  }

  /// The part of a mark that lies in the value; none where the path is all that matches.
  static std::vector<search::Mark> in_text(const search::Mark& mark, std::size_t text_at) {
    const std::size_t begin = std::max(mark.begin, text_at), end = mark.begin + mark.size;
    return end > begin ? std::vector<search::Mark>{{begin - text_at, end - begin}} : std::vector<search::Mark>{};
  }

  const GrepRequest& m_request;
  search::Pattern m_pattern;
  const search::MemberReader& m_reader;
  const Progress& m_progress;
};

class GrepRun {
 public:
  GrepRun(const std::filesystem::path& folder, const GrepRequest& request, const search::Pattern& pattern,
          report::GrepFace& face, const Progress& progress)
      : m_folder(folder),
        m_request(request),
        m_face(face),
        m_progress(progress),
        m_workers(
            request.threads, k_bound_bytes,
            [this, &pattern] {
              const auto grep = std::make_shared<ChunkGrep>(m_request, pattern, m_reader, m_progress);
              return [grep](const ChunkJob& job) { return grep->look_into(job); };
            },
            [this](ChunkFound found) -> Result<void> {
              std::string digest = found.digest;
              m_found.insert_or_assign(std::move(digest), std::move(found));
              return {};
            }) {}

  Result<std::uint64_t> run() {
    QSNAP_ASSIGN(std::optional<git::Repository> repository, git::Repository::discover(m_folder));
    if (!repository) {
      return make_error(ErrorCode::not_found, fmt::format("{} is not inside a git repository", m_folder.native()),
                        {"git init"});
    }
    QSNAP_ASSIGN(const std::vector<report::GrepVersion> versions, all_versions(*repository));
    std::vector<std::string> ids;
    for (const report::GrepVersion& version : versions) {
      ids.push_back(version.blob);
    }
    QSNAP_TRY(for_each_blob(m_folder, ids, [&](std::size_t i, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
      QSNAP_TRY(m_progress.check());
      m_progress.report("searching versions", i, ids.size());
      ++m_ending.searched;
      return look_into(*repository, versions[i], std::move(blob));
    }));
    QSNAP_TRY(m_face.finish(m_ending));
    return m_ending.versions;
  }

 private:
  Result<std::vector<report::GrepVersion>> all_versions(const git::Repository& repository);
  Result<void> look_into(const git::Repository& repository, const report::GrepVersion& version,
                         std::unique_ptr<codec::ByteSource> blob);
  Result<codec::SnapshotReader> open(const git::Repository& repository, std::unique_ptr<codec::ByteSource> blob) const;
  Result<void> submit_new_chunks(const codec::SnapshotReader& snapshot);
  Result<void> tell(const report::GrepVersion& version, const codec::SnapshotReader& snapshot);
  void forget_found();

  const std::filesystem::path& m_folder;
  const GrepRequest& m_request;
  report::GrepFace& m_face;
  const Progress& m_progress;
  DecodedMembers m_reader;
  std::map<std::string, ChunkFound> m_found;  ///< by digest: versions share most of their chunks
  report::GrepEnding m_ending;
  OrderedWorkers<ChunkJob, ChunkFound> m_workers;
};

/// A content that stands in several places is one version.
std::vector<report::GrepVersion> united(std::vector<report::GrepVersion> versions) {
  std::map<std::string, std::size_t> at;  // by blob
  std::vector<report::GrepVersion> all;
  for (report::GrepVersion& version : versions) {
    const auto [known, is_new] = at.emplace(version.blob, all.size());
    if (is_new) {
      all.push_back(std::move(version));
    } else {
      std::vector<report::GrepPlace>& places = all[known->second].places;
      places.insert(places.end(), version.places.begin(), version.places.end());
    }
  }
  return all;
}

Result<std::vector<report::GrepVersion>> GrepRun::all_versions(const git::Repository& repository) {
  const bool everything = m_request.revisions.empty() && m_request.captures == GrepCaptures::left_out;
  std::vector<report::GrepVersion> versions;
  if (everything || !m_request.revisions.empty()) {
    QSNAP_ASSIGN(versions, committed_versions(m_folder, m_request.revisions));
  }
  if (everything || m_request.captures == GrepCaptures::searched) {
    QSNAP_ASSIGN(const std::vector<report::GrepVersion> captured,
                 captured_versions(repository, m_folder, m_ending.problems));
    versions.insert(versions.end(), captured.begin(), captured.end());
  }
  return united(std::move(versions));
}

Result<codec::SnapshotReader> GrepRun::open(const git::Repository& repository,
                                            std::unique_ptr<codec::ByteSource> blob) const {
  if (!blob) {
    return make_error(ErrorCode::not_found, std::string{k_blob_is_missing});
  }
  constexpr std::uint64_t k_first_bytes = 64;
  QSNAP_ASSIGN(const std::string first, blob->read(0, std::min(k_first_bytes, blob->size())));
  if (codec::file_kind(first) == codec::FileKind::lfs_pointer) {
    QSNAP_ASSIGN(blob, store::resolve_lfs_pointer(repository, std::move(blob), "it"));
  }
  return codec::SnapshotReader::open(std::move(blob));
}

Result<void> GrepRun::look_into(const git::Repository& repository, const report::GrepVersion& version,
                                std::unique_ptr<codec::ByteSource> blob) {
  const auto snapshot = open(repository, std::move(blob));
  const Result<void> read = snapshot ? submit_new_chunks(*snapshot) : Result<void>{snapshot.error()};
  const Result<void> finished = m_workers.finish();
  for (const Result<void>& result : {read, finished}) {
    if (result) {
      continue;
    }
    const ErrorCode code = result.error().code;
    if (code == ErrorCode::cancelled || code == ErrorCode::usage) {  // the pattern takes too long
      return result;
    }
    m_ending.problems.push_back({version.places.front().name, result.error().message});
  }
  return snapshot ? tell(version, *snapshot) : Result<void>{};
}

Result<void> GrepRun::submit_new_chunks(const codec::SnapshotReader& snapshot) {
  for (std::size_t i = 0; i < snapshot.chunks().size(); ++i) {
    const model::ChunkInfo& info = snapshot.chunks()[i];
    const bool only_jobs = m_request.queue || m_request.state;
    if (!info.section || m_found.contains(info.digest) || (only_jobs && info.section != model::Section::jobs)) {
      continue;
    }
    QSNAP_TRY(m_progress.check());
    ChunkJob job;
    QSNAP_TRY(snapshot.read_chunk(i, [&](const model::Chunk& chunk) -> Result<void> {
      job = job_of(info, chunk);
      return {};
    }));
    const std::size_t weight = job.text.size();
    QSNAP_TRY(m_workers.submit(std::move(job), weight));
  }
  return {};
}

Result<void> GrepRun::tell(const report::GrepVersion& version, const codec::SnapshotReader& snapshot) {
  std::uint64_t count = 0, told = 0;
  for (const model::ChunkInfo& info : snapshot.chunks()) {
    const auto found = m_found.find(info.digest);
    if (found == m_found.end() || found->second.count == 0) {
      continue;
    }
    if (count == 0) {
      ++m_ending.versions;
      QSNAP_TRY(m_face.begin(version));
    }
    count += found->second.count;
    for (const report::FoundRecord& record : found->second.records) {
      if (m_request.extent == GrepExtent::all || told < k_few_records) {
        ++told;
        QSNAP_TRY(m_face.record(record));
      }
    }
  }
  QSNAP_TRY(count > 0 ? m_face.end({count - told, false}) : Result<void>{});
  forget_found();
  return {};
}

/// What many versions found, all of it, might not fit into memory; that nothing is in a chunk always does.
void GrepRun::forget_found() {
  if (m_request.extent == GrepExtent::all) {
    std::erase_if(m_found, [](const auto& found) { return found.second.count > 0; });
  }
}

}  // namespace

Result<std::uint64_t> grep(const std::filesystem::path& folder, const GrepRequest& request, report::GrepFace& face,
                           const Progress& progress) {
  const auto kind = request.kind == GrepPattern::fixed ? search::PatternKind::fixed : search::PatternKind::expression;
  const auto letters =
      request.letters == GrepCase::ignored ? search::PatternCase::ignored : search::PatternCase::sensitive;
  QSNAP_ASSIGN(const search::Pattern pattern, search::Pattern::compile(request.pattern, kind, letters));
  return GrepRun{folder, request, pattern, face, progress}.run();
}

}  // namespace qsnap::app
