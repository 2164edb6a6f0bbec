// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/check_container.hpp>
#include <qsnap/codec/chunker.hpp>
#include <qsnap/codec/conflict_json.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/document_grammar.hpp>
#include <qsnap/codec/json.hpp>

namespace qsnap::codec {

namespace {

constexpr std::string_view k_has_conflicts = "the document has conflicts that nobody has resolved";

/// More findings than this help nobody, and a hostile file has a limit to what it makes us say.
constexpr std::size_t k_max_findings = 100;

/// Where a job stands in the order of a document.
struct JobPlace {
  std::string queue;
  std::string state;

  friend auto operator<=>(const JobPlace&, const JobPlace&) = default;
};

std::string member_bytes(const model::Record& record, std::string_view member) {
  const auto json = record.fields.find(member);
  return json ? json_to_bytes(*json).value_or(std::string{*json}) : "";
}

/// Reads a document once, front to back, and makes it again from its records. Whatever the format fixes (boundaries,
/// canonical text, digests, the index) then has to come out the same, so there is no second set of rules to keep.
class ContainerCheck {
 public:
  explicit ContainerCheck(const SnapshotReader& reader)
      : m_reader(reader), m_again([this](ChunkEntry made, std::string_view raw) {
          made.digest = sha256(raw);
          return compare(made);
        }) {}

  Result<std::vector<std::string>> run();

 private:
  Result<void> check_chunk(const model::Chunk& chunk, std::size_t i);
  void check_conflicts(const model::Chunk& chunk, std::size_t i);
  Result<void> check_records(const model::Chunk& chunk, std::size_t i, model::Section section);
  Result<void> check_record(const model::Record& record, std::size_t chunk);
  void check_order(const model::Record& record, std::size_t chunk);
  void check_tail(std::string_view tail);
  Result<void> compare(const ChunkEntry& made);
  Result<void> finish();

  /// A finding; but a source that cannot be read ends the check.
  Result<void> note(const Error& error);
  void note(std::string finding);

  const SnapshotReader& m_reader;
  std::vector<std::string> m_findings;
  bool m_is_sound = true;  ///< nothing found so far; what would only follow from a finding is not told
  Sha256 m_checksum;
  std::optional<JobPlace> m_last_job;
  Chunker m_again;
  std::size_t m_made = 0;  ///< chunks that were made again
};

Result<void> ContainerCheck::note(const Error& error) {
  if (error.code == ErrorCode::io || error.code == ErrorCode::cancelled) {
    return error;
  }
  note(error.message);
  return {};
}

void ContainerCheck::note(std::string finding) {
  m_is_sound = false;
  if (m_findings.size() < k_max_findings) {
    m_findings.push_back(std::move(finding));
  }
}

Result<void> ContainerCheck::compare(const ChunkEntry& made) {
  const std::size_t i = m_made++;
  if (!m_is_sound) {
    return {};
  }
  ChunkEntry found = i < m_reader.chunks().size() ? m_reader.index_entry(i) : ChunkEntry{};
  found.frame_bytes = made.frame_bytes;
  const bool is_tail = found.kind == ChunkKind::tail && made.kind == ChunkKind::tail;
  if (i == 0 || is_tail) {
    return {};  // metadata may have members that a later program added; of the tail, check_tail() says what differs
  }
  if (found.digest != made.digest || found.raw_bytes != made.raw_bytes) {
    note(fmt::format("chunk {}: its text or its end is not what the format makes of these records", i));
  } else if (found != made) {
    note(fmt::format("chunk {}: the index names another queue, state, key or count than the records", i));
  }
  return {};
}

void ContainerCheck::check_order(const model::Record& record, std::size_t chunk) {
  JobPlace place{member_bytes(record, "queue"), member_bytes(record, "state")};
  if (m_last_job && place < *m_last_job) {
    note(fmt::format("chunk {}: the jobs are not sorted by queue and state", chunk));
  }
  m_last_job = std::move(place);
}

Result<void> ContainerCheck::check_record(const model::Record& record, std::size_t chunk) {
  if (record.section == model::Section::jobs) {
    check_order(record, chunk);
  }
  if (m_is_sound) {
    QSNAP_TRY(m_again.add(record));
  }
  return {};
}

Result<void> ContainerCheck::check_records(const model::Chunk& chunk, std::size_t i, model::Section section) {
  for (std::size_t line = 0; line < chunk.lines.size(); ++line) {
    const auto record = m_reader.parse(section, chunk.lines[line]);
    if (!record) {
      note(fmt::format("chunk {}: record {}: {}", i, line + 1, record.error().message));
      continue;
    }
    QSNAP_TRY(check_record(*record, i));
  }
  return {};
}

void ContainerCheck::check_conflicts(const model::Chunk& chunk, std::size_t i) {
  for (std::size_t line = 0; line < chunk.lines.size(); ++line) {
    if (const auto conflict = parse_conflict(chunk.lines[line]); !conflict) {
      note(fmt::format("chunk {}: conflict {}: {}", i, line + 1, conflict.error().message));
    }
  }
}

Result<void> ContainerCheck::check_chunk(const model::Chunk& chunk, std::size_t i) {
  const ChunkKind kind = m_reader.index_entry(i).kind;
  if (kind == ChunkKind::tail) {
    check_tail(chunk.text);
    return {};
  }
  m_checksum.update(chunk.text);
  if (kind == ChunkKind::conflicts) {
    note(fmt::format("chunk {}: {}", i, k_has_conflicts));
    check_conflicts(chunk, i);
  }
  const auto section = section_of(kind);
  return section ? check_records(chunk, i, *section) : Result<void>{};
}

void ContainerCheck::check_tail(std::string_view tail) {
  const std::string opening = tail_opening(m_reader.fingerprint());
  if (!tail.starts_with(opening)) {
    note("the document's fingerprint is not the one in the index");
    return;
  }
  if (!m_is_sound) {
    return;  // bytes may be missing, and then no checksum can be had
  }
  m_checksum.update(opening);
  if (tail.substr(opening.size()) != checksum_line(m_checksum.digest())) {
    note("the document's checksum is wrong");
  }
}

Result<void> ContainerCheck::finish() {
  if (!m_is_sound) {
    return {};
  }
  QSNAP_ASSIGN(const Chunker::Digest document, m_again.finish());
  if (m_is_sound && m_made != m_reader.chunks().size()) {
    note("the document has more chunks than the format makes of its records");
  }
  if (m_is_sound && document.fingerprint != m_reader.fingerprint()) {
    note(fmt::format("the fingerprint is {}, but the records have {}", to_hex(m_reader.fingerprint()),
                     to_hex(document.fingerprint)));
  }
  return {};
}

Result<std::vector<std::string>> ContainerCheck::run() {
  QSNAP_TRY(m_again.begin(m_reader.metadata()));
  for (std::size_t i = 0; i < m_reader.chunks().size(); ++i) {
    auto checked = m_reader.read_chunk(i, [&](const model::Chunk& chunk) { return check_chunk(chunk, i); });
    if (!checked) {
      QSNAP_TRY(note(checked.error()));
    }
  }
  QSNAP_TRY(finish());
  return std::move(m_findings);
}

}  // namespace

Result<std::vector<std::string>> check_container(const SnapshotReader& reader) {
  return ContainerCheck{reader}.run();
}

bool is_about_conflicts(std::string_view finding) {
  return finding.ends_with(k_has_conflicts);
}

}  // namespace qsnap::codec
