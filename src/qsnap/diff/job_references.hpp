// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include <qsnap/diff/changes.hpp>
#include <qsnap/diff/comparison.hpp>
#include <qsnap/diff/job_index.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/matching.hpp>

/// What jobs refer to (parents, children, dependencies), compared by the jobs that are meant and not by their ids.
namespace qsnap::diff {

/// The references of those jobs of one side whose lines have no equal on the other.
class SideReferences {
 public:
  /// Decodes the jobs that refer; nothing where none does. Sets JobEntry::targets.
  static Result<SideReferences> follow(LineIndex& index, std::vector<JobEntry>& jobs, const JobHasher& hasher);

  /// Those of an entry; empty for most.
  [[nodiscard]] std::span<const JobRef> of(std::uint32_t entry) const;
  /// The entry that an address means: the first, as for the fingerprint. Only where there are references at all.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t address) const;

 private:
  std::unordered_map<std::uint32_t, std::vector<JobRef>> m_refs;
  std::unordered_map<std::uint64_t, std::uint32_t> m_by_address;
};

/// Both sides of a matching.
struct ReferringJobs {
  std::span<const JobEntry> before;
  std::span<const JobEntry> after;
  const SideReferences& before_refs;
  const SideReferences& after_refs;
  const Matching& matching;
};

/// The pairs, by index, whose references are spelt alike (role, queue, name) and lead to other jobs. A job whose line
/// has an equal on the other side is not among them: what it refers to is found by the same ids. Where an old id and a
/// new one both belong to no line that was read, both documents are read to know what they mean.
Result<std::vector<bool>> find_rewired(const Comparison& comparison, const ReferringJobs& jobs,
                                       const JobHasher& hasher);

/// The jobs under other ids that references of the after side name.
Result<std::vector<Alias>> find_aliases(const Comparison& comparison, SectionLines& lines, const ReferringJobs& jobs);

}  // namespace qsnap::diff
