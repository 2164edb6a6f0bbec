// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::frameworks::decode {

/// One MessagePack value as JSON (https://github.com/msgpack/msgpack/blob/master/spec.md). bin is {"$b64":"…"}, ext is
/// {"$ext":type,"$b64":"…"}, a timestamp {"$timestamp":"2026-11-20T10:00:00.000000001Z"}, a map with keys other than
/// text {"$dict":[[k,v],…]}. Errors with `corrupt` and `limit_exceeded`.
Result<std::string> msgpack_json(std::string_view bytes);

}  // namespace qsnap::frameworks::decode
