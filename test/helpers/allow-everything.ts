import type { Authorizer } from '../../sandbox/iam/authorizer.ts';

/** For tests of a single service, in which permissions do not matter. */
export const allowEverything: Authorizer = {
  authorize: () => undefined,
  allows: () => true,
  mayAssume: () => true,
};
