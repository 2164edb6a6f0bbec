// SPDX-License-Identifier: Apache-2.0
'use strict';
// merged-bullmq.js add HOST PORT NAME… | remove HOST PORT NAME… | run HOST PORT COUNT
// Jobs of the queue "work". run: a worker runs as many jobs, and prints the name of each as it runs. QSNAP_FRAMEWORKS and
// BULLMQ as for carry-on-bullmq.js.
const modules = require('path').join(process.env.QSNAP_FRAMEWORKS || '.', 'node_modules') + '/';
const { Queue, Worker } = require(modules + (process.env.BULLMQ === '5' ? 'bullmq5' : 'bullmq'));
const [, , what, host, port, ...words] = process.argv;
const connection = { host, port: +port, maxRetriesPerRequest: null };

async function add(queue) {
  for (const name of words) await queue.add(name, { name });
}

async function remove(queue) {
  for (const job of await queue.getJobs(['waiting'])) if (words.includes(job.name)) await job.remove();
}

/// By hand, one after the other, so that it ends where it should.
async function run() {
  const worker = new Worker('work', null, { connection });
  await worker.waitUntilReady();
  for (let left = +words[0]; left > 0; left--) {
    const job = await worker.getNextJob('token', { block: false });
    if (!job) break;
    console.log(job.data.name);
    await job.moveToCompleted('ok', 'token', false);
  }
  await worker.close();
}

(async () => {
  const queue = new Queue('work', { connection });
  await { add, remove, run }[what](queue);
  process.exit(0);
})();
