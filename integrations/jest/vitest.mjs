// SPDX-License-Identifier: Apache-2.0
// test: {setupFiles: ['qsnap-jest/vitest']}
import {createRequire} from 'node:module';

// The global one first: from a linked folder (npm install ./integrations/jest) vitest is not to be found.
const expect = globalThis.expect ?? (await import('vitest')).expect;
const {toKeepQueueContract, toMatchQueueSnapshot} = createRequire(import.meta.url)('./index.js');
expect.extend({toKeepQueueContract, toMatchQueueSnapshot});
