import type { Authorizer } from '../../sandbox/iam/authorizer.ts';

/** For tests of a service by itself, in which nobody's permissions matter. */
export const allowEverything: Authorizer = {
  authorize: () => undefined,
  allows: () => true,
  mayAssume: () => true,
};
