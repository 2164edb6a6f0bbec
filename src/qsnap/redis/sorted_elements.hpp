// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/redis/key_image.hpp>

namespace qsnap::redis {

/// The elements of one hash (field and value) or set (member), which come in Redis's order and leave as a document has
/// them: sorted by the bytes of the name, each name once. However many there are, memory holds one run of them; what
/// is more is sorted run by run into the spool and merged at the end (for which each run takes one small block).
/// A name that comes twice should come with the same value: which one is kept is not said.
class SortedElements {
 public:
  /// REQUIRES: type is hash or set. `spool` is not owned and outlives this. `run_bytes` is for tests.
  SortedElements(Spool& spool, model::RedisType type, std::size_t run_bytes = k_run_bytes);

  /// `value` is not looked at for a set.
  Result<void> add(std::string_view name, std::string_view value = {});
  [[nodiscard]] bool empty() const { return m_elements.empty() && m_runs.empty(); }

  /// Hands all elements over as the parts of the key's value. Afterwards this is empty again.
  Result<std::vector<SpoolRef>> finish();

 private:
  struct Element {
    std::uint64_t at = 0;  ///< in m_bytes: the name, and behind it the value
    std::uint32_t name_bytes = 0;
    std::uint32_t value_bytes = 0;
  };
  using Run = std::vector<SpoolRef>;  ///< blocks in order

  [[nodiscard]] std::string_view name(const Element& element) const;
  [[nodiscard]] std::string_view value(const Element& element) const;
  void sort();
  Result<void> spill();
  Result<std::vector<SpoolRef>> merge();
  Result<void> write(PartWriter& parts, std::string_view name, std::string_view value) const;

  static constexpr std::size_t k_run_bytes = 8U << 20U;

  Spool& m_spool;  ///< not owned
  model::RedisType m_type;
  std::size_t m_run_bytes;
  std::string m_bytes;
  std::vector<Element> m_elements;
  std::vector<Run> m_runs;
};

}  // namespace qsnap::redis
