import type { Context, Runnable } from 'mocha';

/**
 * Skips the running test, or in a `before` hook the whole suite. The reason is listed at the end of `npm test`.
 * @param context the `this` of a test or hook that is a `function`
 */
export function skip(context: Context, reason: string): never {
  const runnable: Runnable & { readonly type?: string } = context.runnable();
  const holder = runnable.type === 'hook' ? (runnable.parent ?? runnable) : runnable;
  Object.assign(holder, { skipReason: reason });
  return context.skip();
}
