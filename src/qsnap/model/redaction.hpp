// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What must not get into a snapshot: the rules, as values. docs/redaction.md says what they mean; codec/redactor
/// applies them.
namespace qsnap::model {

/// A secret that is known by what it looks like, wherever in a text it stands.
enum class Shape : std::uint8_t { jwt, aws_key, pem, card, email, url_password };

inline constexpr std::array k_shapes = {Shape::jwt,  Shape::aws_key, Shape::pem,
                                        Shape::card, Shape::email,   Shape::url_password};

[[nodiscard]] std::string_view to_text(Shape shape);
[[nodiscard]] std::optional<Shape> parse_shape(std::string_view text);

/// The names that "names: default" stands for.
[[nodiscard]] std::span<const std::string_view> default_secret_names();

/// What happens to a job's payload that is not JSON, so that neither names nor paths can be found in it.
enum class OpaquePayload : std::uint8_t { keep, refuse };

struct RedactionRules {
  std::vector<std::string> names;
  std::vector<Shape> shapes;
  OpaquePayload opaque = OpaquePayload::keep;
};

/// All default names and all shapes.
[[nodiscard]] RedactionRules default_redaction();

/// How a member of a record is treated.
///   word       one of ours: never changed
///   structure  names a thing that others refer to: only value shapes are replaced, everywhere in the same way
///   value      a user's data: everything applies
enum class MemberKind : std::uint8_t { word, structure, value };

/// Of a member of a record or of its "volatile". Members of frameworks that are not known here are values.
[[nodiscard]] MemberKind member_kind(std::string_view member);

}  // namespace qsnap::model
