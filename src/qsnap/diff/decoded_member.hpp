// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// Members that hold what a framework encoded: a payload of "enc" and "codec", any other member of "<member>_enc" and
/// "<member>_codec". `members` are those of a record that the member is among: its fields or its volatiles.
namespace qsnap::diff {

[[nodiscard]] std::string style_name(std::string_view member);
[[nodiscard]] std::string codec_name(std::string_view member);

/// The value decoded, by its codec where it has one. Errors as PayloadReader::decoded() does.
Result<std::string> decoded_member(const model::Fields& members, std::string_view member, std::string_view json,
                                   const model::PayloadReader& payloads);

/// The leaves of a member: of a payload, and of what has a codec, those of its decoded form where that can be had.
Result<std::vector<model::PayloadReader::Leaf>> readable_leaves(const model::Fields& members, const model::Field& field,
                                                                const model::PayloadReader& payloads);

/// A JSON string in the place of a value that cannot be decoded: "1234 bytes, sha256 0123456789ab".
[[nodiscard]] std::string member_summary(const model::Fields& members, std::string_view member, std::string_view json,
                                         const model::PayloadReader& payloads);

}  // namespace qsnap::diff
