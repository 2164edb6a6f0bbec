'use strict';
// A tiny shop. What it has promised to do later lies in three queues: mail, payments and reports.
const { randomUUID } = require('node:crypto');
const { Queue, Worker, UnrecoverableError } = require('bullmq');

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What BullMQ wants to know of redis://host:port/db. */
function connectionTo(url) {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port || 6379), db: Number(pathname.slice(1)), maxRetriesPerRequest: null };
}

class Shop {
  constructor(redisUrl) {
    const connection = connectionTo(redisUrl);
    this.mail = new Queue('mail', { connection });
    this.payments = new Queue('payments', { connection });
    this.reports = new Queue('reports', { connection });
  }

  /** A welcome at once, and a reminder for whoever has not confirmed the address by then. */
  async signup({ name, address }) {
    const retries = { attempts: 3, backoff: { type: 'exponential', delay: 10 * SECOND } };
    await this.mail.add('welcome', { name, address, requestId: randomUUID() }, retries);
    await this.mail.add('reminder', { address, requestId: randomUUID() }, { ...retries, delay: 5 * MINUTE });
  }

  /** The id makes a second click on "buy" harmless. */
  async checkout({ order, cents }) {
    const data = { order, cents, currency: 'EUR', requestId: randomUUID() };
    await this.payments.add('charge', data, {
      jobId: `charge-${order}`, attempts: 4, backoff: { type: 'exponential', delay: 30 * SECOND },
    });
  }

  async planReports() {
    await this.reports.upsertJobScheduler('nightly-sales', { pattern: '0 3 * * *', tz: 'Europe/Paris' },
      { name: 'sales', data: { format: 'pdf' }, opts: { attempts: 2 } });
  }

  /** Somebody has talked to the bank: what was declined is tried once more. */
  async retryDeclined() {
    await this.payments.retryJobs({ state: 'failed' });
  }

  async close() {
    await Promise.all([this.mail.close(), this.payments.close(), this.reports.close()]);
  }
}

class GatewayTimeout extends Error {}

/** A worker that charges by `gateway(data)`, which throws GatewayTimeout for "later" and any other error for "never". */
function paymentWorker(redisUrl, gateway) {
  return new Worker('payments', async (job) => {
    try {
      return await gateway(job.data);
    } catch (error) {
      if (error instanceof GatewayTimeout) throw error;
      throw new UnrecoverableError(error.message);
    }
  }, { connection: connectionTo(redisUrl) });
}

module.exports = { Shop, GatewayTimeout, paymentWorker };
