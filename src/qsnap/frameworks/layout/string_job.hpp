// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

/// A job that is one byte string whose inside is not taken apart: pickle, MessagePack.
namespace qsnap::frameworks::layout {

/// The bytes are `payload`, `enc` and, unless they are JSON, `codec`.
struct StringJobSpec {
  std::string_view codec = {};  ///< "pickle", "zlib+pickle"
  CodecOf codec_of = nullptr;   ///< instead: tells it from the payload's bytes

  /// Sets members from the bytes and returns what is left of them for the payload (all of them, if the members only
  /// repeat what the payload says). Absent: not of the framework's form (raw).
  std::function<std::optional<std::string>(std::string_view bytes, model::Record& record)> split = nullptr;
  /// The inverse; may be absent if split returns the bytes as they were.
  std::function<Result<std::string>(std::string_view payload, const model::Record& record)> join = nullptr;
};

[[nodiscard]] std::shared_ptr<const JobFormat> make_string_job(StringJobSpec spec);

}  // namespace qsnap::frameworks::layout
