// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <utility>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/document_spool.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/git/blob_batch.hpp>

namespace qsnap::app {

namespace {

/// Larger blobs go to an encrypted temporary file; most stored snapshots are no larger.
constexpr std::uint64_t k_most_in_memory = 32 * limits::k_mib;

/// The memory of the blob before: fresh pages for every blob cost more than reading it.
using Spare = std::shared_ptr<std::string>;

class MemoryBlob final : public codec::ByteSource {
 public:
  MemoryBlob(Spare spare, std::uint64_t bytes) : m_spare(std::move(spare)), m_bytes(std::exchange(*m_spare, {})) {
    m_bytes.clear();
    m_bytes.reserve(bytes);
  }
  ~MemoryBlob() override { *m_spare = std::move(m_bytes); }
  MemoryBlob(const MemoryBlob&) = delete;
  MemoryBlob& operator=(const MemoryBlob&) = delete;

  void append(std::string_view bytes) { m_bytes += bytes; }

  [[nodiscard]] std::uint64_t size() const override { return m_bytes.size(); }
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t count) const override {
    if (offset > size() || count > size() - offset) {
      return make_error(ErrorCode::corrupt, "is truncated");
    }
    return m_bytes.substr(offset, count);
  }

 private:
  Spare m_spare;
  std::string m_bytes;
};

class SourceSink final : public git::BlobSink {
 public:
  explicit SourceSink(const BlobReader& reader) : m_reader(reader) {}

  Result<void> begin(std::size_t index, std::uint64_t bytes) override {
    m_index = index;
    if (bytes <= k_most_in_memory) {
      m_memory = std::make_unique<MemoryBlob>(m_spare, bytes);
    } else {
      QSNAP_ASSIGN(m_spool, DocumentSpool::create());
    }
    return {};
  }
  Result<void> piece(std::string_view bytes) override {
    if (m_spool) {
      return m_spool->append(bytes);
    }
    m_memory->append(bytes);
    return {};
  }
  Result<void> end() override {
    return m_spool ? m_reader(m_index, std::move(m_spool)) : m_reader(m_index, std::move(m_memory));
  }
  Result<void> missing(std::size_t index) override { return m_reader(index, nullptr); }

 private:
  const BlobReader& m_reader;
  Spare m_spare = std::make_shared<std::string>();
  std::unique_ptr<MemoryBlob> m_memory;
  std::unique_ptr<DocumentSpool> m_spool;  ///< one of the two while a blob arrives
  std::size_t m_index = 0;
};

}  // namespace

Result<void> for_each_blob(const std::filesystem::path& folder, std::span<const std::string> ids,
                           const BlobReader& reader) {
  SourceSink sink{reader};
  return git::read_blobs(folder, ids, sink);
}

}  // namespace qsnap::app
