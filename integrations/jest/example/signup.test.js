// A suite as a user writes it: a program leaves jobs, and the queues are compared with what was accepted.
const {execFileSync} = require('node:child_process');
const {workerRedisUrl} = require('qsnap-jest');

const url = workerRedisUrl();
const redis = (...words) => execFileSync('redis-cli', ['-u', url, ...words]);
const send = (name, number) =>
  redis('lpush', 'queue:mail', `{"class":"${name}","args":[],"jid":"${String(number).padStart(24, '0')}"}`);

describe('signup', () => {
  beforeEach(() => {
    redis('flushdb');
    redis('sadd', 'queues', 'mail');
  });

  test('sends mails', async () => {
    send('Welcome', 1);
    await expect(url).toMatchQueueSnapshot();
    await expect(url).toKeepQueueContract('queues.yaml');
    if (process.env.REMINDER !== 'no') send('Reminder', 2);
    await expect(url).toMatchQueueSnapshot('signup', {within: '100ms'});
    await expect({redisUrl: url, within: '100ms'}).toMatchQueueSnapshot();
  });
});
