// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/record.hpp>

/// What every layout's job records have in common, to and fro: the place in a structure, the id, the body. What a
/// getter finds wrong is `corrupt`: a document is nobody's word of honour.
namespace qsnap::frameworks::layout {

inline constexpr std::string_view k_orphan = "orphan";  ///< the state of bodies that stand in no structure

/// "…_at_s" and the like: what a shift of time moves (model/time_shift.hpp).
[[nodiscard]] bool is_instant(std::string_view member);

/// A score, a field, or what stood in a key's name, as a member: a number where it is a plain one, else form B.
void set_mark(std::string_view member, Weight weight, std::string_view text, model::Record& record);
Result<std::optional<std::string>> get_mark(std::string_view member, Weight weight, const model::Record& record);

/// The mark of an element in a state's zset or hash, as members, and back.
void set_score(const StateSpec& state, std::string_view mark, model::Record& record);
Result<std::optional<std::string>> get_score(const StateSpec& state, const model::Record& record);

/// The member that the score of a state's zset, or the field of its hash, is.
[[nodiscard]] std::string_view score_member(const StateSpec& state);
[[nodiscard]] Weight score_weight(const StateSpec& state);
/// Of the pattern's other hole.
[[nodiscard]] Weight other_weight(const StateSpec& state);

void set_id(const Layout& layout, std::string_view id, model::Record& record);
Result<std::string> get_id(const model::Record& record);

/// Describes the body by the format, or keeps it raw.
void describe_body(const JobFormat& format, model::RedisType type, const JobContext& job, const model::ItemBlock& body,
                   model::Record& record);
Result<model::ItemBlock> body_of(const JobFormat& format, model::RedisType type, const JobContext& job,
                                 const model::Record& record);

/// When the body's key, or the job's own, expires: volatile `expires_at_ms`.
void set_expiry(std::optional<Instant> expires_at, model::Record& record);
Result<std::optional<Instant>> get_expiry(const model::Record& record);

/// A text member that must be there.
Result<std::string> need_text(const model::Record& record, std::string_view member);

}  // namespace qsnap::frameworks::layout
