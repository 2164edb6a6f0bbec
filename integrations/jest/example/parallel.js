// Makes 24 test files: each leaves another state in the database of its worker, and the first four meet before anybody looks.
const fs = require('node:fs');

const file = (number) => `
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const {workerRedisUrl} = require('qsnap-jest');

const url = process.env.ONE_DATABASE ? process.env.QSNAP_REDIS_URL : workerRedisUrl();
const redis = (...words) => execFileSync('redis-cli', ['-u', url, ...words]);

test('state ${number}', async () => {
  redis('flushdb');
  redis('sadd', 'queues', 'mail');
  redis('lpush', 'queue:mail', ...Array(${number}).fill('{"class":"Mail${number}","args":[],"jid":"00000000000000000000000a"}'));
  fs.writeFileSync(process.env.MEETING + '/' + (process.env.VITEST_POOL_ID || process.env.JEST_WORKER_ID), '');
  const deadline = Date.now() + 30000;
  while (fs.readdirSync(process.env.MEETING).length < 4 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 5));
  await expect(url).toMatchQueueSnapshot();
}, 60000);
`;

for (let number = 1; number <= 24; ++number) fs.writeFileSync(`parallel-${number}.test.js`, file(number));
