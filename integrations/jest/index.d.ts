// SPDX-License-Identifier: Apache-2.0

/** What `git qsnap assert` may be told, by the same names: renamePrefix for --rename-prefix. A list repeats the option. */
export interface QsnapOptions {
  /** "5s": how long to wait for the state to come about. */
  within?: string;
  /** "200ms": how long it has to stay. */
  stable?: string;
  ignore?: string | string[];
  tolerance?: string | string[];
  order?: string | string[];
  contract?: string | string[];
  prefix?: string | string[];
  queue?: string | string[];
  renamePrefix?: string;
  allowEmpty?: boolean;
  update?: 'pending' | 'new' | 'all' | 'none';
  [option: string]: string | number | boolean | Array<string | number> | undefined;
}

/** A URL, or a URL with options; undefined means QSNAP_REDIS_URL. */
export type QsnapTarget = string | undefined | (QsnapOptions & {redisUrl?: string});

export interface QsnapMatchers<R = unknown> {
  /** Without a name, the test's own one. Has to be awaited. */
  toMatchQueueSnapshot(name?: string, options?: QsnapOptions): Promise<R>;
  toMatchQueueSnapshot(options: QsnapOptions): Promise<R>;
  /** What these files say holds, whatever else is there. Has to be awaited. */
  toKeepQueueContract(contract: string | string[], options?: QsnapOptions): Promise<R>;
}

/** What kept git-qsnap from knowing: no Redis, no repository, an option that is none. */
export class QsnapError extends Error {}

export const toMatchQueueSnapshot: (
  this: any, received: QsnapTarget, name?: string | QsnapOptions, options?: QsnapOptions,
) => Promise<{pass: boolean; message(): string}>;

export const toKeepQueueContract: (
  this: any, received: QsnapTarget, contract: string | string[], options?: QsnapOptions,
) => Promise<{pass: boolean; message(): string}>;

/** Puts this state there, instead of what it finds: git qsnap load --replace. Answers what that prints with --json. */
export function loadQueueSnapshot(name: string, options?: QsnapOptions & {redisUrl?: string}): Promise<any>;

/** The database of this worker: the one of the URL (QSNAP_REDIS_URL, REDIS_URL), plus 1 for the first worker. */
export function workerRedisUrl(url?: string): string;

export function snapshotName(parts: string[]): string;
