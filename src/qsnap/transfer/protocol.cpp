// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/transfer/manifest.hpp>
#include <qsnap/transfer/protocol.hpp>

namespace qsnap::transfer {

namespace {

struct EventWord {
  std::string_view word;
  RequestKind kind;
};
constexpr std::array k_events = {EventWord{"init", RequestKind::init}, EventWord{"upload", RequestKind::upload},
                                 EventWord{"download", RequestKind::download},
                                 EventWord{"terminate", RequestKind::terminate}};

Error no_request(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("no request of git-lfs: {}", what));
}

void write_error(JsonWriter& json, const Error& error) {
  constexpr std::int64_t k_not_found = 2, k_other = 1;
  json.key("error").begin_object();
  json.key("code").integer(error.code == ErrorCode::not_found ? k_not_found : k_other);
  json.key("message").bytes(plain_words(error));
  json.end_object();
}

Result<void> check_object(const Request& request) {
  const bool has_object = request.kind == RequestKind::upload || request.kind == RequestKind::download;
  if (!has_object) {
    return {};
  }
  if (!codec::is_lfs_object_id(request.object_id)) {
    return no_request("its oid is no SHA-256");
  }
  return request.kind == RequestKind::upload && request.path.empty() ? Result<void>{no_request("it has no path")}
                                                                     : Result<void>{};
}

}  // namespace

Result<Request> parse_request(std::string_view line) {
  if (line.size() > k_most_request_bytes) {
    return no_request("it is too long");
  }
  auto members = codec::object_members(line);
  if (!members) {
    return no_request(members.error().message);
  }
  Request request;
  const EventWord* event = nullptr;
  for (const model::Field& member : *members) {
    const std::string text = codec::json_text(member.json).value_or("");
    if (member.name == "event") {
      const auto* const found =
          std::find_if(k_events.begin(), k_events.end(), [&](const EventWord& known) { return known.word == text; });
      event = found == k_events.end() ? nullptr : found;
    } else if (member.name == "remote") {
      request.remote = text;
    } else if (member.name == "oid") {
      request.object_id = text;
    } else if (member.name == "path") {
      request.path = text;
    } else if (member.name == "size") {
      const std::optional<std::int64_t> size = parse_integer(member.json);
      if (!size || *size < 0) {
        return no_request("its size is none");
      }
      request.bytes = static_cast<std::uint64_t>(*size);
    }
  }
  if (event == nullptr) {
    return no_request("its event is unknown");
  }
  request.kind = event->kind;
  QSNAP_TRY(check_object(request));
  return request;
}

std::string init_answer(const Result<void>& done) {
  JsonWriter json;
  json.begin_object();
  if (!done) {
    write_error(json, done.error());
  }
  return json.end_object().take() + '\n';
}

std::string progress_answer(std::string_view object_id, std::uint64_t so_far, std::uint64_t since_last) {
  JsonWriter json;
  json.begin_object().key("event").bytes("progress").key("oid").bytes(object_id);
  json.key("bytesSoFar").integer(static_cast<std::int64_t>(so_far));
  json.key("bytesSinceLast").integer(static_cast<std::int64_t>(since_last));
  return json.end_object().take() + '\n';
}

std::string complete_answer(std::string_view object_id, const Result<std::string>& path) {
  JsonWriter json;
  json.begin_object().key("event").bytes("complete").key("oid").bytes(object_id);
  if (!path) {
    write_error(json, path.error());
  } else if (!path->empty()) {
    json.key("path").bytes(*path);
  }
  return json.end_object().take() + '\n';
}

std::string plain_words(const Error& error) {
  std::string all = error.message;
  for (const std::string& hint : error.hints) {
    all.append("; try: ").append(hint);
  }
  std::string plain;
  for (std::string_view rest = all; !rest.empty();) {
    const std::optional<CodePoint> point = decode_utf8(rest);
    const bool is_harmless = point && point->value >= U' ' && (point->value < 0x7f || point->value > 0x9f);
    const std::size_t bytes = point ? point->bytes : 1;
    plain += is_harmless ? rest.substr(0, bytes) : rest.front() == '\n' ? std::string_view{" "} : std::string_view{"?"};
    rest.remove_prefix(bytes);
  }
  return plain;
}

}  // namespace qsnap::transfer
