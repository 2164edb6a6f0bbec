// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/base/json_writer.hpp>

TEST_SUITE_BEGIN("qsnap::JsonWriter");

namespace qsnap {

TEST_CASE("strings have the escapes of RFC 8785 and no others") {
  CHECK(json_string("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json_string("\b\f\n\r\t\x01\x1f\x7f") == "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
  CHECK(json_string("é 李 🚀 \xE2\x80\xA8") == "\"é 李 🚀 \xE2\x80\xA8\"");
}

TEST_CASE("bytes that are no text are base64 in an object") {
  CHECK(json_bytes("text") == R"("text")");
  CHECK(json_bytes("\xFF") == R"({"$b64":"/w=="})");
  CHECK(json_bytes("\xFF\xFE") == R"({"$b64":"//4="})");
  CHECK(json_bytes("\xFF\xFE\xFD") == R"({"$b64":"//79"})");
}

TEST_CASE("commas and nesting are the writer's business") {
  JsonWriter json;
  json.begin_object()
      .key("a")
      .begin_array()
      .integer(1)
      .integer(-2)
      .null()
      .end_array()
      .key("b")
      .begin_object()
      .end_object();
  json.key("c").boolean(true).key("d").bytes("x").key("e").raw("1e5").end_object();
  CHECK(json.text() == R"({"a":[1,-2,null],"b":{},"c":true,"d":"x","e":1e5})");
}

}  // namespace qsnap
TEST_SUITE_END();
