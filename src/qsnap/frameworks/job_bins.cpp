// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/base/limits.hpp>
#include <qsnap/frameworks/job_bins.hpp>

namespace qsnap::frameworks {

namespace {

constexpr std::size_t k_block_bytes = 128 * limits::k_kib;
/// All bins together; what a job costs beside its bytes is counted, too, since a job may have none.
constexpr std::size_t k_pending_bytes = 4 * limits::k_mib;
constexpr std::size_t k_job_overhead = 2 * sizeof(std::uint64_t);

}  // namespace

Result<JobBins> JobBins::create() {
  QSNAP_ASSIGN(Spool spool, Spool::create());
  return JobBins{std::move(spool)};
}

Result<void> JobBins::add(std::size_t bin, std::string_view member, std::string_view score) {
  if (bin >= m_bins.size()) {
    m_bins.resize(bin + 1);
  }
  Bin& wanted = m_bins[bin];
  if (wanted.pending.empty()) {
    m_dirty.push_back(bin);
  }
  wanted.pending.push(member);
  wanted.pending.push(score);
  ++wanted.count;
  m_pending_bytes += member.size() + score.size() + k_job_overhead;
  if (m_pending_bytes >= k_pending_bytes) {
    return flush_all();
  }
  return wanted.pending.bytes() >= k_block_bytes ? flush(wanted) : Result<void>{};
}

Result<void> JobBins::flush_all() {
  for (const std::size_t bin : std::exchange(m_dirty, {})) {
    QSNAP_TRY(flush(m_bins[bin]));
  }
  return {};
}

Result<void> JobBins::flush(Bin& bin) {
  const model::ItemBlock block = std::exchange(bin.pending, {});
  if (block.empty()) {
    return {};
  }
  m_pending_bytes -= block.bytes() + block.size() / 2 * k_job_overhead;
  QSNAP_ASSIGN(const SpoolRef ref, m_spool.append(block.encode()));
  bin.blocks.push_back(ref);
  return {};
}

std::uint64_t JobBins::count(std::size_t bin) const {
  return bin < m_bins.size() ? m_bins[bin].count : 0;
}

Result<void> JobBins::read(std::size_t bin, const BlockReader& reader) {
  if (bin >= m_bins.size()) {
    return {};
  }
  for (const SpoolRef ref : m_bins[bin].blocks) {
    QSNAP_ASSIGN(const std::string encoded, m_spool.read(ref));
    QSNAP_ASSIGN(const model::ItemBlock block, model::ItemBlock::decode(encoded));
    QSNAP_TRY(reader(block));
  }
  return m_bins[bin].pending.empty() ? Result<void>{} : reader(m_bins[bin].pending);
}

}  // namespace qsnap::frameworks
