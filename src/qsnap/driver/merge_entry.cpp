// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/left_over.hpp>
#include <qsnap/codec/merge_journal.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/driver/merge_entry.hpp>
#include <qsnap/driver/merge_input.hpp>
#include <qsnap/driver/merge_repository.hpp>
#include <qsnap/driver/merge_result.hpp>
#include <qsnap/driver/merge_rules.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/frameworks/job_id_rewriter.hpp>
#include <qsnap/merge/document_conflict.hpp>
#include <qsnap/merge/merge.hpp>

namespace qsnap::driver {

namespace {

using codec::same_document;
using codec::SnapshotDigest;
using codec::SnapshotReader;
using model::Conflict;
using model::MergeNote;
using Conflicts = std::vector<Conflict>;

struct Inputs {
  std::optional<MergeInput> base;
  MergeInput ours, theirs;
};

Result<MergeInput> open_side(const std::string& file, std::string_view whose, const MergeRepository& repository) {
  QSNAP_ASSIGN(auto input, open_merge_input(file, whose, repository));
  return input ? Result<MergeInput>{*std::move(input)}
               : make_error(ErrorCode::corrupt, fmt::format("{}: is an empty file, not a snapshot", whose));
}

Result<Inputs> open_inputs(const MergeRequest& request, const MergeRepository& repository) {
  QSNAP_ASSIGN(auto base, open_merge_input(request.base, "the common base", repository));
  QSNAP_ASSIGN(MergeInput ours, open_side(request.ours, "our side", repository));
  QSNAP_ASSIGN(MergeInput theirs, open_side(request.theirs, "their side", repository));
  return Inputs{std::move(base), std::move(ours), std::move(theirs)};
}

MergeNote note_of(const merge::Decision& decision) {
  const merge::About& about = decision.about;
  return {decision.rule, std::string{about.subject ? to_text(*about.subject) : ""},
          about.queue,   about.state,
          about.id,      about.name,
          decision.path};
}

MergeNote note_of(const Conflict& conflict) {
  return {std::string{to_text(conflict.kind)},
          conflict.subject,
          conflict.queue,
          conflict.state,
          conflict.id,
          conflict.name,
          conflict.path};
}

template <class List>
std::vector<MergeNote> notes_of(const List& list) {
  std::vector<MergeNote> notes;
  std::transform(list.begin(), list.end(), std::back_inserter(notes), [](const auto& one) { return note_of(one); });
  return notes;
}

/// As long as the result will be if no side removed what the other one changed.
std::uint64_t expected_raw_bytes(const Inputs& inputs) {
  const std::uint64_t ours = inputs.ours.document.raw_bytes(), theirs = inputs.theirs.document.raw_bytes();
  const std::uint64_t base = inputs.base ? inputs.base->document.raw_bytes() : 0;
  return ours + theirs - std::min(base, theirs);
}

/// More threads than these have nothing to do, since the records come from one; for a small document it takes longer to
/// start one.
std::size_t packing_threads(std::uint64_t raw_bytes) {
  constexpr unsigned k_most = 3;
  constexpr std::uint64_t k_least_bytes = 4 * limits::k_mib;
  return raw_bytes < k_least_bytes ? 0 : std::min(std::max(std::thread::hardware_concurrency(), 1U) - 1, k_most);
}

/// One call of the driver.
class MergeCall {
 public:
  MergeCall(const MergeRequest& request, const MergeRepository& repository)
      : m_request(request), m_repository(repository), m_names(side_names(request, repository)) {
    m_entry.at = SystemClock{}.now();
    m_entry.path = request.path.empty() ? request.ours : request.path;
    m_entry.for_virtual_base = request.kind == MergeKind::virtual_base;
    m_entry.our_name = m_names.ours;
    m_entry.their_name = m_names.theirs;
  }

  Result<MergeAnswer> run() {
    auto outcome = merge();
    if (!outcome && m_request.kind == MergeKind::virtual_base) {
      m_entry.problem = outcome.error().message;
      outcome = take_ancestor();
    }
    if (!outcome) {
      m_entry.problem = outcome.error().message;
    }
    const std::string_view done = outcome && *outcome == MergeOutcome::conflict ? "conflict" : "merged";
    m_entry.outcome = outcome ? done : "failed";
    const auto noted = m_request.is_trial ? Result<void>{} : codec::append_to_journal(m_repository.common_dir, m_entry);
    if (!outcome) {
      return std::move(outcome).error();
    }
    return MergeAnswer{*outcome, m_entry.conflicts.size(), m_names.ours, m_names.theirs,
                       noted ? std::nullopt : std::optional{noted.error()}};
  }

