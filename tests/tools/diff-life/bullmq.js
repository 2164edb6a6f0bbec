// SPDX-License-Identifier: Apache-2.0
'use strict';
// bullmq.js add HOST PORT COUNT DELAY_S | fail HOST PORT COUNT
// add: COUNT jobs of the queue "receipts", and a reminder DELAY_S later. fail: a worker takes COUNT of them, and none succeeds.
// QSNAP_FRAMEWORKS and BULLMQ as for carry-on-bullmq.js.
const modules = require('path').join(process.env.QSNAP_FRAMEWORKS || '.', 'node_modules') + '/';
const { Queue, Worker, UnrecoverableError } = require(modules + (process.env.BULLMQ === '5' ? 'bullmq5' : 'bullmq'));
const [, , what, host, port, count, delay] = process.argv;
const connection = { host, port: +port, maxRetriesPerRequest: null };

async function add() {
  const queue = new Queue('receipts', { connection });
  for (let n = 0; n < +count; n++) await queue.add('send_receipt', { to: `user${n}@example.org` });
  await queue.add('reminder', { to: 'anna@example.org' }, { delay: +delay * 1000 });
}

/// By hand, one after the other, so that it ends where it should.
async function fail() {
  const worker = new Worker('receipts', null, { connection });
  await worker.waitUntilReady();
  for (let n = 0; n < +count; n++) {
    const job = await worker.getNextJob('token', { block: false });
    await job.moveToFailed(new UnrecoverableError(`SmtpError: 421 try again later (connection ${n})`), 'token', false);
  }
  await worker.close();
}

({ add, fail })[what]().then(() => process.exit(0));
