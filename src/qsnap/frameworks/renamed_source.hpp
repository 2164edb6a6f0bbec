// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::frameworks {

/// Another name for a namespace: the prefix that a framework's keys begin with.
struct NamespaceRename {
  std::string from;
  std::string to;

  /// "OLD=NEW", neither of them empty. Errors with `usage`.
  static Result<NamespaceRename> parse(std::string_view text);
};

/// A document in which a namespace has another name: in queue ids, in the names of keys, in the references of jobs to
/// each other, and in its metadata. What the values of verbatim keys say stays. `source` must outlive it. One thread.
class RenamedSource final : public model::RecordSource {
 public:
  /// Errors with `usage` if no framework of the document has this namespace, or one has the new name already.
  static Result<RenamedSource> create(const model::RecordSource& source, NamespaceRename rename,
                                      const AdapterList& among = adapters());

  [[nodiscard]] const model::Metadata& metadata() const override { return m_metadata; }
  [[nodiscard]] std::string_view root() const override { return m_source->root(); }
  [[nodiscard]] std::string_view fingerprint() const override { return m_source->fingerprint(); }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_source->chunks(); }
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override {
    return m_source->read_chunk(index, reader);
  }
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override;

 private:
  RenamedSource(const model::RecordSource& source, NamespaceRename rename)
      : m_source(&source), m_rename(std::move(rename)), m_metadata(source.metadata()) {}

  void rename_metadata();
  void rename_key(model::Record& record) const;
  Result<void> rename_job(model::Record& record) const;
  /// The text with the new name if it is a queue's id, an owner's or a key's in the namespace; else as it was.
  [[nodiscard]] std::string renamed_id(std::string text) const;
  [[nodiscard]] std::string renamed_key(std::string key) const;

  const model::RecordSource* m_source;  ///< not owned
  NamespaceRename m_rename;
  model::Metadata m_metadata;
  std::vector<std::string> m_frameworks;                        ///< that have the namespace
  std::vector<std::pair<std::string, std::string>> m_prefixes;  ///< of their keys: old and new
  std::vector<std::string> m_inner;                             ///< prefixes of other namespaces inside the old one
};

}  // namespace qsnap::frameworks
