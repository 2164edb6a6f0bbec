// SPDX-License-Identifier: Apache-2.0
// setupFilesAfterEnv: ['qsnap-jest/jest']
'use strict';
const {toKeepQueueContract, toMatchQueueSnapshot} = require('./index.js');

// The global one first: from a linked folder (npm install ./integrations/jest) @jest/globals is not to be found.
(globalThis.expect ?? require('@jest/globals').expect).extend({toKeepQueueContract, toMatchQueueSnapshot});
