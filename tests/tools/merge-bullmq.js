// SPDX-License-Identifier: Apache-2.0
'use strict';
// merge-bullmq.js make TAG HOST PORT | check HOST PORT MERGED_AT_MS | busy HOST PORT COMMAND…
// make: jobs of every kind, with TAG in their names. check: what was merged of "old" (the target) and "new" runs once each, in
// order and in time. busy: runs COMMAND while a producer and a worker are at work, and then everything that is there.
// Prints a line, or what is wrong and exits with 1. QSNAP_FRAMEWORKS and BULLMQ as for carry-on-bullmq.js.
const modules = require('path').join(process.env.QSNAP_FRAMEWORKS || '.', 'node_modules') + '/';
const { Queue, Worker, FlowProducer } = require(modules + (process.env.BULLMQ === '5' ? 'bullmq5' : 'bullmq'));
const [, , what, ...rest] = process.argv;
const tag = what === 'make' ? rest.shift() : '';
const [host, port, ...more] = rest;
const connection = { host, port: +port, maxRetriesPerRequest: null };
const k_soon_ms = 6000;

/// A parent whose id is a number: a worker adds its child while it runs, and waits for it.
async function makeBoss() {
  const mail = new Queue('mail', { connection }), parts = new Queue('parts', { connection });
  await mail.add(`${tag}-boss`, {});
  const holder = new Worker('mail', null, { connection });
  await holder.waitUntilReady();
  const boss = await holder.getNextJob('t1');
  await parts.add(`${tag}-boss-child`, {}, { parent: { id: boss.id, queue: boss.queueQualifiedName } });
  await boss.moveToWaitingChildren('t1');
}

async function make() {
  await makeBoss();
  const mail = new Queue('mail', { connection });
  for (const name of ['first', 'second', 'third']) await mail.add(`${tag}-${name}`, {});
  for (const priority of [3, 1, 2]) for (const n of ['a', 'b']) await mail.add(`${tag}-p${priority}${n}`, {}, { priority });
  await mail.add(`${tag}-soon`, {}, { delay: k_soon_ms });
  await mail.add(`${tag}-chosen`, {}, { jobId: `order-${tag}`, lifo: false });
  await new Queue('ticks', { connection }).upsertJobScheduler('tick', { every: 3000 }, { name: 'tick' });
  await new FlowProducer({ connection }).add({
    name: `${tag}-parent`, queueName: 'flow', children: [1, 2].map(n => ({ name: `${tag}-child-${n}`, queueName: 'parts' })),
  });
}

function runAll(runs) {
  return ['mail', 'ticks', 'flow', 'parts', 'busy'].map(queue => new Worker(queue, async job => {
    runs.push({ queue, name: job.name, id: job.id, at: Date.now() });
    return 'ok';
  }, { connection, concurrency: 1 }));
}

async function until(condition, most_ms) {
  const end = Date.now() + most_ms;
  while (!await condition() && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 50));
}

function report(problems, words) {
  console.log(problems.length ? problems.slice(0, 10).join('\n') : words);
  process.exit(problems.length ? 1 : 0);
}

async function check() {
  const mail = new Queue('mail', { connection });
  await mail.add('late', {});
  await mail.add('p2-late', {}, { priority: 2 });
  const runs = [];
  runAll(runs);
  const ran = name => runs.filter(run => run.name === name);
  await until(() => ['old', 'new'].every(each => ['soon', 'parent', 'boss'].every(name => ran(`${each}-${name}`).length)), 30000);
  await new Promise(resolve => setTimeout(resolve, 500));  // whatever should not run has time to do it
  const problems = [];
  const expect = (good, problem) => { if (!good) problems.push(problem); };
  const both = names => ['old', 'new'].flatMap(each => names.map(name => `${each}-${name}`));
  const order = [...both(['first', 'second', 'third', 'chosen']), 'late',
                 ...[1, 2, 3].flatMap(p => [...both([`p${p}a`, `p${p}b`]), ...(p === 2 ? ['p2-late'] : [])])];
  const found = runs.filter(run => order.includes(run.name)).map(run => run.name);
  expect(found.join(' ') === order.join(' '), `mail ran in another order: ${found.join(' ')}`);
  for (const name of both(['soon', 'boss', 'boss-child', 'parent', 'child-1', 'child-2'])) {
    expect(ran(name).length === 1, `${name} ran ${ran(name).length} times`);
  }
  for (const each of ['old', 'new']) {
    const at = name => ran(`${each}-${name}`)[0]?.at;
    expect(at('boss') >= at('boss-child') && at('parent') >= Math.max(at('child-1'), at('child-2')), `${each}: a parent ran first`);
  }
  // Nobody knows how much of the delay was left when the state was captured, but it was more than half.
  expect(ran('new-soon')[0]?.at > +more[0] + k_soon_ms / 2, 'the delayed job ran before its time');
  const ids = runs.filter(run => run.queue !== 'ticks').map(run => `${run.queue}/${run.id}`);
  expect(new Set(ids).size === ids.length, `an id ran twice: ${ids}`);
  const ticks = ran('tick').map(run => run.at).slice(1);  // each state had one that was due at once
  expect(ticks.every((at, i) => i === 0 || at - ticks[i - 1] > 2000), `two schedules fired: ${ticks}`);
  report(problems, `${runs.length} jobs of both states ran once each, in order and in time`);
}

async function busy() {
  const queue = new Queue('busy', { connection }), runs = [], added = [];
  runAll(runs);
  let going = true;
  const producer = (async () => {
    while (going) {
      const name = `live-${added.length}`;
      await queue.add(name, { name }, added.length % 3 ? {} : { priority: 1 + added.length % 5 });
      added.push(name);
    }
  })();
  await until(() => added.length > 200, 10000);
  const code = await new Promise(resolve => require('child_process').spawn(more[0], more.slice(1), { stdio: 'inherit' }).on('exit', resolve));
  going = false;
  await producer;
  const idle = async () => Object.values(await queue.getJobCounts('waiting', 'prioritized', 'active')).every(count => count === 0);
  await until(idle, 60000);
  const problems = code ? [`the load ended with ${code}`] : [];
  const names = new Map();
  for (const run of runs) names.set(run.name, (names.get(run.name) || 0) + 1);
  for (const name of [...added, ...Array.from({ length: 1000 }, (_, i) => `merged-${i}`)]) {
    if (names.get(name) !== 1) problems.push(`${name} ran ${names.get(name) || 0} times`);
  }
  report(problems, `1000 merged jobs and ${added.length} of a busy producer ran once each`);
}

async function makeBusy() {
  const queue = new Queue('busy', { connection });
  for (let i = 0; i < 1000; ++i) await queue.add(`merged-${i}`, {}, i % 4 ? {} : { priority: 1 + i % 5 });
}

const run = { make, check, busy, 'make-busy': makeBusy }[what];
run().then(() => process.exit(0)).catch(error => { console.error(error); process.exit(1); });
