// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/setup/embedded_files.hpp>
#include <qsnap/app/setup/hook_bodies.hpp>

namespace qsnap::app::setup {

HookBodies embedded_hook_bodies() {
  HookBodies texts;
  for (const EmbeddedFile& file : embedded_hooks()) {
    if (file.name == "dispatcher") {
      texts.dispatcher = file.text;
    } else if (file.name == "earlier-bodies") {
      texts.earlier = file.text;
    } else {
      texts.bodies.push_back({std::string{file.name}, std::string{file.text}});
    }
  }
  return texts;
}

}  // namespace qsnap::app::setup
