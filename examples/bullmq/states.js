'use strict';
// Makes the states that tests begin with: node states.js empty-state|high-load|failure-scenarios (README.md has the
// whole command). Everything in them is made by BullMQ itself.
const { once } = require('node:events');
const { Shop, GatewayTimeout, paymentWorker } = require('./shop');

const states = {
  /** The morning after the deployment: schedules, and nothing to do. */
  async 'empty-state'(shop) {
    await shop.planReports();
  },

  /** The first minutes of a sale. */
  async 'high-load'(shop) {
    await shop.planReports();
    for (let i = 1; i <= 100; i++) await shop.signup({ name: `Customer ${i}`, address: `customer${i}@example.com` });
    for (let i = 1; i <= 100; i++) await shop.checkout({ order: `S-${1000 + i}`, cents: 990 + i });
  },

  /** Two orders are declined, the gateway was away for a third, and a fourth has not been tried. */
  async 'failure-scenarios'(shop, redisUrl) {
    await shop.planReports();
    for (const order of ['A-1', 'A-2', 'A-3']) await shop.checkout({ order, cents: 4900 });
    const worker = paymentWorker(redisUrl, async ({ order }) => {
      throw order === 'A-3' ? new GatewayTimeout('gateway timeout after 30000ms') : new Error('card declined');
    });
    for (let failures = 0; failures < 3; failures++) await once(worker, 'failed');
    await worker.close();
    await shop.checkout({ order: 'A-4', cents: 4900 });
    // A load moves all times by whole seconds, upwards. What has failed has to lie in the past after it, too.
    await new Promise((resolve) => setTimeout(resolve, 1000));
  },
};

async function main(name, redisUrl) {
  const shop = new Shop(redisUrl);
  await states[name](shop, redisUrl);
  await shop.close();
}

main(process.argv[2], process.env.REDIS_URL);
