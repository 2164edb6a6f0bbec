// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks::rq {

/// The hash of a job: docs/frameworks.md has its fields. Its dependencies are refs of role "dependency".
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_job_format();

/// RQ makes a UUID where nobody chose an id. A group's and an execution's is the same without its dashes.
[[nodiscard]] bool is_uuid(std::string_view id);
[[nodiscard]] bool is_uuid_hex(std::string_view text);

/// What a job's `data` says, as far as it concerns everybody.
struct Call {
  std::string codec;                    ///< "zlib+pickle"; empty for what is none
  std::optional<std::string> function;  ///< "tasks.send_email"
};
[[nodiscard]] Call read_call(std::string_view data);

}  // namespace qsnap::frameworks::rq
