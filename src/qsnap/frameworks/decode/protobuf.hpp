// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::frameworks::decode {

/// A protobuf message without its schema: {"1":…,"2":[…]} by field number, an array where a field comes again.
/// Numbers are unsigned. Bytes are text where they read as text, else a message where they read as one, else
/// {"$b64":"…"}: that is a guess, and what it is good for is to be looked at.
Result<std::string> protobuf_json(std::string_view message);

}  // namespace qsnap::frameworks::decode
