// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks::laravel {

/// Whether the try that `attempts` counts last is over. A job that is reserved is in it, so its first try counts as no
/// retry yet; for any other, the next try is one.
enum class LastTry : std::uint8_t { over, under_way };

/// A job is JSON: around a command, which PHP serialized, or around plain data for a class that is named.
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_job_format(LastTry last_try);

/// By a look at the first bytes.
[[nodiscard]] bool is_job(std::string_view element);

}  // namespace qsnap::frameworks::laravel
