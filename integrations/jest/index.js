// SPDX-License-Identifier: Apache-2.0
'use strict';
const path = require('node:path');
const {QsnapError, repositoryOf, run, shiftedDatabase, snapshotName} = require('./client.js');

/** What -u and --ci say. Without either the runner would write whatever is new; git qsnap makes it pending. */
function updateOf(snapshotState) {
  const said = snapshotState?._updateSnapshot;
  if (said === 'all') return 'all';
  // "none" may come from CI alone, and what somebody says in so many words counts more.
  return said === 'none' && !process.env.QSNAP_UPDATE ? 'none' : undefined;
}

const unnamed = new Map();  // test → how many assertions without a name it had, and where it stood then

/** The second such assertion of a test has another name than the first. A test that is tried again begins again. */
function nextUnnamed(state) {
  const key = `${state.testPath}\n${state.currentTestName}`;
  const seen = unnamed.get(key);
  const again = seen === undefined || state.assertionCalls <= seen.assertionCalls;
  const count = again ? 1 : seen.count + 1;
  unnamed.set(key, {count, assertionCalls: state.assertionCalls});
  return count;
}

function defaultName(state) {
  const file = path.relative(repositoryOf(state.testPath), state.testPath);
  const count = nextUnnamed(state);
  return snapshotName([...file.split(path.sep), state.currentTestName, ...(count > 1 ? [String(count)] : [])]);
}

/** await expect(redisUrl).toMatchQueueSnapshot('name', {within: '5s'}): the queues are as this snapshot says. */
async function toMatchQueueSnapshot(received, name, options = {}) {
  if (this.isNot) throw new QsnapError(['not.toMatchQueueSnapshot() would hold of nearly any state']);
  if (typeof name === 'object' && name !== null) return toMatchQueueSnapshot.call(this, received, undefined, name);
  return asserted(this, received, [name ?? defaultName(this)], options);
}

/** await expect(redisUrl).toKeepQueueContract('queues.yaml'): what this file says holds, whatever else is there. */
async function toKeepQueueContract(received, contract, options = {}) {
  if (this.isNot) throw new QsnapError(['not.toKeepQueueContract() says nothing about which part is broken']);
  return asserted(this, received, [], {contract, ...options});
}

async function asserted(state, received, names, options) {
  const {redisUrl, ...others} = typeof received === 'object' && received !== null ? received : {redisUrl: received};
  const said = {redis: redisUrl, update: updateOf(state.snapshotState), test: state.currentTestName};
  const document = await run('assert', names, {...said, ...others, ...options}, path.dirname(state.testPath));
  return {pass: document.ok, message: () => document.message};
}

/** Puts this state there, instead of what it finds: git qsnap load --replace. */
function loadQueueSnapshot(name, {redisUrl, ...options} = {}) {
  return run('load', [name], {redis: redisUrl, replace: true, yes: true, ...options}, process.cwd());
}

/** The database of this worker of Jest or Vitest: the one of the URL, plus 1 for the first worker. */
function workerRedisUrl(url = process.env.QSNAP_REDIS_URL || process.env.REDIS_URL) {
  if (!url) throw new QsnapError(['which Redis? Set QSNAP_REDIS_URL, or give workerRedisUrl() a URL']);
  return shiftedDatabase(url, Number(process.env.VITEST_POOL_ID || process.env.JEST_WORKER_ID || 0));
}

module.exports = {QsnapError, loadQueueSnapshot, snapshotName, toKeepQueueContract, toMatchQueueSnapshot, workerRedisUrl};
