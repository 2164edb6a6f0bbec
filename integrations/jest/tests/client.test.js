// SPDX-License-Identifier: Apache-2.0
// node --test integrations/jest/tests
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const {QsnapError, run, shiftedDatabase, snapshotName, words} = require('../client.js');
const {toMatchQueueSnapshot} = require('../index.js');

for (const {why, parts, name} of require('../../name-vectors.json')) {
  test(`names are those of all integrations: ${why}`, () => assert.strictEqual(snapshotName(parts), name));
}

test('a worker gets a database behind the given one', () => {
  assert.strictEqual(shiftedDatabase('redis://127.0.0.1:6379', 3), 'redis://127.0.0.1:6379/3');
  assert.strictEqual(shiftedDatabase('rediss://user:p%40ss@host:1/4?x=y', 3), 'rediss://user:p%40ss@host:1/7?x=y');
  assert.strictEqual(shiftedDatabase('unix:///run/redis.sock', 3), 'unix:///run/redis.sock?db=3');
  assert.strictEqual(shiftedDatabase('unix:///run/redis.sock?db=2', 3), 'unix:///run/redis.sock?db=5');
});

test('options become words by their names', () => {
  const options = {within: '5s', ignore: ['jobs.a', '--b'], allowEmpty: true, full: false, update: undefined, rename_prefix: 'a=b'};
  assert.deepStrictEqual(words(options), ['--within=5s', '--ignore=jobs.a', '--ignore=--b', '--allow-empty', '--rename-prefix=a=b']);
});

test('a password is not on the command line, and nonsense is an error', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qsnap-'));
  t.after(() => fs.rmSync(folder, {recursive: true}));
  process.env.QSNAP_PROGRAM = path.join(folder, 'program');
  await assert.rejects(run('assert', ['flow'], {}, folder), {name: 'QsnapError', message: /cannot be started: ENOENT\nhint: install git-qsnap/});
  const script = '#!/bin/sh\nprintf \'{"line": "%s", "url": "%s"}\' "$*" "$QSNAP_REDIS_URL"\n';
  fs.writeFileSync(process.env.QSNAP_PROGRAM, script, {mode: 0o755});
  const said = await run('assert', ['flow'], {redis: 'redis://:secret@h:1', within: '1s'}, folder);
  assert.deepStrictEqual(said, {line: 'assert --json --within=1s -- flow', url: 'redis://:secret@h:1'});
  process.env.QSNAP_PROGRAM = '/bin/true';
  await assert.rejects(run('assert', ['flow'], {}, folder), {message: '/bin/true ended with 0 and said "nothing"'});
  process.env.QSNAP_PROGRAM = '/bin/false';
  await assert.rejects(run('assert', ['flow'], {}, folder), {message: '/bin/false ended with 1 and said "nothing"'});
});

/** A program that says its own command line. */
function sayingProgram(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qsnap-'));
  t.after(() => fs.rmSync(folder, {recursive: true}));
  process.env.QSNAP_PROGRAM = path.join(folder, 'program');
  fs.writeFileSync(process.env.QSNAP_PROGRAM, '#!/bin/sh\nprintf \'{"ok": false, "message": "%s"}\' "$*"\n', {mode: 0o755});
}

test('-u and --ci of the runner are said, and QSNAP_UPDATE is stronger than --ci', async (t) => {
  sayingProgram(t);
  delete process.env.QSNAP_UPDATE;
  const said = async (_updateSnapshot) => {
    const state = {testPath: __filename, currentTestName: 'sends', assertionCalls: 1, snapshotState: {_updateSnapshot}};
    return (await toMatchQueueSnapshot.call(state, 'redis://h', 'flow')).message().match(/--update=\w+/)?.[0];
  };
  assert.strictEqual(await said('all'), '--update=all');
  assert.strictEqual(await said('none'), '--update=none');
  assert.strictEqual(await said('new'), undefined);
  process.env.QSNAP_UPDATE = 'all';
  assert.strictEqual(await said('none'), undefined);
});

test('a test that is tried again has the same names again', async (t) => {
  sayingProgram(t);
  const name = async (assertionCalls) => {
    const state = {testPath: __filename, currentTestName: 'sends', assertionCalls};
    return (await toMatchQueueSnapshot.call(state, undefined, {within: '1s'})).message().match(/client.test.js.(.*)$/)[1];
  };
  assert.deepStrictEqual([await name(1), await name(2), await name(5)], ['sends', 'sends/2', 'sends/3']);
  assert.deepStrictEqual([await name(1), await name(2)], ['sends', 'sends/2']);
});

test('not.toMatchQueueSnapshot() is refused', async () => {
  await assert.rejects(toMatchQueueSnapshot.call({isNot: true}, 'redis://h', 'flow'), QsnapError);
});
