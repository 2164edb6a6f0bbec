// SPDX-License-Identifier: Apache-2.0
// git-qsnap as a program that is started and answers with one JSON document. Knows nothing of Jest.
'use strict';
const {execFile} = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** What kept git-qsnap from knowing: no Redis, no repository, an option that is none. */
class QsnapError extends Error {
  constructor(lines) {
    super(lines.join('\n'));
    this.name = 'QsnapError';
  }
}

function fnv1a(text) {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16).padStart(8, '0');
}

function component(text) {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text) && !/\.(lock|qsnap)?$/i.test(text)) return text;
  const readable = text.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^[._-]+|[._-]+$/g, '');
  return `${readable.slice(0, 91).replace(/[._-]+$/, '') || 'x'}-${fnv1a(text)}`;
}

/** The name for what a test framework knows by these parts; integrations/README.md has the rule. */
function snapshotName(parts) {
  const few = parts.length > 4 ? [parts.slice(0, -3).join('\n'), ...parts.slice(-3)] : parts;
  return ['test-cases', ...few.map(component)].join('/');
}

/** The nearest folder above with .git; the file's own one where there is none. */
function repositoryOf(file) {
  let folder = path.dirname(file);
  while (!fs.existsSync(path.join(folder, '.git'))) {
    if (folder === path.dirname(folder)) return path.dirname(file);
    folder = path.dirname(folder);
  }
  return folder;
}

/** The URL of the database so many behind the one of `url`. */
function shiftedDatabase(url, by) {
  const parsed = new URL(url);
  if (parsed.protocol === 'unix:') {
    parsed.searchParams.set('db', Number(parsed.searchParams.get('db') ?? 0) + by);
  } else {
    parsed.pathname = `/${Number(parsed.pathname.replace(/\//g, '')) + by}`;
  }
  return parsed.href;
}

/** {within: '5s', ignore: ['a', 'b'], allowEmpty: true} as words of the command line. */
function words(options) {
  const said = Object.entries(options).filter(([, value]) => value !== undefined && value !== null && value !== false);
  return said.flatMap(([key, value]) => {
    const option = `--${key.replace(/_/g, '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [value].flat().map((one) => (one === true ? option : `${option}=${one}`));
  });
}

function problem(program, code, stderr) {
  try {
    const error = JSON.parse(stderr);
    return new QsnapError([`git qsnap: ${error.message}`, ...error.hints.map((hint) => `hint: ${hint}`)]);
  } catch {
    return new QsnapError([`${program} ended with ${code} and said ${JSON.stringify(stderr.trim() || 'nothing')}`]);
  }
}

/** Runs `git-qsnap COMMAND --json NAME…` in this folder. Its document; a QsnapError where there is none. */
function run(command, names, {redis, ...options}, folder) {
  const program = process.env.QSNAP_PROGRAM || 'git-qsnap';
  // The URL is not on the command line, which everybody can read.
  const env = redis === undefined ? process.env : {...process.env, QSNAP_REDIS_URL: redis};
  const line = [command, '--json', ...words(options), '--', ...names];
  return new Promise((resolve, reject) => {
    execFile(program, line, {cwd: folder, env, maxBuffer: Infinity}, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      if (typeof code === 'string') {
        const hint = 'hint: install git-qsnap, or name its path in QSNAP_PROGRAM';
        reject(new QsnapError([`${program} cannot be started: ${code}`, hint]));
        return;
      }
      try {
        if (code !== 0 && code !== 1) throw new Error('no document');
        resolve(JSON.parse(stdout));
      } catch {
        reject(problem(program, code ?? error.signal, stderr));
      }
    });
  });
}

module.exports = {QsnapError, repositoryOf, run, shiftedDatabase, snapshotName, words};
