import type { Sandbox } from '../../sandbox/sandbox.ts';
import { storedTokens } from '../token-locator.ts';
import type { Promotions } from './promotions.ts';

/** The listeners for lost grants. */
interface LossListeners {
  /** A rotation has dropped an alternate grant; the fingerprint is that of its refresh token. */
  readonly onLoss: (secretArn: string, refreshToken: string) => void;
  /** A message has asked for another login. */
  readonly onReport: (secretArn: string) => void;
}

/** The link to the execution in the message about a lost alternate grant. */
const REPORT = /authorize .* --alternate[\s\S]*?(https:\S+)[\s\S]*?^Secret: (\S+)$/m;

/** Counts the alternate grants that rotations have dropped, and the messages about them. */
export class GrantLosses {
  readonly #losses = new Map<string, number>();
  /** The executions that messages are about, by secret. */
  readonly #reported = new Map<string, Set<string>>();

  constructor(sandbox: Sandbox, promotions: Promotions, { onLoss, onReport }: LossListeners) {
    sandbox.secretsManager.onChange(({ secretArn, labelMoves }) => {
      const move = labelMoves.find(({ label }) => label === 'AWSCURRENT');
      if (move?.to === undefined || !promotions.isInProgress(move.to)) return;
      const tokens = storedTokens(secretArn, sandbox);
      const before = tokens.get(move.from ?? '')?.alternateRefreshToken;
      if (typeof before !== 'string' || tokens.get(move.to)?.alternateRefreshToken !== null) return;
      this.#losses.set(secretArn, (this.#losses.get(secretArn) ?? 0) + 1);
      onLoss(secretArn, before);
    });
    sandbox.sns.onMessage(({ message }) => {
      const [, link, secretArn] = REPORT.exec(message) ?? [];
      if (link === undefined || secretArn === undefined) return;
      this.#reported.set(secretArn, (this.#reported.get(secretArn) ?? new Set()).add(link));
      onReport(secretArn);
    });
  }

  get count(): number {
    return [...this.#losses.values()].reduce((total, losses) => total + losses, 0);
  }

  /** The number of losses that no message reported. */
  get unreported(): number {
    return [...this.#losses].reduce(
      (total, [secretArn, losses]) =>
        total + Math.max(0, losses - (this.#reported.get(secretArn)?.size ?? 0)),
      0,
    );
  }
}
