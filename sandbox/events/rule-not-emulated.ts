/** A rule uses something of EventBridge that the sandbox lacks; the message names it. */
export class RuleNotEmulated extends Error {
  override readonly name = 'RuleNotEmulated';

  /** @param what e.g. `the filter numeric` */
  constructor(what: string) {
    super(`EventBridge: ${what} is not emulated.`);
  }
}