 private:
  Result<MergeOutcome> merge() {
    QSNAP_ASSIGN(const Inputs inputs, open_inputs(m_request, m_repository));
    note_roots(inputs);
    const SnapshotReader &ours = inputs.ours.document, &theirs = inputs.theirs.document;
    const SnapshotReader* const base = inputs.base ? &inputs.base->document : nullptr;
    QSNAP_ASSIGN(Conflicts left, codec::left_over_conflicts(base, ours, theirs));
    const bool theirs_is_base = inputs.base && same_document(inputs.base->document, theirs);
    if (theirs_is_base || same_document(ours, theirs)) {
      m_entry.counts = {{"whole state from ours", 1}};
      m_entry.result_root = m_entry.our_root;
      return finish(std::move(left));
    }
    if (inputs.base && same_document(inputs.base->document, ours)) {
      m_entry.counts = {{"whole state from theirs", 1}};
      QSNAP_TRY(write(inputs, [&](codec::Encoding encoding, const codec::ByteSink& sink) -> Result<SnapshotDigest> {
        QSNAP_TRY(codec::reencode(theirs, encoding, sink));
        SnapshotDigest digest;
        digest.root = theirs.root();
        digest.raw_bytes = theirs.raw_bytes();
        return digest;
      }));
      return finish(std::move(left));
    }
    return merge_by_meaning(inputs, std::move(left));
  }

  Result<MergeOutcome> merge_by_meaning(const Inputs& inputs, Conflicts left) {
    QSNAP_ASSIGN(const config::Config rules, merge_rules(m_request, m_repository));
    const frameworks::decode::DecodingPayloadReader payloads;
    const frameworks::JobIdRewriter ids;
    const merge::Sides sides{inputs.base ? &inputs.base->document : nullptr, inputs.ours.document,
                             inputs.theirs.document};
    QSNAP_ASSIGN(merge::Merge merged, merge::merge(sides, rules, {payloads, ids}, {}));
    note_findings(merged.findings());
    model::Metadata metadata = merged.metadata();
    Conflicts added;
    for (const merge::Conflict& conflict : merged.conflicts()) {
      if (!settled_by_favor(conflict, inputs, metadata)) {
        added.push_back(merge::document_conflict(conflict));
      }
    }
    Conflicts conflicts = codec::joined_conflicts(std::move(left), std::move(added));
    if (!conflicts.empty() && m_request.kind == MergeKind::virtual_base) {
      return take_ancestor();
    }
    QSNAP_TRY(write(inputs, [&](codec::Encoding encoding, const codec::ByteSink& sink) -> Result<SnapshotDigest> {
      QSNAP_ASSIGN(
          SnapshotWriter writer,
          SnapshotWriter::begin(metadata, encoding, sink, packing_threads(expected_raw_bytes(inputs)), conflicts));
      QSNAP_TRY(merged.write(writer));
      return writer.finish();
    }));
    return finish(std::move(conflicts));
  }

  /// Rules have decided what they can. Of the rest, the document has what ours has, which is not enough where a job of
  /// ours refers to what theirs removed.
  bool settled_by_favor(const merge::Conflict& conflict, const Inputs& inputs, model::Metadata& metadata) {
    if (!m_request.favored || conflict.kind == merge::ConflictKind::reference) {
      return false;
    }
    if (*m_request.favored == FavoredSide::ours) {
      return true;
    }
    if (conflict.kind == merge::ConflictKind::metadata) {
      metadata.description = inputs.theirs.document.metadata().description;
      return true;
    }
    return false;
  }

  Result<void> write(const Inputs& inputs, const WriteDocument& write) {
    const ResultPlan plan{m_request.ours, inputs.ours, expected_raw_bytes(inputs)};
    QSNAP_ASSIGN(const SnapshotDigest digest, write_result(plan, m_repository, write));
    m_entry.result_root = to_hex(digest.root);
    return {};
  }

  /// The file of our side gets what both sides had. An empty one says to Git that there is none.
  Result<MergeOutcome> take_ancestor() {
    m_entry.counts = {{"the ancestor as it is", 1}};
    m_entry.decisions.clear();
    m_entry.result_root = m_entry.base_root;
    QSNAP_TRY(copy_over(m_request.base, m_request.ours));
    return MergeOutcome::merged;
  }

  MergeOutcome finish(Conflicts conflicts) {
    m_entry.conflicts = notes_of(conflicts);
    return conflicts.empty() ? MergeOutcome::merged : MergeOutcome::conflict;
  }

  void note_roots(const Inputs& inputs) {
    m_entry.base_root = inputs.base ? to_hex(inputs.base->document.root()) : "";
    m_entry.our_root = to_hex(inputs.ours.document.root());
    m_entry.their_root = to_hex(inputs.theirs.document.root());
  }

  void note_findings(const merge::Findings& findings) {
    for (const auto& [rule, times] : findings.counts()) {
      m_entry.counts.push_back({rule, times});
    }
    m_entry.decisions = notes_of(findings.decisions());
  }

  using SnapshotWriter = codec::SnapshotWriter;

  const MergeRequest& m_request;
  const MergeRepository& m_repository;
  SideNames m_names;
  model::MergeJournalEntry m_entry;
};

}  // namespace

Result<MergeAnswer> merge_files(const MergeRequest& request) {
  QSNAP_ASSIGN(const MergeRepository repository, find_merge_repository(request.folder));
  return MergeCall{request, repository}.run();
}

}  // namespace qsnap::driver
