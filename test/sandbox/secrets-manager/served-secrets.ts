import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import { CloudTrail } from '../../../sandbox/cloudtrail/cloudtrail.ts';
import type { CheckKeyUse } from '../../../sandbox/kms/key-use.ts';
import type { SecretsManagerBehaviour } from '../../../sandbox/secrets-manager/behaviour.ts';
import { SecretsManager } from '../../../sandbox/secrets-manager/secrets-manager.ts';
import { ACCOUNT_ID, REGION, serveAws } from '../../helpers/aws-endpoint.ts';

export const ROTATION_FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:rotation`;

const stepEvent = v.object({ Step: v.string(), ClientRequestToken: v.string(), RotationToken: v.string() });

/** The event of the rotation function. */
export type StepEvent = v.InferOutput<typeof stepEvent>;

/**
 * An emulated Secrets Manager and CloudTrail behind an endpoint, on a virtual clock. Its rotation function runs
 * `onStep` (default: nothing). Rotations are not retried.
 */
export async function serveSecretsManager({
  behaviour = {},
  checkKeyUse = () => 'usable',
  onStep = async () => undefined,
}: {
  behaviour?: Partial<SecretsManagerBehaviour>;
  checkKeyUse?: CheckKeyUse;
  onStep?: (event: StepEvent) => Promise<unknown>;
} = {}) {
  const clock = new Clock({ isVirtual: true });
  onTestFinished(() => clock.stop());
  const account = { accountId: ACCOUNT_ID, region: REGION, partition: 'aws' };
  const cloudTrail = new CloudTrail(clock);
  const secretsManager = new SecretsManager({
    ...account,
    clock,
    cloudTrail,
    functions: {
      invoke: async (_functionArn, payload) => {
        await onStep(v.parse(stepEvent, payload));
        return { payload: null, requestId: 'invocation' };
      },
    },
    mayInvoke: () => true,
    checkKeyUse,
    behaviour: { retryDelaysMs: [], ...behaviour },
  });
  const { client, defects } = await serveAws([secretsManager]);
  return {
    clock,
    defects,
    secretsManager,
    secrets: new SecretsManagerClient(client),
    cloudTrail,
  };
}
