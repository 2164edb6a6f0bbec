// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/app/capture_document.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// What to capture; how, where the user does not say it with the target, as in config.yaml.
Result<CaptureRequest> configured_request(const store::Store& store, Target target, model::Scope scope);

}  // namespace qsnap::app
