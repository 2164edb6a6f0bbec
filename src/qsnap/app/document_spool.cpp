// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/document_spool.hpp>

namespace qsnap::app {

Result<std::unique_ptr<DocumentSpool>> DocumentSpool::create() {
  QSNAP_ASSIGN(Spool spool, Spool::create());
  return std::unique_ptr<DocumentSpool>{new DocumentSpool{std::move(spool)}};
}

Result<void> DocumentSpool::append(std::string_view bytes) {
  QSNAP_TRY(m_spool.append(bytes));
  return {};
}

Result<std::string> DocumentSpool::read(std::uint64_t offset, std::size_t count) const {
  if (offset > size() || count > size() - offset) {
    return make_error(ErrorCode::corrupt, "read behind the end of a document");
  }
  return m_spool.read({offset, count});
}

}  // namespace qsnap::app
