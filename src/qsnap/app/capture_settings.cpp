// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/capture_settings.hpp>

namespace qsnap::app {

Result<CaptureRequest> configured_request(const store::Store& store, Target target, model::Scope scope) {
  CaptureRequest request;
  request.target = std::move(target);
  request.scope = std::move(scope);
  QSNAP_ASSIGN(const config::Config config, store.config());
  QSNAP_ASSIGN(request.redaction, redaction_of(config, request.target.redaction));
  if (!request.target.consistency) {
    request.target.consistency = redis::parse_consistency(config.capture.consistency);
  }
  return request;
}

}  // namespace qsnap::app
