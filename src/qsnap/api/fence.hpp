// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <qsnap/api/session.hpp>

namespace qsnap::api {

/// What is said where there is no memory for an answer.
inline constexpr const char* k_no_memory_message = "out of memory";
inline constexpr const char* k_no_memory_json =
    R"({"schema":"qsnap.error/1","code":"internal","exit_code":70,"message":"out of memory","hints":[]})";

/// Runs `work` as a foreign program must be served: whatever it throws is an answer (`internal`). An error that finds
/// no memory for its words has none. `work` is handed over by std::cref(), so that no memory is wanted out here.
[[nodiscard]] Answer fenced(const std::function<Result<Answer>()>& work) noexcept;

}  // namespace qsnap::api
