// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/model/item_block.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/stream_items.hpp>

TEST_SUITE_BEGIN("qsnap::model");

namespace qsnap::model {

TEST_CASE("fields are sorted by name, whatever the order of setting") {
  Fields fields;
  fields.set("state", "1");
  fields.set("enc", "2");
  fields.set("queue", "3");
  fields.set("enc", "4");
  std::string names;
  for (const Field& field : fields) {
    names += field.name + field.json + ' ';
  }
  CHECK(names == "enc4 queue3 state1 ");
  fields.erase("queue");
  CHECK_FALSE(fields.find("queue"));
  CHECK(fields.find("state") == "1");
}

TEST_CASE("an item block reads back from its byte form, and damage is an error") {
  ItemBlock block;
  block.push("");
  block.push(std::string_view{"\0x", 2});
  block.push(std::string(300, 'y'));
  const std::string encoded = block.encode();
  CHECK(*ItemBlock::decode(encoded) == block);
  for (std::size_t length = 0; length < encoded.size(); ++length) {
    CHECK_FALSE(ItemBlock::decode(encoded.substr(0, length)));
  }
  CHECK_FALSE(ItemBlock::decode("\xFF\xFF\xFF\xFF\x0F"));  // four billion items in no bytes
}

TEST_CASE("a queue id is taken apart as it was put together, whatever its parts hold") {
  const QueueId ids[] = {{"bullmq", "bull", "mail"}, {"sidekiq", "", "default"}, {"bullmq", "a:b%3A", "q:%25:"}};
  for (const QueueId& id : ids) {
    CHECK(QueueId::parse(id.text()) == id);
  }
  CHECK(QueueId{"bullmq", "bull", "mail"}.text() == "bullmq:bull:mail");
  CHECK_FALSE(QueueId::parse("mail"));
  CHECK_FALSE(QueueId::parse("a:b"));
  CHECK_FALSE(QueueId::parse("a:b:c:d"));
}

TEST_CASE("a queue is meant by its full id or its bare name") {
  CHECK(queue_matches("bullmq:bull:mail", "mail"));
  CHECK(queue_matches("bullmq:bull:mail", "bullmq:bull:mail"));
  CHECK_FALSE(queue_matches("bullmq:bull:mail", "bull"));
  CHECK_FALSE(queue_matches("bullmq:bull:mail", "ail"));
}

TEST_CASE("stream tuples are taken apart as they were put together") {
  ItemBlock block;
  push_stream_tuple(block, {"meta", "2-0", "2", "0-0"});
  push_stream_tuple(block, {"entry", "1-0", "f", ""});
  const auto tuples = stream_tuples(block);
  REQUIRE(tuples);
  CHECK(tuples->size() == 2);
  CHECK((*tuples)[1] == StreamTuple{"entry", "1-0", "f", ""});
  ItemBlock bad;
  bad.push("3");
  bad.push("meta");
  CHECK(stream_tuples(bad).error().code == ErrorCode::corrupt);
}

TEST_CASE("a keyspace is sorted by name, and a prefix is a range of it") {
  MemoryKeyspace keyspace{
      {{"b:2", RedisType::string, {}, {}}, {"a", RedisType::string, {}, {}}, {"b:1", RedisType::string, {}, {}}}};
  CHECK(keyspace.name(0) == "a");
  CHECK(keyspace.find("b:2") == KeyId{2});
  CHECK_FALSE(keyspace.find("b"));
  CHECK(keyspace.lower_bound("b:") == 1);
  CHECK(keyspace.lower_bound("c") == 3);
}

}  // namespace qsnap::model
TEST_SUITE_END();
