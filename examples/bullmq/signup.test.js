'use strict';
const { loadQueueSnapshot, workerRedisUrl } = require('qsnap-jest');
const { Shop } = require('./shop');

const redisUrl = workerRedisUrl(process.env.REDIS_URL); // a database for each worker of Jest
let shop;

beforeEach(async () => {
  await loadQueueSnapshot('baselines/empty-state', { redisUrl, noBackup: true });
  shop = new Shop(redisUrl);
});
afterEach(() => shop.close());

test('a signup sends a welcome at once and a reminder later', async () => {
  await shop.signup({ name: 'Ada', address: 'ada@example.com' });
  await expect(redisUrl).toMatchQueueSnapshot('signup', { contract: 'contract.yaml' });
});

test('everybody gets mails of their own', async () => {
  await shop.signup({ name: 'Ada', address: 'ada@example.com' });
  await shop.signup({ name: 'Grace', address: 'grace@example.com' });
  await expect(redisUrl).toMatchQueueSnapshot('signup-of-two', { contract: 'contract.yaml' });
});
