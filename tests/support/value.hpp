// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <doctest/doctest.h>

#include <qsnap/base/result.hpp>

namespace qsnap::test {

/// What a test relies on. Without it, the test ends with the error's message.
template <class T>
T value(Result<T> result) {
  if (!result) {
    FAIL(result.error().message);
  }
  return *std::move(result);
}

}  // namespace qsnap::test
