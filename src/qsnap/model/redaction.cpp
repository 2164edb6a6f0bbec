// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/model/redaction.hpp>

namespace qsnap::model {

namespace {

/// Parallel to k_shapes.
constexpr std::array<std::string_view, k_shapes.size()> k_shape_words = {"jwt",  "aws-key", "pem",
                                                                         "card", "email",   "url-password"};

constexpr std::array<std::string_view, 19> k_secret_names = {
    "password",   "passwd",     "passphrase", "pwd",         "secret",     "token",       "api_key",
    "access_key", "secret_key", "auth_key",   "private_key", "credential", "credentials", "authorization",
    "cookie",     "session_id", "cvv",        "cvc",         "ssn"};

constexpr std::array<std::string_view, 12> k_words = {"body", "codec", "counts", "enc",   "expire_at_ms", "form",
                                                      "kind", "part",  "role",   "state", "type",         "verbatim"};

constexpr std::array<std::string_view, 18> k_structure = {
    "cron",  "dedup",  "framework", "id",    "key",     "name", "next_job",  "opts_parent", "opts_repeat",
    "order", "parent", "pattern",   "queue", "ref_ids", "refs", "scheduler", "version",     "worker"};

template <std::size_t Count>
bool contains(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string_view to_text(Shape shape) {
  return k_shape_words.at(static_cast<std::size_t>(shape));
}

std::optional<Shape> parse_shape(std::string_view text) {
  const auto* const at = std::find(k_shape_words.begin(), k_shape_words.end(), text);
  return at == k_shape_words.end() ? std::nullopt
                                   : std::optional{k_shapes.at(static_cast<std::size_t>(at - k_shape_words.begin()))};
}

std::span<const std::string_view> default_secret_names() {
  return k_secret_names;
}

RedactionRules default_redaction() {
  return {{k_secret_names.begin(), k_secret_names.end()}, {k_shapes.begin(), k_shapes.end()}, OpaquePayload::keep};
}

MemberKind member_kind(std::string_view member) {
  if (contains(k_words, member) || member.ends_with("_enc") || member.ends_with("_codec")) {
    return MemberKind::word;
  }
  return contains(k_structure, member) || member.ends_with("_order") ? MemberKind::structure : MemberKind::value;
}

}  // namespace qsnap::model
