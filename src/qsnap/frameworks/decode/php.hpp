// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::frameworks::decode {

/// What PHP's serialize() wrote, as JSON, without making any object of it. An array with the keys 0 to n-1 in order is
/// an array, any other an object; an object is {"$class":"App\\Jobs\\SendMail", properties}, an enum case
/// {"$enum":"Suit::Hearts"}, a class with its own form {"$class":"Foo","$serialized":"…"}. Private and protected
/// properties have their bare names; two of one name are written "Class::name" and "*::name". Errors with `corrupt` and
/// `limit_exceeded`.
Result<std::string> php_json(std::string_view bytes);

}  // namespace qsnap::frameworks::decode
