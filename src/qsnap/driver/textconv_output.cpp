// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/driver/textconv_output.hpp>

namespace qsnap::driver {

Result<void> TextOutput::flow() {
  constexpr std::size_t k_enough = 256 * limits::k_kib, k_most_kept = 64 * limits::k_mib;
  constexpr std::uint64_t k_most = 512 * limits::k_mib;
  if (m_text.size() < k_enough) {
    return {};
  }
  if (m_written + m_text.size() > (m_file == nullptr ? k_most_kept : k_most)) {
    return make_error(ErrorCode::limit_exceeded, "more text than Git can compare");
  }
  return m_file == nullptr ? Result<void>{} : finish();
}

Result<void> TextOutput::finish() {
  m_written += m_text.size();
  m_has_failed = std::fwrite(m_text.data(), 1, m_text.size(), m_file) != m_text.size() || std::fflush(m_file) != 0;
  if (m_has_failed) {
    return make_error(ErrorCode::io, fmt::format("cannot write: {}", std::generic_category().message(errno)));
  }
  m_text.clear();
  return {};
}

}  // namespace qsnap::driver
