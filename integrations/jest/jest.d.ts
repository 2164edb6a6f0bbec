// SPDX-License-Identifier: Apache-2.0
import type {QsnapMatchers} from './index.js';

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends QsnapMatchers<void> {}
}
declare global {
  namespace jest {
    interface Matchers<R, T = {}> extends QsnapMatchers<void> {}
  }
}
