'use strict';
const { once } = require('node:events');
const { loadQueueSnapshot, workerRedisUrl } = require('qsnap-jest');
const { Shop, GatewayTimeout, paymentWorker } = require('./shop');

const redisUrl = workerRedisUrl(process.env.REDIS_URL); // a database for each worker of Jest
let shop;
let worker;

async function startFrom(baseline) {
  await loadQueueSnapshot(baseline, { redisUrl, noBackup: true });
  shop = new Shop(redisUrl);
}
// Also after a failed assertion: Jest waits for what is open.
afterEach(async () => {
  await worker?.close();
  worker = undefined;
  await shop.close();
});

test('who clicks twice pays once', async () => {
  await startFrom('baselines/empty-state');
  await shop.checkout({ order: 'A-1', cents: 4900 });
  await shop.checkout({ order: 'A-1', cents: 4900 });
  await expect(redisUrl).toMatchQueueSnapshot('payment', { contract: 'contract.yaml' });
});

test('a gateway that is away is asked again', async () => {
  await startFrom('baselines/empty-state');
  await shop.checkout({ order: 'A-1', cents: 4900 });
  worker = paymentWorker(redisUrl, async () => { throw new GatewayTimeout('gateway timeout after 30000ms'); });
  // The worker is at work while the state is looked at: it has five seconds to get there.
  await expect(redisUrl).toMatchQueueSnapshot('payment-gateway-away', { within: '5s', contract: 'contract.yaml' });
});

test('what was declined can be tried once more', async () => {
  await startFrom('baselines/failure-scenarios');
  await shop.retryDeclined();
  await expect(redisUrl).toMatchQueueSnapshot('payment-declined-again', { contract: 'contract.yaml' });
});

test('a whole sale is paid, and no mail is lost by it', async () => {
  await startFrom('baselines/high-load');
  worker = paymentWorker(redisUrl, async ({ cents }) => ({ captured: cents }));
  await once(worker, 'drained');
  await expect(redisUrl).toMatchQueueSnapshot('payment-sale', { within: '10s', contract: 'contract.yaml' });
});
