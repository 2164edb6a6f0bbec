// SPDX-License-Identifier: Apache-2.0
import 'vitest';
import type {QsnapMatchers} from './index.js';

declare module 'vitest' {
  interface Assertion<T = any> extends QsnapMatchers<void> {}
}
