// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/sorted_elements.hpp>

namespace qsnap::redis {

namespace {

/// What merging holds of each run, but for one larger element.
constexpr std::size_t k_block_bytes = 32 * limits::k_kib;

/// Reads one sorted run, element by element.
class RunReader {
 public:
  RunReader(Spool& spool, std::vector<SpoolRef> blocks, std::size_t width)
      : m_spool(&spool), m_blocks(std::move(blocks)), m_width(width) {}

  /// False at the end of the run.
  Result<bool> next() {
    m_at += m_width;
    if (m_at < m_block.size()) {
      return true;
    }
    if (m_next == m_blocks.size()) {
      return false;
    }
    QSNAP_ASSIGN(const std::string bytes, m_spool->read(m_blocks[m_next++]));
    QSNAP_ASSIGN(m_block, model::ItemBlock::decode(bytes));
    m_at = 0;
    return true;
  }
  [[nodiscard]] std::string_view name() const { return m_block[m_at]; }
  [[nodiscard]] std::string_view value() const { return m_block[m_at + m_width - 1]; }

 private:
  Spool* m_spool;  ///< not owned
  std::vector<SpoolRef> m_blocks;
  std::size_t m_width;
  std::size_t m_next = 0;
  model::ItemBlock m_block;
  std::size_t m_at = 0;
};

std::size_t width_of(model::RedisType type) {
  return type == model::RedisType::hash ? 2 : 1;
}

/// The heap's top is the reader with the least name.
bool reads_later(const RunReader& a, const RunReader& b) {
  return b.name() < a.name();
}

}  // namespace

SortedElements::SortedElements(Spool& spool, model::RedisType type, std::size_t run_bytes)
    : m_spool(spool), m_type(type), m_run_bytes(run_bytes) {}

Result<void> SortedElements::add(std::string_view name, std::string_view value) {
  Element element{m_bytes.size(), static_cast<std::uint32_t>(name.size()), 0};
  m_bytes += name;
  if (m_type == model::RedisType::hash) {
    element.value_bytes = static_cast<std::uint32_t>(value.size());
    m_bytes += value;
  }
  m_elements.push_back(element);
  return m_bytes.size() + m_elements.size() * sizeof(Element) >= m_run_bytes ? spill() : Result<void>{};
}

std::string_view SortedElements::name(const Element& element) const {
  return std::string_view{m_bytes}.substr(element.at, element.name_bytes);
}

std::string_view SortedElements::value(const Element& element) const {
  return std::string_view{m_bytes}.substr(element.at + element.name_bytes, element.value_bytes);
}

void SortedElements::sort() {
  const auto before = [&](const Element& a, const Element& b) { return name(a) < name(b); };
  const auto same = [&](const Element& a, const Element& b) { return name(a) == name(b); };
  std::sort(m_elements.begin(), m_elements.end(), before);
  m_elements.erase(std::unique(m_elements.begin(), m_elements.end(), same), m_elements.end());
}

Result<void> SortedElements::spill() {
  sort();
  Run run;
  model::ItemBlock block;
  for (std::size_t i = 0; i < m_elements.size(); ++i) {
    block.push(name(m_elements[i]));
    if (m_type == model::RedisType::hash) {
      block.push(value(m_elements[i]));
    }
    if (block.bytes() >= k_block_bytes || i + 1 == m_elements.size()) {
      QSNAP_ASSIGN(const SpoolRef ref, m_spool.append({block.encode_lengths(), block.payload()}));
      run.push_back(ref);
      block.clear();
    }
  }
  m_runs.push_back(std::move(run));
  m_elements.clear();
  m_bytes.clear();
  return {};
}

Result<std::vector<SpoolRef>> SortedElements::finish() {
  if (!m_runs.empty()) {
    return merge();
  }
  sort();
  PartWriter parts{m_spool};
  for (const Element& element : m_elements) {
    QSNAP_TRY(write(parts, name(element), value(element)));
  }
  m_elements.clear();
  m_bytes.clear();
  return parts.finish();
}

Result<std::vector<SpoolRef>> SortedElements::merge() {
  if (!m_elements.empty()) {
    QSNAP_TRY(spill());
  }
  m_bytes.shrink_to_fit();
  std::vector<RunReader> heap;
  for (Run& run : std::exchange(m_runs, {})) {
    RunReader reader{m_spool, std::move(run), width_of(m_type)};
    QSNAP_TRY(reader.next());
    heap.push_back(std::move(reader));
  }
  std::make_heap(heap.begin(), heap.end(), reads_later);
  PartWriter parts{m_spool};
  std::optional<std::string> last;
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), reads_later);
    RunReader& least = heap.back();
    if (last != least.name()) {
      last = least.name();
      QSNAP_TRY(write(parts, least.name(), least.value()));
    }
    QSNAP_ASSIGN(const bool more, least.next());
    if (more) {
      std::push_heap(heap.begin(), heap.end(), reads_later);
    } else {
      heap.pop_back();
    }
  }
  return parts.finish();
}

Result<void> SortedElements::write(PartWriter& parts, std::string_view name, std::string_view value) const {
  parts.block().push(name);
  if (m_type == model::RedisType::hash) {
    parts.block().push(value);
  }
  return parts.end_element();
}

}  // namespace qsnap::redis
