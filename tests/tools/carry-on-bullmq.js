// SPDX-License-Identifier: Apache-2.0
'use strict';
// carry-on-bullmq.js make|check HOST PORT [LOADED_AT_MS]
// make: a state with one of everything that a load may get wrong in time or order. check: real workers run what was
// loaded, with new jobs added after the load; prints a line, or what is wrong and exits with 1.
// QSNAP_FRAMEWORKS is a folder with node_modules; BULLMQ=5 takes bullmq5 of it.
const modules = require('path').join(process.env.QSNAP_FRAMEWORKS || '.', 'node_modules') + '/';
const { Queue, Worker, FlowProducer } = require(modules + (process.env.BULLMQ === '5' ? 'bullmq5' : 'bullmq'));
const [, , what, host, port, loadedAt] = process.argv;
const connection = { host, port: +port, maxRetriesPerRequest: null };
const k_soon_ms = 4000, k_every_ms = 3000;

async function make() {
  const mail = new Queue('mail', { connection });
  for (const name of ['held-1', 'held-2']) await mail.add(name, {});
  const holder = new Worker('mail', null, { connection, name: 'holder', lockDuration: 600000 });
  await holder.waitUntilReady();
  for (const token of ['t1', 't2']) await holder.getNextJob(token);
  for (const name of ['first', 'second', 'third']) await mail.add(name, {});
  for (const priority of [3, 1, 2]) for (const n of ['a', 'b']) await mail.add(`p${priority}${n}`, {}, { priority });
  await mail.add('soon', {}, { delay: k_soon_ms });
  const ticks = new Queue('ticks', { connection });
  await ticks.upsertJobScheduler('tick', { every: k_every_ms }, { name: 'tick' });
  await new FlowProducer({ connection }).add({
    name: 'parent', queueName: 'flow', children: [{ name: 'child-1', queueName: 'parts' }, { name: 'child-2', queueName: 'parts' }],
  });
  const parts = new Worker('parts', null, { connection });
  await parts.waitUntilReady();
  const child = await parts.getNextJob('t3');
  await child.moveToCompleted('ok', 't3', false);
}

/// Runs every queue with one worker each, and remembers who ran when.
function runAll(runs) {
  return ['mail', 'ticks', 'flow', 'parts'].map(queue => new Worker(queue, async job => {
    runs.push({ queue, name: job.name, id: job.id, at: Date.now() });
    return 'ok';
  }, { connection, concurrency: 1 }));
}

async function until(condition, most_ms) {
  const end = Date.now() + most_ms;
  while (!condition() && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 50));
}

async function check() {
  const mail = new Queue('mail', { connection });
  await mail.add('p2-late', {}, { priority: 2 });
  await mail.add('last', {});
  const runs = [];
  runAll(runs);
  const ran = name => runs.filter(run => run.name === name);
  await until(() => ran('soon').length > 0 && ran('parent').length > 0 && ran('tick').length > 1, 30000);
  await new Promise(resolve => setTimeout(resolve, 500));  // whatever should not run has time to do it
  const problems = [];
  const expect = (good, problem) => { if (!good) problems.push(problem); };
  const order = runs.filter(run => run.queue === 'mail' && run.name !== 'soon').map(run => run.name).join(' ');
  expect(order === 'held-1 held-2 first second third last p1a p1b p2a p2b p2-late p3a p3b', `mail ran in another order: ${order}`);
  const ids = runs.filter(run => run.queue !== 'ticks').map(run => `${run.queue}/${run.id}`);
  expect(new Set(ids).size === ids.length, `a job ran twice: ${ids}`);
  // Nobody knows how much of the delay was left when the state was captured, but it was more than half.
  expect(ran('soon')[0]?.at > +loadedAt + k_soon_ms / 2, 'the delayed job ran before its time');
  expect(ran('soon')[0]?.at < +loadedAt + k_soon_ms + 2000, 'the delayed job ran late');
  const ticks = ran('tick').map(run => run.at);
  expect(ticks[0] < +loadedAt + 2 * k_every_ms, 'the schedule fired late');
  expect(ticks.length > 1 && Math.abs(ticks[1] - ticks[0] - k_every_ms) < 1000, `the schedule fired at ${ticks}`);
  expect(ran('child-1').length + ran('child-2').length === 1, 'a child that was done ran again, or the other did not');
  expect(ran('parent').length === 1, 'the parent did not run after its children');
  console.log(problems.length ? problems.join('\n') : `${runs.length} jobs ran once each, in order and in time`);
  process.exit(problems.length ? 1 : 0);
}

(what === 'make' ? make().then(() => process.exit(0)) : check()).catch(error => { console.error(error); process.exit(1); });
