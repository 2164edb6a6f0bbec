// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Hard limits on what comes from a file, a repository or a Redis. They bound memory and time before anything
/// is allocated; docs/format.md and SECURITY.md repeat them.
namespace qsnap::limits {

inline constexpr std::size_t k_kib = 1024;
inline constexpr std::size_t k_mib = 1024 * k_kib;
inline constexpr std::size_t k_gib = 1024 * k_mib;

/// A chunk of several records never holds more raw bytes than this (format rule, not a choice of the reader).
inline constexpr std::size_t k_chunk_bytes = 1 * k_mib;
/// One record, so one chunk of one record: a 512 MiB Redis value in base64 and its frame.
inline constexpr std::size_t k_record_bytes = 704 * k_mib;
/// A chunk of one oversized record may expand at most this many times over its frame (see the zstd bomb test).
inline constexpr std::size_t k_expansion = 1024;
inline constexpr std::size_t k_index_bytes = 64 * k_mib;
inline constexpr std::uint64_t k_document_bytes = 64ULL * k_gib;

inline constexpr std::size_t k_json_depth = 128;

/// What the decoders of payloads (pickle, zlib, …) take in, and what they give: whatever a payload unfolds to.
inline constexpr std::size_t k_decoded_bytes = 64 * k_mib;
/// Values in one decoded payload; each takes some 70 bytes while it is printed.
inline constexpr std::size_t k_decoded_values = 1U << 20U;
/// Brackets inside each other in a decoded payload: it has to fit into a record, whose limit is k_json_depth.
inline constexpr std::size_t k_decoded_depth = k_json_depth - 16;

inline constexpr std::size_t k_reply_bulk_bytes = 512 * k_mib;  ///< Redis's own proto-max-bulk-len default
inline constexpr std::size_t k_reply_elements = 1U << 24U;
inline constexpr std::size_t k_reply_depth = 7;

inline constexpr std::size_t k_config_bytes = 1 * k_mib;
/// A verbatim key is split into parts of at most this many bytes of items (one larger item is a part of its own).
inline constexpr std::size_t k_key_part_bytes = 64 * k_kib;

}  // namespace qsnap::limits
