// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstdint>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/redis/rdb/ranked_elements.hpp>

namespace qsnap::redis {

namespace {

constexpr std::size_t k_part_bytes = 256 * limits::k_kib;
constexpr std::size_t k_part_items = 16384;
constexpr std::size_t k_score_bytes = 8;

/// The score in front of the member, as bytes that sort as Redis does. Both zeros are equal to it.
void write_rank(std::string& out, double score, std::string_view member) {
  constexpr std::uint64_t k_sign = std::uint64_t{1} << 63U;
  const auto bits = std::bit_cast<std::uint64_t>(score == 0 ? 0.0 : score);
  const std::uint64_t rank = (bits & k_sign) != 0 ? ~bits : bits | k_sign;
  out.clear();
  for (std::size_t i = 0; i < k_score_bytes; ++i) {
    out += static_cast<char>(rank >> (8 * (k_score_bytes - 1 - i)));
  }
  out += member;
}

}  // namespace

bool ranks_before(double score, std::string_view member, double other_score, std::string_view other_member) {
  return score != other_score ? score < other_score : member < other_member;
}

Result<void> RankedElements::add(std::string_view member, double score) {
  const bool first = m_run.empty() && m_parts.empty();
  if (!m_sorted && !first && !ranks_before(score, member, m_last_score, m_last_member)) {
    QSNAP_TRY(give_up_order());
  }
  if (m_sorted) {
    return add_sorted(member, score);
  }
  m_run.push(member);
  m_run.push(format_double(score));
  m_last_score = score;
  m_last_member = member;
  return m_run.bytes() >= k_part_bytes || m_run.size() >= k_part_items ? flush() : Result<void>{};
}

Result<void> RankedElements::flush() {
  model::ItemBlock block;
  for (std::size_t i = m_run.size(); i > 0; i -= 2) {
    block.push(m_run[i - 2]);
    block.push(m_run[i - 1]);
  }
  QSNAP_ASSIGN(const SpoolRef ref, m_spool.append({block.encode_lengths(), block.payload()}));
  m_parts.push_back(ref);
  m_run.clear();
  return {};
}

Result<void> RankedElements::give_up_order() {
  QSNAP_TRY(flush());
  m_sorted.emplace(m_spool, model::RedisType::hash);
  for (const SpoolRef part : m_parts) {
    QSNAP_ASSIGN(const std::string bytes, m_spool.read(part));
    QSNAP_ASSIGN(const model::ItemBlock block, model::ItemBlock::decode(bytes));
    for (std::size_t i = 0; i < block.size(); i += 2) {
      QSNAP_TRY(add_sorted(block[i], parse_double(block[i + 1]).value()));
    }
  }
  m_parts.clear();
  return {};
}

Result<void> RankedElements::add_sorted(std::string_view member, double score) {
  write_rank(m_key, score, member);
  return m_sorted->add(m_key, format_double(score));
}

Result<std::vector<SpoolRef>> RankedElements::finish() {
  if (m_sorted) {
    return finish_sorted();
  }
  if (!m_run.empty() || m_parts.empty()) {
    QSNAP_TRY(flush());
  }
  std::reverse(m_parts.begin(), m_parts.end());
  return std::move(m_parts);
}

Result<std::vector<SpoolRef>> RankedElements::finish_sorted() {
  QSNAP_ASSIGN(const std::vector<SpoolRef> ranked, m_sorted->finish());
  PartWriter parts{m_spool};
  for (const SpoolRef part : ranked) {
    QSNAP_ASSIGN(const std::string bytes, m_spool.read(part));
    QSNAP_ASSIGN(const model::ItemBlock block, model::ItemBlock::decode(bytes));
    for (std::size_t i = 0; i < block.size(); i += 2) {
      parts.block().push(block[i].substr(k_score_bytes));
      parts.block().push(block[i + 1]);
      QSNAP_TRY(parts.end_element());
    }
  }
  return parts.finish();
}

}  // namespace qsnap::redis
