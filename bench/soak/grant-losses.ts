import * as v from 'valibot';
import { belongsToRotation } from '../../functions/shared/secrets/secret-versions.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { storedTokens } from '../token-locator.ts';
import { executionInput } from './execution-input.ts';
import type { Promotions } from './promotions.ts';

/** The listeners for lost grants. */
interface LossListeners {
  /** A rotation has dropped an alternate grant; the fingerprint is that of its refresh token. */
  readonly onLoss: (secretArn: string, refreshToken: string) => void;
  /** A message has asked for another login. */
  readonly onReport: (secretArn: string) => void;
}

/** The execution and the secret in the message about a lost alternate grant. */
const MESSAGE = /authorize .* --alternate[\s\S]*?https:\S+\/(arn:\S+)[\s\S]*?^Secret: (\S+)$/m;

/** The line of the metric with the alarm. */
const metricLine = v.pipe(
  v.string(),
  v.startsWith('{'),
  v.parseJson(),
  v.object({ LostGrants: v.literal(1), execution: v.string() }),
);

/** Counts the alternate grants that rotations have dropped, and those that a message or the metric reported. */
export class GrantLosses {
  /** The versions without the alternate grant. */
  readonly #losses: string[] = [];
  /** The rotations of which a loss was reported. */
  readonly #reported = new Set<string>();

  constructor(sandbox: Sandbox, promotions: Promotions, { onLoss, onReport }: LossListeners) {
    sandbox.secretsManager.onChange(({ secretArn, labelMoves }) => {
      const move = labelMoves.find(({ label }) => label === 'AWSCURRENT');
      if (move?.to === undefined || !promotions.isInProgress(move.to)) return;
      const tokens = storedTokens(secretArn, sandbox);
      const before = tokens.get(move.from ?? '')?.alternateRefreshToken;
      if (typeof before !== 'string' || tokens.get(move.to)?.alternateRefreshToken !== null) return;
      this.#losses.push(move.to);
      onLoss(secretArn, before);
    });
    const addReport = (executionArn: string): void => {
      const { input } = sandbox.stepFunctions.execution(executionArn);
      this.#reported.add(v.parse(executionInput, input).versionId);
    };
    sandbox.sns.onMessage(({ message }) => {
      const [, execution, secretArn] = MESSAGE.exec(message) ?? [];
      if (execution === undefined || secretArn === undefined) return;
      addReport(execution);
      onReport(secretArn);
    });
    sandbox.lambda.onLog(({ text }) => {
      const metric = v.safeParse(metricLine, text);
      if (metric.success) addReport(metric.output.execution);
    });
  }

  get count(): number {
    return this.#losses.length;
  }

  /** The number of losses that neither a message nor the metric reported. */
  get unreported(): number {
    return this.#losses.filter(
      versionId => ![...this.#reported].some(rotation => belongsToRotation(versionId, rotation)),
    ).length;
  }
}
