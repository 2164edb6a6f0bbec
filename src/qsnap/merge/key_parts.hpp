// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// A verbatim key: its parts, in order.
using KeyParts = std::vector<model::Record>;

/// Reads keys of one document by the ordinal of their first part. Reading them in order decodes each chunk once. Both
/// must outlive it.
class KeyReader {
 public:
  KeyReader(const model::RecordSource& source, const model::PayloadReader& payloads);

  /// Calls `reader` with each part of the key. REQUIRES: `first` is an ordinal of the section
  using PartReader = std::function<Result<void>(model::Record part)>;
  Result<void> for_each_part(std::uint32_t first, const PartReader& reader);
  /// All parts; absent where they take more than `most` bytes.
  Result<std::optional<KeyParts>> read(std::uint32_t first, std::uint64_t most);
  /// Absent behind the last record.
  Result<std::optional<model::Record>> record_at(std::uint32_t ordinal);

 private:
  struct Chunk {
    std::size_t index = 0;
    std::uint32_t first = 0;
    std::uint32_t records = 0;
  };
  const model::RecordSource& m_source;
  const model::PayloadReader& m_payloads;
  std::vector<Chunk> m_chunks;
  std::size_t m_open = SIZE_MAX;  ///< in m_chunks: the one that m_lines are of
  std::vector<std::string> m_lines;
};

/// The name of a key's part, plain bytes.
[[nodiscard]] std::string key_name(const model::Record& part, const model::PayloadReader& payloads);

}  // namespace qsnap::merge
