// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::frameworks::decode {

/// A Python pickle of protocol 0 to 5 as JSON. The opcodes are walked over a stack of plain values; nothing that a
/// pickle names is looked up, imported or called (https://docs.python.org/3/library/pickletools.html).
///
/// None, bool, int (of any size up to 1 KiB, beyond it {"$int":"0x…"}), float ({"$float":"nan"}), str; bytes and
/// bytearray {"$b64":"…"}; list and tuple an array; set and frozenset {"$set":[…]}; dict an object if all keys are
/// text, else {"$dict":[[k,v],…]}; datetime {"$datetime":"2026-11-20T10:00:00"}, date, time, timedelta, timezone,
/// {"$decimal":"1.10"} and {"$uuid":"…"}; a class or function {"$global":"module.name"}; anything else that is
/// called {"$object":"module.Class","args":[…],"kwargs":{…},"items":[…],"dict":{…},"state":…} without what is empty;
/// persistent ids {"$persistent":…}. The protocols of one value give one text, but for subclasses of containers.
///
/// Errors with `corrupt` for an unknown opcode and for bytes behind the end, with `limit_exceeded` as
/// ValueTree::print() does.
Result<std::string> pickle_json(std::string_view bytes);

}  // namespace qsnap::frameworks::decode
